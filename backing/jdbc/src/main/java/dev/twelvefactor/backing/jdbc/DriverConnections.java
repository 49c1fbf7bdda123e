package dev.twelvefactor.backing.jdbc;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The driver's connections for the pool, each with the credentials of its moment. In the place of a JDBC URL in the pool's own configuration, which the pool would log.
 */
final class DriverConnections implements DataSource {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(Jdbc.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private final Database database;
    private final Driver driver;
    private final RunningStatements running;
    private final AtomicBoolean lacksLimits = new AtomicBoolean();
    private boolean away;

    /** Finds the driver; that there is none is told as a problem of the URL, since it is the app that has to add one. */
    DriverConnections(Database database) {
        this.database = database;
        this.running = new RunningStatements(database);
        try {
            this.driver = DriverManager.getDriver(database.jdbcUrl().reveal());
        } catch (SQLException e) {
            throw database.url()
                    .refused("needs a driver for " + database.kind() + ", and no driver that the app has takes it; add "
                            + database.driver() + " to its dependencies");
        }
    }

    /** Says whether the database is there, as the last check found it. */
    synchronized void isThere(boolean there) {
        away = !there;
        notifyAll();
    }

    /** For the pool, which pauses longer and longer behind each failure: it tries as soon as the database is known to be there again instead. */
    @Override
    public Connection getConnection() throws SQLException {
        awaitReturn();
        return open();
    }

    private synchronized void awaitReturn() throws SQLException {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        try {
            for (long left = LONGEST_WAIT.toMillis(); away && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("the pool is being closed", "08003");
        }
    }

    /** One connection, at once or not at all. */
    Connection open() throws SQLException {
        Connection connection = driver.connect(database.jdbcUrlNow(), database.propertiesNow());
        if (connection == null) {
            throw new SQLException("the driver does not take such a URL", "08001");
        }
        try {
            // Until then the driver's own limit counts, which is the one for connecting.
            setLimits(connection);
            Optional<Duration> answer = database.answer();
            if (answer.isPresent()) {
                connection.setNetworkTimeout(Runnable::run, (int) answer.get().toMillis());
            }
            running.opened(connection);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Servers that only speak the protocol, such as Redshift, and old ones do not know all of the settings. They can be used all the same. */
    private void setLimits(Connection connection) throws SQLException {
        try {
            SessionLimits.set(connection, database);
        } catch (SQLException e) {
            if (connection.isClosed() || SqlFailures.isUnavailable(e, database)) {
                throw e;
            }
            if (!lacksLimits.getAndSet(true)) {
                LOG.atWarn()
                        .addKeyValue("database", database.name())
                        .log(
                                "the server does not take the time limits of a session (SQL state {}), so its own count: a statement whose caller has given up may still take effect",
                                e.getSQLState());
            }
        }
    }

    /** Ends what the server still does for these connections, which are about to be closed. Takes a second at most. */
    void endStatements() {
        running.end(this::open);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    /** Drivers have a limit of their own, in the properties. */
    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("it wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
