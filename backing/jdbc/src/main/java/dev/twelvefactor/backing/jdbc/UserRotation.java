package dev.twelvefactor.backing.jdbc;

import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces a pool's connections when the URL names another user. The sessions of the user before may lose their rights, or their role, at any moment, and still answer every check.
 */
final class UserRotation implements SQLExceptionOverride {
    private static final Logger LOG = LoggerFactory.getLogger(Jdbc.class);
    /** For which the connections that were in use, or just being opened, may still be the user's before. */
    private static final Duration TRANSITION = Duration.ofMinutes(1);

    private final String name;
    private final Database database;
    private final ProbeConnection probe;
    private @Nullable HikariPoolMXBean pool;
    private String identity;
    private String refused = "";
    private long changedAt;
    private boolean changed;

    UserRotation(String name, Database database, ProbeConnection probe) {
        this.name = name;
        this.database = database;
        this.probe = probe;
        this.identity = database.identityNow();
    }

    synchronized void follow(HikariPoolMXBean followed) {
        pool = followed;
    }

    /** Looks whether the user is another one now. The pool keeps its connections until the server lets that one in. */
    void check() {
        String now = database.identityNow();
        if (isCurrent(now)) {
            return;
        }
        try {
            probe.renew();
        } catch (SQLException e) {
            if (isFirstRefusal(now)) {
                LOG.atWarn()
                        .addKeyValue("service", name)
                        .log(
                                "{}: the URL names a new user, who cannot log in: {}; the connections of the previous user stay",
                                name,
                                SqlFailures.explain(e, database).sentence());
            }
            return;
        }
        if (replaceConnections(now)) {
            LOG.atInfo()
                    .addKeyValue("service", name)
                    .log("{}: the URL names a new user; the connections of the previous user are replaced", name);
        }
    }

    private synchronized boolean isCurrent(String now) {
        return now.equals(identity);
    }

    private synchronized boolean isFirstRefusal(String now) {
        boolean first = !now.equals(refused);
        refused = now;
        return first;
    }

    /** Idle ones are closed at once, those in use when they come back. */
    private synchronized boolean replaceConnections(String now) {
        if (now.equals(identity)) {
            return false;
        }
        identity = now;
        changed = true;
        changedAt = System.nanoTime();
        if (pool != null) {
            pool.softEvictConnections();
        }
        return true;
    }

    /** A refused statement says sooner than the next check that the user before has no rights any more. */
    @java.lang.Override
    public SQLExceptionOverride.Override adjudicate(SQLException failure) {
        if (SqlFailures.refusesUser(failure, database)) {
            boolean unused = replaceConnections(database.identityNow());
        }
        return explains(failure)
                ? SQLExceptionOverride.Override.MUST_EVICT
                : SQLExceptionOverride.Override.CONTINUE_EVICT;
    }

    /** Whether a statement failed since it was still one of the user before. */
    synchronized boolean explains(Throwable failure) {
        return changed
                && System.nanoTime() - changedAt < TRANSITION.toNanos()
                && SqlFailures.refusesUser(failure, database);
    }
}
