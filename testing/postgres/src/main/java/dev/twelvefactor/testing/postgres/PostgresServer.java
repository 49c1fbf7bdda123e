package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import dev.twelvefactor.testing.TestServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A PostgreSQL on a free port, with a role {@code app} that has a password and may make databases: unpacked from Maven Central, or a Docker container.
 */
public final class PostgresServer implements TestServer {
    static final String ROLE = "app";

    private final String host;
    private final int port;
    private final String password;
    private final String description;
    private final Runnable stop;

    PostgresServer(String host, int port, String password, String description, Runnable stop) {
        this.host = host;
        this.port = port;
        this.password = password;
        this.description = description;
        this.stop = stop;
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
        return ServerSource.start("PostgreSQL", System.getenv(), PostgresBinary::start, PostgresContainer::start);
    }

    @Override
    public String url() {
        return url(ROLE);
    }

    private String url(String database) {
        return "postgres://" + ROLE + ":" + password + "@" + host + ":" + port + "/" + database;
    }

    /** The URL of a new, empty database on this server. */
    public String newDatabase() throws SQLException {
        String name = "test_" + ServerDirectory.randomHex(6);
        String jdbc = "jdbc:postgresql://" + host + ":" + port + "/" + ROLE;
        try (Connection connection = DriverManager.getConnection(jdbc, ROLE, password);
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
        stop.run();
    }

    @Override
    public String toString() {
        return description;
    }
}
