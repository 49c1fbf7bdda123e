package dev.twelvefactor.admin.migrate;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What databases do in ways of their own: locks that end with their session, and ending another session's statement.
 *
 * @see <a href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS">PostgreSQL: advisory locks</a>
 * @see <a href="https://mariadb.com/kb/en/get_lock/">MariaDB: GET_LOCK</a>
 */
enum Dialect {
    POSTGRESQL(
            "SELECT pg_try_advisory_lock(1297303378, %d)",
            "SELECT pg_advisory_unlock(1297303378, %d)",
            "SELECT max(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 1297303378 AND objid = %d"
                    + " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            "SELECT pg_backend_pid()",
            "SELECT pg_cancel_backend(%d)"),
    MYSQL(
            "SELECT GET_LOCK(CONCAT('migrate:%d:', MD5(DATABASE())), 0)",
            "SELECT RELEASE_LOCK(CONCAT('migrate:%d:', MD5(DATABASE())))",
            "SELECT IS_USED_LOCK(CONCAT('migrate:%d:', MD5(DATABASE())))",
            "SELECT CONNECTION_ID()",
            "KILL %d");

    /**
     * The server itself notices a client that is gone: in the middle of a statement, which it then ends (from version 14 on; of its systems only Linux can do that everywhere), and
     * behind a host that fell silent.
     */
    private static final String NOTICE_LOSS =
            "SELECT set_config(name, CASE name WHEN 'client_connection_check_interval' THEN '1000' WHEN 'tcp_keepalives_idle' THEN '30' ELSE '5' END, false)"
                    + " FROM pg_settings WHERE version() LIKE '%linux%'"
                    + " AND name IN ('client_connection_check_interval', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count')";

    private static final String INVALID_INDEXES =
            "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1";

    private final String lock;
    private final String unlock;
    private final String holder;
    private final String session;
    private final String stop;

    Dialect(String lock, String unlock, String holder, String session, String stop) {
        this.lock = lock;
        this.unlock = unlock;
        this.holder = holder;
        this.session = session;
        this.stop = stop;
    }

    /** What a session holds. */
    enum Lock {
        /** One run migrates, the others wait. */
        RUN(1),
        /** A migration's own session has it, which may outlive the process that began the migration. */
        MIGRATION(2);

        private final int number;

        Lock(int number) {
            this.number = number;
        }
    }

    static Dialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product) {
            case "PostgreSQL" -> POSTGRESQL;
            case "MariaDB", "MySQL" -> MYSQL;
            default ->
                throw new MigrateException("migrate knows PostgreSQL, MySQL and MariaDB, and this database is "
                        + product + "; migrate it with Flyway's own tools");
        };
    }

    boolean tryLock(Connection connection, Lock which) throws SQLException {
        return one(connection, lock.formatted(which.number)).orElse(0L) == 1;
    }

    void unlock(Connection connection, Lock which) throws SQLException {
        one(connection, unlock.formatted(which.number));
    }

    /** The session that has the lock, by its number in the server. */
    Optional<Long> holder(Connection connection, Lock which) throws SQLException {
        return one(connection, holder.formatted(which.number));
    }

    long session(Connection connection) throws SQLException {
        return one(connection, session).orElseThrow();
    }

    /** Ends what that session is doing; MySQL and MariaDB the session itself, since a statement that is ended there may count as done. */
    void stop(Connection connection, long session) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(stop.formatted(session));
        }
    }

    /** How an operator ends a session. */
    String howToEnd(long session) {
        return this == POSTGRESQL ? "SELECT pg_terminate_backend(" + session + ")" : "KILL " + session;
    }

    /** Whether a transaction holds all that was done in it, changes of the schema too. */
    boolean isTransactional() {
        return this == POSTGRESQL;
    }

    void noticeLossOfClient(Connection connection) throws SQLException {
        if (this == POSTGRESQL) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(NOTICE_LOSS);
            }
        }
    }

    /** What a statement that was cut short leaves behind and the catalog tells. */
    List<String> invalidIndexes(Connection connection) throws SQLException {
        List<String> names = new ArrayList<>();
        if (this == POSTGRESQL) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(INVALID_INDEXES)) {
                while (rows.next()) {
                    names.add(rows.getString(1));
                }
            }
        }
        return names;
    }

    private static Optional<Long> one(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            if (!row.next()) {
                return Optional.empty();
            }
            // A boolean of PostgreSQL's counts as 1 here.
            Object value = row.getObject(1);
            return value instanceof Boolean told
                    ? Optional.of(told ? 1L : 0L)
                    : Optional.ofNullable(value).map(number -> ((Number) number).longValue());
        }
    }
}
