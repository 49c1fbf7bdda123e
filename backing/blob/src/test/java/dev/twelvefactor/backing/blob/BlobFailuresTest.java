package dev.twelvefactor.backing.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.s3.S3Server;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.s3.S3Client;

/** What a store says and leaves when something fails: never "absent" where it cannot tell, never half a blob, and no loss that nobody learns of. */
@Timeout(120)
@ParameterizedClass
@EnumSource(BlobFailuresTest.Kind.class)
@ExtendWith(S3Server.Shared.class)
class BlobFailuresTest {
    enum Kind {
        DIRECTORY,
        S3
    }

    @Parameter
    private Kind kind;

    @TempDir
    private Path directory;

    private String url(S3Server server) {
        return kind == Kind.DIRECTORY ? "file://" + directory : server.url() + "/failures";
    }

    private AttachmentProbe<BlobStore> attach(S3Server server) {
        AttachmentProbe<BlobStore> probe = AttachmentProbe.attach(url(server), Blobs::store);
        keys(probe.client()).forEach(probe.client()::delete);
        return probe;
    }

    private static List<String> keys(BlobStore store) {
        try (Stream<BlobStore.Blob> blobs = store.list("")) {
            return blobs.map(BlobStore.Blob::key).toList();
        }
    }

    private static Process start(List<String> wrapper, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(wrapper);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xmx256m",
                StoreCalls.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        process.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return process.start();
    }

    private static List<String> run(List<String> wrapper, String... arguments) throws Exception {
        Process process = start(wrapper, arguments);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> said = out.lines().toList();
            assertThat(process.waitFor()).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> shell(String limit) {
        return List.of("sh", "-c", limit + "; exec \"$@\"", "sh");
    }

    /** The rights of the files count for it, as they do not for root. */
    private static List<String> withoutPrivileges() {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "setpriv (util-linux) is not installed");
        return List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search");
    }

    @Test
    void does_not_say_absent_when_no_descriptor_is_left(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            List<String> said = run(shell("ulimit -n 200"), url(server), "descriptors", "kept");
            assertThat(said).hasSize(5).allSatisfy(line -> assertThat(line)
                    .isIn(
                            "get whole",
                            "stream whole",
                            "exists true",
                            "list true",
                            "put done",
                            "get BlobException",
                            "stream BlobException",
                            "exists BlobException",
                            "list BlobException",
                            "put BlobException"));
            if (kind == Kind.DIRECTORY) {
                assertThat(said)
                        .contains(
                                "get BlobException", "stream BlobException", "list BlobException", "put BlobException");
            }
            assertThat(probe.client().get("kept")).contains(StoreCalls.CONTENT);
        }
    }

    @Test
    void does_not_say_absent_where_it_may_not_look(S3Server server) throws Exception {
        List<String> cannotTell = List.of(
                "get BlobException",
                "stream BlobException",
                "exists BlobException",
                "list BlobException",
                "put BlobException");
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            probe.client().put("locked/blob", StoreCalls.CONTENT, "text/plain");
            if (kind == Kind.DIRECTORY) {
                Path locked = directory.resolve("locked");
                Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("---------"));
                try {
                    assertThat(run(withoutPrivileges(), url(server), "calls", "locked/blob"))
                            .isEqualTo(cannotTell);
                    assertThat(run(withoutPrivileges(), url(server), "delete", "locked/blob"))
                            .containsExactly("delete BlobException");
                } finally {
                    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            } else {
                S3Store stranger =
                        new S3Store(S3Address.of(ServiceUrl.parse(url(server).replaceFirst(":[^:@]*@", ":wrong@"))));
                assertThat(StoreCalls.of(stranger, "locked/blob", 1)).isEqualTo(cannotTell);
                assertThatThrownBy(() -> stranger.delete("locked/blob")).isInstanceOf(BlobException.class);
                stranger.close();
            }
            assertThat(probe.client().get("locked/blob")).contains(StoreCalls.CONTENT);
        }
    }

    @Test
    void puts_and_gets_in_a_directory_that_it_may_not_read(S3Server server) throws Exception {
        if (kind != Kind.DIRECTORY) {
            return;
        }
        Files.write(directory.resolve("blob"), StoreCalls.CONTENT);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("-wx------"));
        try {
            assertThat(run(withoutPrivileges(), url(server), "calls", "blob"))
                    .containsExactly("get whole", "stream whole", "exists true", "list BlobException", "put done");
        } finally {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void keeps_the_old_blob_when_there_is_no_room_for_the_new_one(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            probe.client().put("kept", StoreCalls.CONTENT, "text/plain");
            probe.client().put("kept-new", StoreCalls.CONTENT, "text/plain");
            if (kind == Kind.DIRECTORY) {
                // Of 512 bytes each.
                List<String> said = run(shell("ulimit -f 64"), url(server), "calls", "kept");
                assertThat(said)
                        .containsExactly("get whole", "stream whole", "exists true", "list true", "put BlobException");
                try (Stream<Path> files = Files.list(directory)) {
                    assertThat(files.map(file -> file.getFileName().toString()))
                            .containsExactlyInAnyOrder("kept", "kept-new");
                }
            } else {
                try (AnsweringServer full = AnsweringServer.with(507, "");
                        FullStore store = new FullStore(full.url())) {
                    assertThatThrownBy(() -> store.store().put("kept-new", new byte[10], "text/plain"))
                            .isInstanceOf(BlobException.class);
                }
            }
            assertThat(probe.client().get("kept-new")).contains(StoreCalls.CONTENT);
        }
    }

    /** To a server that has no bucket to look at. */
    private record FullStore(S3Store store) implements AutoCloseable {
        FullStore(String url) {
            this(new S3Store(S3Address.of(ServiceUrl.parse(url))));
        }

        @Override
        public void close() {
            store.close();
        }
    }

    @Test
    void does_not_say_absent_when_all_of_the_store_is_gone(S3Server server) throws Exception {
        List<String> cannotTell = List.of(
                "get BlobException",
                "stream BlobException",
                "exists BlobException",
                "list BlobException",
                "put BlobException");
        if (kind == Kind.DIRECTORY) {
            Path gone = directory.resolve("gone");
            try (AttachmentProbe<BlobStore> probe = AttachmentProbe.attach("file://" + gone, Blobs::store)) {
                Files.delete(gone);
                assertThat(StoreCalls.of(probe.client(), "a/b", 1)).isEqualTo(cannotTell);
                assertThatThrownBy(() -> probe.client().delete("a/b")).isInstanceOf(BlobException.class);
                assertThat(gone).doesNotExist();
            }
        } else {
            String answer = "<?xml version=\"1.0\"?><Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>";
            try (AnsweringServer none = AnsweringServer.with(404, answer);
                    FullStore store = new FullStore(none.url())) {
                assertThat(StoreCalls.of(store.store(), "a/b", 1)).isEqualTo(cannotTell);
            }
        }
    }

    @Test
    void puts_all_or_nothing_on_an_interrupted_thread(S3Server server) throws Exception {
        byte[] large = new byte[9 << 20];
        Arrays.fill(large, (byte) 7);
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            for (int at : List.of(0, 100, (8 << 20) + 100)) {
                InputStream interrupting = new FilterInputStream(new ByteArrayInputStream(large)) {
                    private int read;

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        int count = super.read(buffer, offset, Math.min(length, 8192));
                        read += Math.max(0, count);
                        if (read > at) {
                            Thread.currentThread().interrupt();
                        }
                        return count;
                    }
                };
                boolean put = true;
                try {
                    store.put("interrupted/" + at, interrupting, "text/plain");
                } catch (BlobException e) {
                    put = false;
                }
                assertThat(Thread.interrupted()).as("it stays interrupted").isTrue();
                assertThat(store.exists("interrupted/" + at)).isEqualTo(put);
                if (put) {
                    assertThat(Arrays.equals(store.get("interrupted/" + at).orElseThrow(), large))
                            .isTrue();
                }
            }
            assertNothingIsLeft(server, "failures/interrupted/");
        }
    }

    private void assertNothingIsLeft(S3Server server, String key) throws IOException {
        if (kind == Kind.DIRECTORY) {
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files.filter(file -> file.getFileName().toString().startsWith(BlobKey.UNFINISHED)))
                        .isEmpty();
            }
        } else {
            S3Address address = S3Address.of(ServiceUrl.parse(server.url()));
            try (S3Client client = address.client(address.http())) {
                assertThat(client.listMultipartUploads(list -> list.bucket(address.bucket()))
                                .uploads())
                        .noneMatch(upload -> upload.key().contains(key));
            }
        }
    }

    @Test
    void says_why_the_stream_failed_and_leaves_nothing(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            InputStream failing = new FilterInputStream(new ByteArrayInputStream(new byte[9 << 20])) {
                private int left = 8 << 20;

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    if (left <= 0) {
                        throw new IOException("the upload was broken off");
                    }
                    int count = super.read(buffer, offset, Math.min(length, left));
                    left -= count;
                    return count;
                }
            };
            assertThatThrownBy(() -> probe.client().put("broken", failing, "text/plain"))
                    .isInstanceOf(BlobException.class)
                    .hasRootCauseMessage("the upload was broken off");
            assertThat(probe.client().exists("broken")).isFalse();
            assertNothingIsLeft(server, "failures/broken");
        }
    }

    @Test
    void shows_nothing_of_a_blob_whose_writer_was_killed(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            BlobStore store = probe.client();
            store.put("kept", StoreCalls.CONTENT, "text/plain");
            for (String key : List.of("half", "kept")) {
                Process writer = start(List.of(), url(server), "halt", key);
                try (BufferedReader out =
                        new BufferedReader(new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
                    assertThat(out.readLine()).isEqualTo("half");
                } finally {
                    writer.destroyForcibly().waitFor();
                }
            }
            assertThat(store.exists("half")).isFalse();
            assertThat(keys(store)).containsExactly("kept");
            assertThat(store.get("kept")).contains(StoreCalls.CONTENT);
        }
        if (kind == Kind.DIRECTORY) {
            assertThat(unfinished()).hasSize(2);
            Path old = unfinished().get(0);
            Path unused =
                    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            try (AttachmentProbe<BlobStore> probe = AttachmentProbe.attach(url(server), Blobs::store)) {
                while (Files.exists(old)) {
                    Thread.onSpinWait();
                }
                assertThat(unfinished())
                        .as("what may still be written stays")
                        .hasSize(1)
                        .doesNotContain(old);
                assertThat(keys(probe.client())).containsExactly("kept");
            }
        }
    }

    @Test
    void says_that_the_locale_cannot_name_the_blob(S3Server server) throws Exception {
        try (AttachmentProbe<BlobStore> probe = attach(server)) {
            probe.client().put("ä", StoreCalls.CONTENT, "text/plain");
            List<String> said = run(List.of("env", "LC_ALL=C"), url(server), "calls", "%C3%A4");
            assertThat(said)
                    .isEqualTo(
                            kind == Kind.DIRECTORY
                                    ? List.of(
                                            "get BlobException",
                                            "stream BlobException",
                                            "exists BlobException",
                                            "list BlobException",
                                            "put BlobException")
                                    : List.of("get whole", "stream whole", "exists true", "list true", "put done"));
        }
    }

    private List<Path> unfinished() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(BlobKey.UNFINISHED))
                    .toList();
        }
    }
}
