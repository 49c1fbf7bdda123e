package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
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
}
