package dev.twelvefactor.backing.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.postgresql.PGConnection;

/** Ends at the server what connections still run: closing a connection does not end the statement that the server is at. */
final class RunningStatements {
    private static final long MAX_MILLIS = 1000;

    private final Database database;
    /** By connection, the number of its session where the server needs that. A pool closes its connections without telling, so nothing here keeps them. */
    private final Map<Connection, Long> sessions = new WeakHashMap<>();

    /** Opens a connection beside those. */
    interface Another {
        Connection open() throws SQLException;
    }

    RunningStatements(Database database) {
        this.database = database;
    }

    void opened(Connection connection) throws SQLException {
        long number = isMysql() ? sessionNumber(connection) : 0;
        synchronized (sessions) {
            sessions.put(connection, number);
        }
    }

    private static long sessionNumber(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private boolean isMysql() {
        return database.kind().equals("MySQL") || database.kind().equals("MariaDB");
    }

    /** On a thread of its own, since a server that does not answer must not hold up a drain. */
    void end(Another another) {
        Map<Connection, Long> open;
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

    private void end(Map<Connection, Long> open, Another another) {
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
    private static void kill(Map<Connection, Long> open, Another another) throws SQLException {
        List<Long> numbers = new ArrayList<>();
        for (Map.Entry<Connection, Long> one : open.entrySet()) {
            if (!one.getKey().isClosed()) {
                numbers.add(one.getValue());
            }
        }
        try (Connection connection = another.open();
                Statement statement = connection.createStatement()) {
            for (long number : numbers) {
                try {
                    statement.execute("KILL " + number);
                } catch (SQLException e) {
                    // That one has ended by itself.
                }
            }
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
