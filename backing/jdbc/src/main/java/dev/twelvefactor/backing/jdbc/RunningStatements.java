package dev.twelvefactor.backing.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.WeakHashMap;
import org.postgresql.PGConnection;

/** Ends at the server what connections still run: closing a connection does not end the statement that the server is at. */
final class RunningStatements {
    private static final long MAX_MILLIS = 1000;

    private final Database database;
    /** A pool closes its connections without a word to anybody, so nothing here keeps them. */
    private final Map<Connection, Session> sessions = new WeakHashMap<>();

    /**
     * What a session is in MySQL and MariaDB, where another one of the same user may have the same number on another server, or after a restart.
     *
     * @param openedAt in nanoseconds
     */
    private record Session(long number, String server, long openedAt) {
        static final Session UNNUMBERED = new Session(0, "", 0);

        boolean isOn(Session other, long uptimeSeconds) {
            long ageSeconds = (System.nanoTime() - openedAt) / 1_000_000_000;
            return server.equals(other.server) && ageSeconds < uptimeSeconds;
        }
    }

    /** Opens a connection beside those. */
    interface Another {
        Connection open() throws SQLException;
    }

    RunningStatements(Database database) {
        this.database = database;
    }

    void opened(Connection connection) throws SQLException {
        Session session = isMysql() ? sessionIfKnown(connection) : Session.UNNUMBERED;
        synchronized (sessions) {
            sessions.put(connection, session);
        }
    }

    /** A server that only speaks the protocol may not have all that is asked for. */
    private Session sessionIfKnown(Connection connection) throws SQLException {
        try {
            return session(connection);
        } catch (SQLException e) {
            if (connection.isClosed() || SqlFailures.isUnavailable(e, database)) {
                throw e;
            }
            return Session.UNNUMBERED;
        }
    }

    private static Session session(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT CONNECTION_ID(), CONCAT_WS(':', @@hostname, @@port, @@server_id)")) {
            return row.next() ? new Session(row.getLong(1), row.getString(2), System.nanoTime()) : Session.UNNUMBERED;
        }
    }

    private boolean isMysql() {
        return database.kind().equals("MySQL") || database.kind().equals("MariaDB");
    }

    /** On a thread of its own, since a server that does not answer must not hold up a drain. */
    void end(Another another) {
        Map<Connection, Session> open;
        synchronized (sessions) {
            open = Map.copyOf(sessions);
        }
        Thread thread = new Thread(() -> end(open, another), "statement-cancel");
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(MAX_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(Map<Connection, Session> open, Another another) {
        try {
            if (isMysql()) {
                kill(open, another);
            } else if (database.kind().equals("PostgreSQL")) {
                Postgres.cancel(open.keySet());
            }
        } catch (SQLException e) {
            // The server's own limits end the statements then.
        }
    }

    /** The session and not only the statement, since one that is ended there may count as done. */
    private static void kill(Map<Connection, Session> open, Another another) throws SQLException {
        try (Connection connection = another.open();
                Statement statement = connection.createStatement()) {
            Session own = session(connection);
            long uptime = uptime(statement);
            for (Map.Entry<Connection, Session> one : open.entrySet()) {
                if (!one.getKey().isClosed() && one.getValue().isOn(own, uptime)) {
                    kill(statement, one.getValue().number());
                }
            }
        }
    }

    private static long uptime(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Uptime'")) {
            return row.next() ? row.getLong(2) : 0;
        }
    }

    private static void kill(Statement statement, long number) {
        try {
            statement.execute("KILL " + number);
        } catch (SQLException e) {
            // That one has ended by itself.
        }
    }

    /** In a class of its own: an app without this driver does not load it. */
    private static final class Postgres {
        static void cancel(Iterable<Connection> open) throws SQLException {
            for (Connection connection : open) {
                if (!connection.isClosed()) {
                    connection.unwrap(PGConnection.class).cancelQuery();
                }
            }
        }
    }
}
