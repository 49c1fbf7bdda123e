package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.LeaseHolder;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Advisory locks of a session.
 *
 * @see <a href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS">Advisory locks</a>
 */
final class PostgresLocks implements SessionLocks {
    private static final String NAMESPACE = "dev.twelvefactor.lease:";
    /** Only settings that this server has: idle_session_timeout came with PostgreSQL 14. */
    private static final String SETTINGS = """
            SELECT set_config(name, wanted, false) FROM pg_settings JOIN (VALUES
              ('application_name', ?), ('idle_session_timeout', ?), ('tcp_user_timeout', ?),
              ('tcp_keepalives_idle', ?), ('tcp_keepalives_interval', ?), ('tcp_keepalives_count', ?)
            ) AS settings (name, wanted) USING (name)""";

    private static final String HOLDER = """
            SELECT application_name, backend_start FROM pg_locks LEFT JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND objsubid = 1
              AND classid = ?::bigint::oid AND objid = ?::bigint::oid
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())""";

    /** How often a silent machine is asked, in the last two thirds of the time. */
    private static final int KEEPALIVES = 4;

    static long key(String name) {
        return ByteBuffer.wrap(SessionLocks.digest(NAMESPACE + name)).getLong();
    }

    @Override
    public void prepare(Connection session, Duration silence, String who) throws SQLException {
        String millis = Long.toString(silence.toMillis());
        SessionLocks.first(
                session,
                SETTINGS,
                row -> true,
                who,
                millis,
                millis,
                Long.toString(SessionLocks.wholeSeconds(silence.dividedBy(3))),
                Long.toString(SessionLocks.wholeSeconds(silence.dividedBy(6))),
                Integer.toString(KEEPALIVES));
    }

    @Override
    public boolean take(Connection session, String name) throws SQLException {
        return SessionLocks.first(session, "SELECT pg_try_advisory_lock(?)", row -> row.getBoolean(1), key(name))
                .orElse(false);
    }

    /** A lock of a session goes only with it, but a pooler may have put another session in its place. */
    @Override
    public Optional<String> proof(Connection session, String name) throws SQLException {
        return SessionLocks.first(session, "SELECT pg_backend_pid()", row -> row.getString(1));
    }

    @Override
    public void giveBack(Connection session, String name) throws SQLException {
        SessionLocks.first(session, "SELECT pg_advisory_unlock(?)", row -> true, key(name));
    }

    @Override
    public Optional<LeaseHolder> holder(Connection other, String name) throws SQLException {
        long key = key(name);
        return SessionLocks.first(
                other,
                HOLDER,
                row -> {
                    String who = row.getString(1);
                    // The lock comes at once behind the session's start. Of another role's session it may not be known.
                    Optional<Instant> since = Optional.ofNullable(row.getObject(2, OffsetDateTime.class))
                            .map(OffsetDateTime::toInstant);
                    return new LeaseHolder(who == null || who.isEmpty() ? "another session" : who, since);
                },
                key >>> Integer.SIZE,
                Integer.toUnsignedLong((int) key));
    }
}
