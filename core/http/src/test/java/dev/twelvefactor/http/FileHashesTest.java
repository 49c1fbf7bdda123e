package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FileHashesTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    @TempDir
    private Path directory;

    private void letPass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static void fill(Path file, int value) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(FileHashes.MAX_AT_ONCE + 1);
            out.seek(FileHashes.MAX_AT_ONCE / 2);
            out.write(value);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }

    @Test
    void hashes_a_large_file_while_it_is_sent_as_a_whole() throws Exception {
        Path file = directory.resolve("large");
        Routes routes = new Routes();
        routes.get("/{path*}", StaticFiles.ofDirectory(directory, nanos::get));
        Request get = Request.of("GET", "/large");
        fill(file, 1);
        assertThat(routes.answer(get).header("ETag")).isEmpty();
        letPass(Duration.ofSeconds(3));
        assertThat(routes.answer(get.withHeader("If-Match", "\"x\"")).status()).isEqualTo(412);
        assertThat(routes.answer(get.withHeader("If-Range", "\"x\"").withHeader("Range", "bytes=0-0"))
                        .status())
                .isEqualTo(200);
        assertThat(routes.answer(get.withHeader("Range", "bytes=0-0")).bytes()).hasSize(1);
        assertThat(routes.answer(get).header("ETag")).isEmpty();

        assertThat(routes.answer(get).body()).isInstanceOfSatisfying(Body.Stream.class, FileHashesTest::writeToNowhere);
        Optional<String> tag = routes.answer(get).header("ETag");
        assertThat(tag).isPresent();
        assertThat(routes.answer(get.withHeader("If-None-Match", tag.get())).status())
                .isEqualTo(304);

        fill(file, 2);
        assertThat(routes.answer(get).header("ETag")).isEmpty();
    }

    private static void writeToNowhere(Body.Stream body) {
        try {
            body.writer().write(OutputStream.nullOutputStream());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void does_not_trust_a_hash_that_was_taken_within_one_step_of_the_file_systems_time() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        Path file = Files.writeString(directory.resolve("small"), "content").toRealPath();
        FileHashes hashes = new FileHashes(nanos::get);
        FileHashes.Opener counting = () -> new CountingChannel(Files.newByteChannel(file), reads);
        for (int wanted : new int[] {1, 2, 3}) {
            hashes.open(file, counting).close();
            assertThat(reads).hasValue(wanted);
            letPass(Duration.ofMillis(700));
        }
        letPass(Duration.ofSeconds(1));
        for (int i = 0; i < 3; i++) {
            try (StaticFile opened = hashes.open(file, counting)) {
                assertThat(opened.hash()).isPresent();
            }
            assertThat(reads).hasValue(4);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(0));
        hashes.open(file, counting).close();
        assertThat(reads).hasValue(5);
    }

    @Test
    void takes_over_a_hash_that_was_taken_while_it_waited_to_take_its_own() throws Exception {
        int clients = 6;
        Path file = Files.write(directory.resolve("asset"), new byte[1 << 20]).toRealPath();
        FileHashes hashes = new FileHashes(nanos::incrementAndGet);
        CountDownLatch allOpen = new CountDownLatch(clients);
        Set<Integer> readers = ConcurrentHashMap.newKeySet();
        AtomicInteger number = new AtomicInteger();
        FileHashes.Opener opener = () -> {
            int own = number.incrementAndGet();
            allOpen.countDown();
            return new CountingChannel(Files.newByteChannel(file), new AtomicInteger()) {
                @Override
                public int read(ByteBuffer target) throws IOException {
                    readers.add(own);
                    awaitAll(allOpen);
                    return super.read(target);
                }
            };
        };
        List<CompletableFuture<Optional<String>>> tags = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            CompletableFuture<Optional<String>> tag = new CompletableFuture<>();
            tags.add(tag);
            new Thread(() -> {
                        try (StaticFile opened = hashes.open(file, opener)) {
                            tag.complete(opened.hash());
                        } catch (Exception e) {
                            tag.completeExceptionally(e);
                        }
                    })
                    .start();
        }
        for (CompletableFuture<Optional<String>> tag : tags) {
            assertThat(tag.get()).isPresent().isEqualTo(tags.get(0).get());
        }
        assertThat(readers).hasSizeLessThanOrEqualTo(2);
    }

    private static void awaitAll(CountDownLatch opened) throws IOException {
        try {
            opened.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void lets_no_small_file_wait_for_a_large_one() throws Exception {
        Path large = Files.write(directory.resolve("large"), new byte[1 << 20]).toRealPath();
        Path small = Files.writeString(directory.resolve("small"), "content").toRealPath();
        FileHashes hashes = new FileHashes(nanos::get);
        CountDownLatch reads = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread slow = new Thread(() -> {
            try {
                hashes.open(large, () -> new CountingChannel(Files.newByteChannel(large), new AtomicInteger()) {
                            @Override
                            public int read(ByteBuffer target) throws IOException {
                                reads.countDown();
                                awaitAll(goOn);
                                return super.read(target);
                            }
                        })
                        .close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        slow.start();
        reads.await();
        try (StaticFile opened = hashes.open(small, () -> Files.newByteChannel(small))) {
            assertThat(opened.hash()).isPresent();
        }
        goOn.countDown();
        slow.join();
    }
}
