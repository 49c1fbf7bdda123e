package dev.twelvefactor.backing.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.BlackHole;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.s3.S3Server;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

@Timeout(120)
@ExtendWith(S3Server.Shared.class)
class BlobsTest {
    private static void assertRefused(String url, String sentence) {
        assertThat(AttachmentProbe.refusal(url, Duration.ofSeconds(5), Blobs::store))
                .endsWith("could not be attached: " + sentence)
                .doesNotContain("hunter2");
    }

    private static int port(String url) {
        return ServiceUrl.parse(url).hosts().get(0).port().orElseThrow();
    }

    @Test
    void says_that_the_secret_is_wrong(S3Server server) {
        String key = ServiceUrl.parse(server.url()).user().orElseThrow();
        assertRefused(
                server.url().replaceFirst(":[^:@]*@", ":hunter2@"),
                "the key \"" + key + "\" or its secret was refused");
        assertRefused(
                server.url().replaceFirst("//[^:]*:", "//nobody:"), "the key \"nobody\" or its secret was refused");
    }

    @Test
    void says_that_the_bucket_is_not_there(S3Server server) {
        assertRefused(server.url().replaceFirst("/app$", "/nope"), "the server has no bucket \"nope\"");
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        assertRefused(
                "s3+http://k:hunter2@127.0.0.1:" + ServerProcess.freePort() + "/app",
                "no server answers there (connection refused)");
        assertRefused("s3+http://k:hunter2@nowhere.invalid/app", "the host's name is not known");
        try (BlackHole hole = BlackHole.open()) {
            String url = "s3+http://k:hunter2@127.0.0.1:" + hole.port() + "/app?call_timeout=1s";
            assertRefused(url, "no server answers there in time");
        }
    }

    @Test
    void speaks_tls_to_who_can_prove_to_be_the_server(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (S3Server server = S3Server.startWith(certificates)) {
            for (String parameters : List.of("?tls.ca=" + certificates.authority(), "?tls.verify=none")) {
                try (AttachmentProbe<BlobStore> blobs =
                        AttachmentProbe.attach(server.url() + parameters, Blobs::store)) {
                    blobs.client().put("a", new byte[3], "text/plain");
                    assertThat(blobs.client().get("a")).contains(new byte[3]);
                }
            }
            assertRefused(
                    server.url(),
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca");
            assertRefused(
                    server.url().replaceFirst("s3:", "s3+http:"),
                    "the server ended the connection without an answer (if it wants TLS, write s3: in the place of s3+http:)");
        }
    }

    @Test
    void says_that_tls_is_not_spoken_or_for_another_host(S3Server plain, @TempDir Path directory) throws Exception {
        assertRefused(plain.url().replaceFirst("s3\\+http:", "s3:"), "the server does not speak TLS on this port");
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        try (S3Server server = S3Server.startWith(certificates)) {
            String url = server.url() + "?tls.ca=" + certificates.authority();
            assertRefused(url, "the server's certificate is for another host");
            try (AttachmentProbe<BlobStore> blobs = AttachmentProbe.attach(url + "&tls.verify=ca", Blobs::store)) {
                assertThat(blobs.awaitUp().up()).isTrue();
            }
        }
    }

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (S3Server server = S3Server.start();
                AttachmentProbe<BlobStore> blobs = AttachmentProbe.attach(server.url(), Blobs::store)) {
            blobs.client().put("kept", "here".getBytes(StandardCharsets.UTF_8), "text/plain");
            server.kill();
            ServiceHealth down = blobs.awaitDown();
            assertThat(down.reason()).contains("no server answers there (connection refused)");
            assertThatThrownBy(() -> blobs.client().get("kept"))
                    .isInstanceOf(BlobException.class)
                    .satisfies(
                            failure -> assertThat(blobs.isUnavailable(failure)).isTrue());
            server.startAgain();
            ServiceHealth unused = blobs.awaitUp();
            assertThat(blobs.client().get("kept")).contains("here".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(S3Server server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<BlobStore> blobs =
                        AttachmentProbe.attach(gate.through(server.url()) + "?call_timeout=2s", Blobs::store)) {
            gate.swallow();
            ServiceHealth down = blobs.awaitDown();
            assertThat(down.reason()).contains("no server answers there in time");
            long start = System.nanoTime();
            assertThatThrownBy(() -> blobs.client().get("a"))
                    .satisfies(
                            failure -> assertThat(blobs.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            gate.open();
            ServiceHealth again = blobs.awaitUp();
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void says_that_a_path_is_no_directory(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertRefused("file://" + file, file + " is no directory");
    }

    @Test
    void is_down_while_its_directory_is_gone(@TempDir Path directory) throws Exception {
        Path own = directory.resolve("own");
        try (AttachmentProbe<BlobStore> blobs = AttachmentProbe.attach("file://" + own, Blobs::store)) {
            Files.delete(own);
            ServiceHealth down = blobs.awaitDown();
            assertThat(down.reason()).contains(own + " is not there, or may not be written");
            Path unused = Files.createDirectory(own);
            ServiceHealth again = blobs.awaitUp();
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost(S3Server server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<BlobStore> blobs = AttachmentProbe.attach(gate.through(server.url()), Blobs::store);
            assertThat(blobs.awaitUp().up()).isTrue();
            gate.swallow();
            long start = System.nanoTime();
            blobs.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void removes_nothing_but_the_blob_and_folders_that_are_empty(@TempDir Path directory) throws Exception {
        Path linked = Files.createDirectories(directory.resolve("elsewhere"));
        Path root = Files.createDirectories(directory.resolve("root"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), root);
        Path inside = Files.createSymbolicLink(root.resolve("up"), linked);
        try (AttachmentProbe<BlobStore> probe = AttachmentProbe.attach("file://" + link, Blobs::store)) {
            BlobStore store = probe.client();
            store.put("a", new byte[1], "text/plain");
            store.delete("a/b");
            assertThat(store.exists("a")).isTrue();
            assertThat(store.exists("a/b")).as("in a blob is nothing").isFalse();
            assertThat(store.get("a/b/c")).isEmpty();
            store.put("up/one", new byte[1], "text/plain");
            store.delete("up/one");
            assertThat(Files.isSymbolicLink(inside)).isTrue();
            try (Stream<BlobStore.Blob> blobs = store.list("")) {
                assertThat(blobs).containsExactly(new BlobStore.Blob("a", 1));
            }
        }
    }

    @Test
    void lists_what_links_lead_to_and_says_where_it_cannot_look(@TempDir Path directory) throws Exception {
        // As Kubernetes mounts a ConfigMap.
        Path data = Files.createDirectory(directory.resolve("..2026_12_01"));
        Path file = Files.writeString(data.resolve("motd"), "hello");
        Path current = Files.createSymbolicLink(directory.resolve("..data"), data.getFileName());
        Path link = Files.createSymbolicLink(directory.resolve("motd"), Path.of("..data", "motd"));
        assertThat(List.of(file, current, link)).allMatch(Files::exists);
        try (AttachmentProbe<BlobStore> probe = AttachmentProbe.attach("file://" + directory, Blobs::store)) {
            BlobStore store = probe.client();
            assertThat(store.exists("motd")).isTrue();
            try (Stream<BlobStore.Blob> blobs = store.list("m")) {
                assertThat(blobs).containsExactly(new BlobStore.Blob("motd", 5));
            }
            try (Stream<BlobStore.Blob> blobs = store.list("")) {
                assertThat(blobs.map(BlobStore.Blob::key))
                        .containsExactly("..2026_12_01/motd", "..data/motd", "motd")
                        .allMatch(store::exists);
            }
            Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nothing"));
            Path round = Files.createSymbolicLink(data.resolve("round"), directory);
            assertThat(List.of(dangling, round)).allMatch(Files::isSymbolicLink);
            assertThat(store.exists("dangling")).isFalse();
            try (Stream<BlobStore.Blob> blobs = store.list("")) {
                assertThat(blobs).hasSize(3);
            }
            Path loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
            assertThat(loop).satisfies(Files::isSymbolicLink);
            assertThatThrownBy(() -> store.exists("loop")).isInstanceOf(BlobException.class);
            assertThatThrownBy(() -> store.get("loop/in")).isInstanceOf(BlobException.class);
            assertThatThrownBy(() -> store.list("")).isInstanceOf(BlobException.class);
        }
    }

    @Test
    void has_a_blob_and_its_name_on_the_disk_when_put_returns(@TempDir Path directory) throws Exception {
        try (AttachmentProbe<BlobStore> probe = AttachmentProbe.attach("file://" + directory, Blobs::store);
                Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withThreshold(Duration.ZERO);
            recording.start();
            probe.client().put("a/b", new byte[10], "text/plain");
            recording.stop();
            Path dump = directory.resolve("dump.jfr");
            recording.dump(dump);
            List<String> forced = RecordingFile.readAllEvents(dump).stream()
                    .map(event -> event.getString("path"))
                    .filter(path -> path.startsWith(directory.toString()))
                    .toList();
            assertThat(forced).hasSize(3);
            assertThat(forced.get(0)).startsWith(directory + "/" + BlobKey.UNFINISHED);
            assertThat(forced.subList(1, 3)).containsExactly(directory + "/a", directory.toString());
        }
    }

    @Test
    void lists_its_blobs_though_others_have_put_a_key_that_xml_cannot_carry() throws Exception {
        try (S3Server server = S3Server.start()) {
            S3Address address = S3Address.of(ServiceUrl.parse(server.url()));
            try (S3Client other = address.client(address.http())) {
                Object unused = other.putObject(
                        put -> put.bucket(address.bucket()).key("a\uFFFE"), RequestBody.fromString("x"));
            }
            try (AttachmentProbe<BlobStore> probe = AttachmentProbe.attach(server.url(), Blobs::store)) {
                probe.client().put("b+c d%20", new byte[1], "text/plain");
                try (Stream<BlobStore.Blob> blobs = probe.client().list("")) {
                    assertThat(blobs).containsExactly(new BlobStore.Blob("b+c d%20", 1));
                }
            }
        }
    }

    @Test
    void says_why_the_stream_failed_though_the_server_is_away_by_then(S3Server server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<BlobStore> probe =
                        AttachmentProbe.attach(gate.through(server.url()) + "?call_timeout=5s", Blobs::store)) {
            InputStream failing = new SequenceInputStream(
                    new ByteArrayInputStream(new byte[9 << 20]), new FilterInputStream(InputStream.nullInputStream()) {
                        @Override
                        public int read(byte[] buffer, int offset, int count) throws IOException {
                            gate.refuse();
                            throw new IOException("the upload was broken off");
                        }
                    });
            assertThatThrownBy(() -> probe.client().put("orphan", failing, "text/plain"))
                    .isInstanceOf(BlobException.class)
                    .hasRootCauseMessage("the upload was broken off")
                    .cause()
                    .satisfies(cause -> assertThat(cause.getSuppressed()).hasSize(1));
        }
    }

    @Test
    void puts_and_gets_over_a_line_that_is_slower_than_a_call_may_take(S3Server server) throws Exception {
        try (SlowLine line = new SlowLine(port(server.url()), 3 << 20);
                AttachmentProbe<BlobStore> probe = AttachmentProbe.attach(
                        server.url().replaceFirst(":\\d+/", ":" + line.port() + "/") + "?call_timeout=2s",
                        Blobs::store)) {
            byte[] large = new byte[9 << 20];
            Arrays.fill(large, (byte) 7);
            probe.client().put("large", new ByteArrayInputStream(large), "text/plain");
            assertThat(Arrays.equals(probe.client().get("large").orElseThrow(), large))
                    .isTrue();
        }
    }

    @Test
    void gives_up_a_put_that_the_server_does_not_read(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (S3Server server = S3Server.startWith(certificates);
                TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<BlobStore> probe = AttachmentProbe.attach(
                        gate.through(server.url()) + "?call_timeout=2s&timeout=2s&tls.ca=" + certificates.authority(),
                        Blobs::store)) {
            gate.stopReading();
            long start = System.nanoTime();
            assertThatThrownBy(() -> probe.client().put("large", new byte[30 << 20], "text/plain"))
                    .isInstanceOf(BlobException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            gate.open();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h/b | has the scheme http; write file:///path, s3://key:secret@host/bucket, or s3+http: without TLS",
                "file://relative/path | names no absolute path; write file:///path, with three slashes",
                "s3:///b | names no host; write s3://",
                "s3://k:hunter2@h | names no bucket; write s3://",
                "s3://k:hunter2@h/ | names no bucket; write s3://",
                "s3://hunter2@h/b | has a key without a secret; write s3://",
                "s3://k:hunter2@h/b/../c | has a prefix that cannot be in front of a key",
                "s3://k:hunter2@h/b?acl=public | has an unknown parameter, acl; known are",
                "file:///path?x=1 | has an unknown parameter, x; none is known",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(() -> Blobs.connector(ServiceUrl.parse(url)))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @CsvSource({
        "s3://k:s@s3.eu-central-1.amazonaws.com/b, eu-central-1, true",
        "s3://k:s@s3.amazonaws.com/b, us-east-1, true",
        "s3://k:s@storage.example.com/b, us-east-1, false",
        "s3://k:s@storage.example.com/b?region=fra1, fra1, false",
    })
    void knows_the_region(String url, String region, boolean amazon) {
        S3Address address = S3Address.of(ServiceUrl.parse(url));
        assertThat(address.region()).isEqualTo(region);
        assertThat(address.amazon()).isEqualTo(amazon);
    }
}
