package dev.twelvefactor.backing.jdbc;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * What the server itself limits in a session. A client that gives up only closes its socket, which a server that waits for a lock or works does not see: without a limit of its own it carries out the
 * statement later. Set by a statement and not in the startup packet, since poolers such as PgBouncer refuse parameters there that they do not know.
 *
 * @see <a href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT">PostgreSQL: statement_timeout</a>
 * @see <a href="https://mariadb.com/kb/en/aborting-statements/">MariaDB: max_statement_time</a>
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_max_execution_time">MySQL: max_execution_time</a>
 */
final class SessionLimits {
    /**
     * A lower limit that the role, the database or the URL's options have set stays. The check of the connection (PostgreSQL 14, on Linux) ends what a limit for each statement does not: a batch, and
     * what a client that has died had begun.
     */
    private static final String POSTGRES = """
            SELECT set_config(name, CASE WHEN setting = '0' OR setting::bigint > wanted::bigint THEN wanted ELSE setting END, false)
            FROM pg_settings JOIN (VALUES ('statement_timeout', '%d'), ('client_connection_check_interval', '1000')) AS limits (name, wanted) USING (name)
            WHERE name <> 'client_connection_check_interval' OR version() LIKE '%%linux%%'""";

    /** Only settings that this server has: idle_session_timeout came with PostgreSQL 14, transaction_timeout with 17. */
    private static final String POSTGRES_WITHOUT = """
            SELECT set_config(name, CASE name WHEN 'client_connection_check_interval' THEN '1000' ELSE '0' END, false)
            FROM pg_settings
            WHERE name IN ('statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout')
            OR name = 'client_connection_check_interval' AND version() LIKE '%linux%'""";

    private static final String MARIADB =
            "SET SESSION max_statement_time = IF(@@max_statement_time = 0, %1$s, LEAST(@@max_statement_time, %1$s))";
    private static final String MARIADB_WITHOUT =
            "SET SESSION max_statement_time = 0, SESSION wait_timeout = %d, SESSION idle_transaction_timeout = 0,"
                    + " SESSION idle_write_transaction_timeout = 0, SESSION idle_readonly_transaction_timeout = 0";
    /** MySQL limits the time of a SELECT only; what a change waits for is a lock. */
    private static final String MYSQL =
            "SET SESSION max_execution_time = IF(@@max_execution_time = 0, %1$d, LEAST(@@max_execution_time, %1$d)),"
                    + " SESSION innodb_lock_wait_timeout = LEAST(@@innodb_lock_wait_timeout, %2$d),"
                    + " SESSION lock_wait_timeout = LEAST(@@lock_wait_timeout, %2$d)";

    private static final String MYSQL_WITHOUT = "SET SESSION max_execution_time = 0, SESSION wait_timeout = %d";
    /** In seconds; no system takes more. */
    private static final int MAX_WAIT_TIMEOUT = 2_147_483;

    private SessionLimits() {}

    static void set(Connection connection, Database database) throws SQLException {
        if (database.statement().isPresent()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql(connection, database, database.statement().get()));
            }
        }
    }

    private static String sql(Connection connection, Database database, Duration limit) throws SQLException {
        boolean without = limit.isZero();
        long millis = Math.max(1, limit.toMillis());
        if (database.kind().equals("PostgreSQL")) {
            return without ? POSTGRES_WITHOUT : POSTGRES.formatted(millis);
        }
        // Either driver speaks to either server.
        if (connection.getMetaData().getDatabaseProductVersion().contains("MariaDB")) {
            return without
                    ? MARIADB_WITHOUT.formatted(MAX_WAIT_TIMEOUT)
                    : MARIADB.formatted(BigDecimal.valueOf(millis, 3).toPlainString());
        }
        return without
                ? MYSQL_WITHOUT.formatted(MAX_WAIT_TIMEOUT)
                : MYSQL.formatted(millis, Math.max(1, limit.toSeconds()));
    }
}
