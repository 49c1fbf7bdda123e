package dev.twelvefactor.backing.jdbc;

import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/** One connection beside those that work, for checks and short questions: what the driver says of it is known at once. One that was ended is replaced. */
final class ProbeConnection {
    private static final int CHECK_SECONDS = 2;
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DriverConnections connections;
    private volatile Connection connection;
    private boolean closed;

    private ProbeConnection(DriverConnections connections) throws SQLException {
        this.connections = connections;
        this.connection = connections.open();
    }

    static ProbeConnection open(DriverConnections connections) throws SQLException {
        return new ProbeConnection(connections);
    }

    /** What is asked; again, of a new connection, if this one has been ended. */
    interface Question<T> {
        T of(Connection connection) throws SQLException;
    }

    /** Says whether the database is there. */
    void check() throws SQLException {
        Connection probe = connection;
        long start = System.nanoTime();
        if (!probe.isValid(CHECK_SECONDS)) {
            if (System.nanoTime() - start > SLOW_NANOS) {
                throw new SQLException("no answer", "08006", new SocketTimeoutException());
            }
            // A server that was restarted, or somebody, ended this one: whether the server is there, a new one tells.
            replace(probe);
        }
    }

    <T> T ask(Question<T> question) throws SQLException {
        Connection probe = connection;
        try {
            return question.of(probe);
        } catch (SQLException e) {
            if (!probe.isClosed() && !SqlFailures.isConnectionLost(e)) {
                throw e;
            }
            return question.of(replace(probe));
        }
    }

    /** Puts a new connection, with the credentials of now, in the place of this one, if the server lets it in. */
    void renew() throws SQLException {
        Connection before = connection;
        Connection next = connections.open();
        if (install(before, next)) {
            before.close();
        } else {
            next.close();
        }
    }

    private Connection replace(Connection ended) throws SQLException {
        ended.close();
        Connection next = connections.open();
        if (!install(ended, next)) {
            next.close();
        }
        return connection;
    }

    private synchronized boolean install(Connection ended, Connection next) {
        if (closed || connection != ended) {
            return false;
        }
        connection = next;
        return true;
    }

    /** Does not wait for who asks: a server that does not answer must not hold up a drain. */
    void close() throws SQLException {
        synchronized (this) {
            closed = true;
        }
        connection.close();
    }
}
