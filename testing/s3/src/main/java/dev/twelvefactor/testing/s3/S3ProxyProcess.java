package dev.twelvefactor.testing.s3;

import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.gaul.s3proxy.Main;

/** S3Proxy over a directory. */
final class S3ProxyProcess {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private S3ProxyProcess() {}

    static S3Server start(Optional<ServerCertificates> certificates) throws Exception {
        ServerDirectory directory = ServerDirectory.create("s3");
        try (AutoCloseable starting = directory.starting()) {
            int port = ServerProcess.freePort();
            String key = ServerDirectory.randomHex(8);
            String secret = ServerDirectory.randomHex(16);
            Path work = Files.createDirectory(directory.path().resolve("proxy"));
            Properties settings = settings(work, port, certificates);
            settings.setProperty("s3proxy.identity", key);
            settings.setProperty("s3proxy.credential", secret);
            Path file = work.resolve("s3proxy.properties");
            try (Writer out = Files.newBufferedWriter(file, StandardCharsets.ISO_8859_1)) {
                settings.store(out, null);
            }
            Path quiet = Files.writeString(work.resolve("logback.xml"), "<configuration/>");
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:-UsePerfData",
                    "-Xmx128m",
                    "-Dlogback.configurationFile=" + quiet,
                    Main.class.getName(),
                    "--properties",
                    file.toString());
            boolean tls = certificates.isPresent();
            return new S3Server(
                    (tls ? "s3" : "s3+http") + "://" + key + ":" + secret + "@localhost:" + port + "/"
                            + S3Server.BUCKET,
                    "S3: a directory behind S3Proxy, port " + port,
                    ServerProcess.start(
                            directory,
                            "proxy",
                            command,
                            Map.of("CLASSPATH", System.getProperty("java.class.path"), "LOG_LEVEL", "warn"),
                            () -> tls ? ServerProcess.accepts(port) : isWell(port),
                            LONGEST_START));
        } catch (Exception e) {
            directory.close();
            throw e;
        }
    }

    private static Properties settings(Path work, int port, Optional<ServerCertificates> certificates)
            throws IOException {
        Path data = Files.createDirectory(work.resolve("data"));
        // What others may read on the disk, it shows to everybody without a signature.
        Path unused = Files.createDirectory(
                data.resolve(S3Server.BUCKET),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Properties settings = new Properties();
        String endpoint = certificates.isPresent() ? "s3proxy.secure-endpoint" : "s3proxy.endpoint";
        settings.setProperty(endpoint, (certificates.isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
        settings.setProperty("s3proxy.authorization", "aws-v2-or-v4");
        settings.setProperty("jclouds.provider", "filesystem-nio2");
        settings.setProperty("jclouds.filesystem.basedir", data.toString());
        certificates.ifPresent(tls -> {
            settings.setProperty("s3proxy.keystore-path", tls.keyStore().toString());
            settings.setProperty("s3proxy.keystore-password", tls.password());
        });
        return settings;
    }

    private static boolean isWell(int port) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthz"))
                .timeout(Duration.ofSeconds(2))
                .build();
        return HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }
}
