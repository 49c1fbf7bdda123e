package dev.twelvefactor.testing.mariadb;

import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The mariadbd of this machine, without its configuration. */
final class MariaDbBinary {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private MariaDbBinary() {}

    static MariaDbServer start(Optional<ServerCertificates> certificates) throws Exception {
        Path server = ServerProcess.executable("mariadbd")
                .orElseThrow(() -> new IOException("there is no mariadbd; install mariadb-server"));
        Path install = ServerProcess.executable("mariadb-install-db")
                .orElseThrow(() -> new IOException("there is no mariadb-install-db; install mariadb-server"));
        ServerDirectory directory = ServerDirectory.create("mariadb");
        try (AutoCloseable starting = directory.starting()) {
            // The server works in its data directory, and that is what the guard of the directory knows it by.
            Path data = Files.createDirectory(directory.path().resolve("data"));
            List<String> common = List.of(
                    "--no-defaults",
                    "--user=" + System.getProperty("user.name"),
                    "--datadir=" + data,
                    "--tmpdir=" + Files.createDirectory(directory.path().resolve("tmp")),
                    "--innodb-log-file-size=4M",
                    "--innodb-buffer-pool-size=16M");
            install(install, common, directory.path().resolve("install.log"));
            int port = ServerProcess.freePort();
            String password = ServerDirectory.randomHex(16);
            List<String> command = new ArrayList<>(List.of(server.toString()));
            command.addAll(common);
            command.addAll(List.of(
                    "--bind-address=127.0.0.1",
                    "--port=" + port,
                    "--socket=",
                    "--skip-name-resolve",
                    "--character-set-server=utf8mb4",
                    "--init-file=" + script(directory.path().resolve("init.sql"), password)));
            certificates.ifPresent(tls -> command.addAll(List.of(
                    "--ssl-ca=" + tls.authority(), "--ssl-cert=" + tls.certificate(), "--ssl-key=" + tls.key())));
            return new MariaDbServer(
                    "mariadb://" + MariaDbServer.USER + ":" + password + "@127.0.0.1:" + port + "/"
                            + MariaDbServer.USER,
                    "MariaDB: " + server + ", port " + port,
                    ServerProcess.start(directory, "data", command, Map.of(), () -> greets(port), LONGEST_START));
        } catch (Exception e) {
            directory.close();
            throw e;
        }
    }

    private static void install(Path executable, List<String> common, Path log)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(executable.toString()));
        command.addAll(common);
        command.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("mariadb-install-db failed: "
                    + Files.readString(log, StandardCharsets.ISO_8859_1).strip());
        }
    }

    /** One statement a line; it is run at every start. */
    private static Path script(Path file, String password) throws IOException {
        String user = MariaDbServer.USER + "@'127.0.0.1'";
        return Files.write(
                file,
                List.of(
                        "CREATE DATABASE IF NOT EXISTS " + MariaDbServer.USER + ";",
                        "CREATE USER IF NOT EXISTS " + user + " IDENTIFIED BY '" + password + "';",
                        "GRANT ALL ON *.* TO " + user + ";"));
    }

    /** Whether it says which version of the protocol it speaks, which is 10. */
    static boolean greets(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            byte[] greeting = socket.getInputStream().readNBytes(5);
            return greeting.length == 5 && greeting[4] == 10;
        }
    }
}
