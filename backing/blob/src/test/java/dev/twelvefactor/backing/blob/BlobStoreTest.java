package dev.twelvefactor.backing.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.s3.S3Server;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store does, over a directory and over S3: nothing but the URL differs. */
@Timeout(120)
@ParameterizedClass
@EnumSource(BlobStoreTest.Kind.class)
@ExtendWith(S3Server.Shared.class)
class BlobStoreTest {
    enum Kind {
        DIRECTORY,
        S3,
        S3_WITH_PREFIX
    }

    @Parameter
    private Kind kind;

    @TempDir
    private Path directory;

    private String url(S3Server server) {
        // Each test has a bucket's part of its own.
        return switch (kind) {
            case DIRECTORY -> "file://" + directory.resolve("new");
            case S3 -> server.url();
            case S3_WITH_PREFIX -> server.url() + "/some/where";
        };
    }

    private AttachmentProbe<BlobStore> attach(S3Server server) {
        AttachmentProbe<BlobStore> probe = AttachmentProbe.attach(url(server), Blobs::store);
        keys(probe.client(), "").forEach(probe.client()::delete);
        return probe;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> keys(BlobStore store, String prefix) {
        try (Stream<BlobStore.Blob> blobs = store.list(prefix)) {
            return blobs.map(BlobStore.Blob::key).toList();
        }
    }

    @Test
    void keeps_what_is_put_and_forgets_what_is_deleted(S3Server server) {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            assertThat(store.get("a/b")).isEmpty();
            assertThat(store.stream("a/b")).isEmpty();
            assertThat(store.exists("a/b")).isFalse();
            store.put("a/b", bytes("one"), "text/plain");
            assertThat(store.get("a/b")).contains(bytes("one"));
            assertThat(store.exists("a/b")).isTrue();
            assertThat(store.exists("a")).as("a folder is no blob").isFalse();
            assertThat(store.get("a")).isEmpty();
            store.put("a/b", bytes("another"), "text/plain");
            assertThat(store.get("a/b")).contains(bytes("another"));
            store.put("a/empty", new byte[0], "text/plain");
            assertThat(store.get("a/empty")).contains(new byte[0]);
            store.delete("a/b");
            store.delete("a/b");
            assertThat(store.exists("a/b")).isFalse();
            assertThat(keys(store, "")).containsExactly("a/empty");
        }
    }

    @Test
    void streams_what_is_larger_than_a_part(S3Server server) throws IOException {
        byte[] large = new byte[(17 << 20) + 3];
        new Random(1).nextBytes(large);
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            store.put("large", new ByteArrayInputStream(large), "application/octet-stream");
            try (InputStream content = store.stream("large").orElseThrow()) {
                assertThat(Arrays.equals(content.readAllBytes(), large)).isTrue();
            }
            try (Stream<BlobStore.Blob> blobs = store.list("la")) {
                assertThat(blobs).containsExactly(new BlobStore.Blob("large", large.length));
            }
            try (InputStream content = store.stream("large").orElseThrow()) {
                assertThat(content.read())
                        .as("and one that is not read to its end")
                        .isEqualTo(large[0] & 0xff);
            }
        }
    }

    @Test
    void puts_nothing_if_the_stream_fails(S3Server server) {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            for (int length : List.of(10, 9 << 20)) {
                InputStream failing = new SequenceInputStream(
                        new ByteArrayInputStream(new byte[length]),
                        new FilterInputStream(InputStream.nullInputStream()) {
                            @Override
                            public int read(byte[] buffer, int offset, int count) throws IOException {
                                throw new IOException("the upload was broken off");
                            }
                        });
                assertThatThrownBy(() -> store.put("broken", failing, "text/plain"))
                        .isInstanceOf(BlobException.class)
                        .hasRootCauseMessage("the upload was broken off");
            }
            assertThat(store.exists("broken")).isFalse();
            assertThat(keys(store, "")).isEmpty();
        }
    }

    @Test
    void lists_by_prefix_in_the_order_of_the_keys(S3Server server) {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            List<String> keys = List.of("b/2", "a", "b/10", "b-1", "c/d/e", "ä", "Z");
            keys.forEach(key -> store.put(key, bytes(key), "text/plain"));
            assertThat(keys(store, "")).containsExactly("Z", "a", "b-1", "b/10", "b/2", "c/d/e", "ä");
            assertThat(keys(store, "b")).containsExactly("b-1", "b/10", "b/2");
            assertThat(keys(store, "b/")).containsExactly("b/10", "b/2");
            assertThat(keys(store, "nothing")).isEmpty();
        }
    }

    @Test
    void lists_more_than_a_page(S3Server server) {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 1005; i++) {
                String key = "many/%04d".formatted(i);
                expected.add(key);
                store.put(key, new byte[0], "text/plain");
            }
            assertThat(keys(store, "many/")).isEqualTo(expected);
        }
    }

    @Test
    void takes_keys_of_all_kinds_of_characters(S3Server server) {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            List<String> keys = List.of("a b", "a+b", "a%20b", "a&b=c?d#e", "日本", "'\"<>", "~!*();:@$,");
            keys.forEach(key -> store.put(key, bytes(key), "text/plain"));
            assertThat(keys).allSatisfy(key -> assertThat(store.get(key)).contains(bytes(key)));
            assertThat(keys(store, "")).containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    @Test
    void refuses_what_is_no_key_before_anything_is_done(S3Server server) {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            for (String key : List.of(
                    "",
                    "/a",
                    "a/",
                    "a//b",
                    ".",
                    "../a",
                    "a/../b",
                    "a\nb",
                    "a\\b",
                    ".unfinished-1",
                    "a\uD800",
                    "a\uFFFD",
                    "a\uFFFE",
                    "a\uFFFF",
                    "a\uFDD0",
                    "a\uD83F\uDFFE",
                    "a".repeat(256),
                    "ä".repeat(600))) {
                assertThatThrownBy(() -> store.put(key, new byte[0], "text/plain"))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> store.get(key)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> store.delete(key)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> store.link(key, Duration.ofMinutes(1)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void links_to_a_blob_where_there_is_a_server_for_it(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            store.put("linked/ä b", bytes("by link"), "text/x-note");
            Optional<URI> link = store.link("linked/ä b", Duration.ofMinutes(5));
            assertThat(link.isPresent()).isEqualTo(kind != Kind.DIRECTORY);
            if (link.isPresent()) {
                HttpResponse<String> answer = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(link.get())
                                        .timeout(Duration.ofSeconds(10))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("by link");
                assertThat(answer.headers().firstValue("Content-Type")).contains("text/x-note");
            }
            assertThat(store.link("not there", Duration.ofMinutes(5))).isEmpty();
        }
    }

    @Test
    void shows_a_blob_as_a_whole_to_everybody_at_any_time(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            // A folder that comes and goes is ours to bear in a directory; the server answers 500 when its own does.
            String folder = kind == Kind.DIRECTORY ? "shared/folder/" : "shared/";
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Callable<Void>> work = new ArrayList<>();
                for (int thread = 0; thread < 8; thread++) {
                    byte[] content = new byte[100_000];
                    Arrays.fill(content, (byte) thread);
                    work.add(() -> {
                        for (int i = 0; i < 20; i++) {
                            store.put("shared/blob", content, "text/plain");
                            store.get("shared/blob").ifPresent(read -> {
                                assertThat(read).hasSize(content.length);
                                byte[] same = new byte[read.length];
                                Arrays.fill(same, read[0]);
                                assertThat(Arrays.equals(read, same)).isTrue();
                            });
                            store.put(folder + content[0], content, "text/plain");
                            store.delete(folder + content[0]);
                        }
                        return null;
                    });
                }
                for (Future<Void> done : threads.invokeAll(work)) {
                    assertThat(done.get()).isNull();
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(keys(store, "")).containsExactly("shared/blob");
        }
    }
}
