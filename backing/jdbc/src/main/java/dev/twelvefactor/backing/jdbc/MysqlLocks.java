package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.LeaseHolder;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/**
 * Locks of GET_LOCK, in MySQL and MariaDB.
 *
 * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html">Locking functions</a>
 */
final class MysqlLocks implements SessionLocks {
    /** At most 64 characters, upper and lower case alike to the server, and the same for all databases of it: hence no name as it is. */
    private static final String LOCK = "CONCAT('twelvefactor:', LEFT(SHA2(CONCAT_WS(':', DATABASE(), ?), 256), 32))";

    @Override
    public void prepare(Connection session, Duration silence, String who) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.execute("SET SESSION wait_timeout = " + SessionLocks.wholeSeconds(silence));
        }
    }

    @Override
    public boolean take(Connection session, String name) throws SQLException {
        return SessionLocks.first(session, "SELECT GET_LOCK(" + LOCK + ", 0)", row -> row.getInt(1) == 1, name)
                .orElse(false);
    }

    @Override
    public Optional<String> proof(Connection session, String name) throws SQLException {
        return SessionLocks.first(
                session,
                "SELECT CONNECTION_ID() FROM DUAL WHERE IS_USED_LOCK(" + LOCK + ") = CONNECTION_ID()",
                row -> row.getString(1),
                name);
    }

    @Override
    public void giveBack(Connection session, String name) throws SQLException {
        SessionLocks.first(session, "SELECT RELEASE_LOCK(" + LOCK + ")", row -> true, name);
    }

    @Override
    public Optional<LeaseHolder> holder(Connection other, String name) throws SQLException {
        Optional<Long> session = SessionLocks.first(
                        other, "SELECT IS_USED_LOCK(" + LOCK + ")", row -> row.getLong(1), name)
                .filter(id -> id != 0);
        if (session.isEmpty()) {
            return Optional.empty();
        }
        // Sessions of another user are there only for who may see them.
        Optional<String> host = SessionLocks.first(
                other,
                "SELECT HOST FROM information_schema.PROCESSLIST WHERE ID = ?",
                row -> row.getString(1),
                session.get());
        return Optional.of(new LeaseHolder(
                host.map(from -> "a process at " + from).orElse("session " + session.get()), Optional.empty()));
    }
}
