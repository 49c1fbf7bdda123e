package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * A PostgreSQL on a free port, with a role {@code app} that has a password and may make databases and roles: unpacked from Maven Central, or a Docker container.
 */
public final class PostgresServer implements RestartableServer {
    static final String ROLE = "app";
    static final Duration START = Duration.ofSeconds(30);

    private final String host;
    private final int port;
    private final String password;
    private final String description;
    private final Machine machine;

    /** What it runs on. */
    interface Machine {
        /** Stops it and removes all that it has written. */
        void stop();

        void kill() throws IOException;

        void startAgain() throws IOException;
    }

    PostgresServer(String host, int port, String password, String description, Machine machine) {
        this.host = host;
        this.port = port;
        this.password = password;
        this.description = description;
        this.machine = machine;
    }

    /** Gives tests one PostgreSQL for the whole run: {@code @ExtendWith(PostgresServer.Shared.class)}. */
    public static final class Shared extends SharedServer<PostgresServer> {
        /** For JUnit. */
        public Shared() {
            super(PostgresServer.class, PostgresServer::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public static PostgresServer start() {
        return ServerSource.start(
                "PostgreSQL", System.getenv(), () -> PostgresBinary.start(Optional.empty()), PostgresContainer::start);
    }

    /**
     * Starts one out of Maven Central, with TLS for those who ask for it.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public static PostgresServer startWith(ServerCertificates certificates) {
        return ServerSource.startBinary("PostgreSQL", () -> PostgresBinary.start(Optional.of(certificates)));
    }

    @Override
    public String url() {
        return url(ROLE);
    }

    private String url(String database) {
        return "postgres://" + ROLE + ":" + password + "@" + host + ":" + port + "/" + database;
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://" + host + ":" + port + "/" + ROLE, ROLE, password);
    }

    @Override
    public void kill() throws IOException {
        machine.kill();
    }

    @Override
    public void startAgain() throws IOException, InterruptedException {
        machine.startAgain();
        long end = System.nanoTime() + START.toNanos();
        while (true) {
            try (Connection unused = connect()) {
                return;
            } catch (SQLException e) {
                if (System.nanoTime() - end > 0) {
                    throw new IOException("it takes no connections within " + START, e);
                }
            }
            Thread.sleep(20);
        }
    }

    /** The URL of a new, empty database on this server. */
    public String newDatabase() throws SQLException {
        String name = "test_" + ServerDirectory.randomHex(6);
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        }
        return url(name);
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        machine.stop();
    }

    @Override
    public String toString() {
        return description;
    }
}
