package dev.twelvefactor.admin.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.flywaydb.core.api.CoreMigrationType;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes each migration at the gate before Flyway begins it, on Flyway's thread, and ends it from another. */
final class Marking implements Callback {
    private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);

    private final Gate gate;
    private final String by;
    private @Nullable MigrationInfo migration;
    private long session;
    private boolean stopping;

    Marking(Gate gate, String by) {
        this.gate = gate;
        this.by = by;
    }

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_EACH_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public String getCallbackName() {
        return "migration in hand";
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            if (event == Event.BEFORE_EACH_MIGRATE) {
                begin(context.getMigrationInfo(), context.getConnection());
            } else {
                gate.dialect().unlock(context.getConnection(), Dialect.Lock.MIGRATION);
                over();
            }
        } catch (SQLException e) {
            throw new FlywayException("the migration cannot be noted: " + e.getMessage(), e);
        }
    }

    private void begin(MigrationInfo next, Connection connection) throws SQLException {
        Dialect dialect = gate.dialect();
        // This session's, so that the next run waits for it even where this process is gone and the server is not done.
        if (!dialect.tryLock(connection, Dialect.Lock.MIGRATION)) {
            throw new FlywayException("another session works for a migration, although it is this run's turn");
        }
        dialect.noticeLossOfClient(connection);
        long own = dialect.session(connection);
        inHand(next, own);
        boolean whole = dialect.isTransactional() && !connection.getAutoCommit();
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        gate.begin(new InHand(InHand.nameOf(next), next.getScript(), by, now, own, !whole));
        if (whole) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(Gate.PARTLY);
            }
        }
        LOG.atInfo().addKeyValue("migration", next.getScript()).log("{} begins", InHand.nameOf(next));
    }

    private synchronized void inHand(MigrationInfo next, long own) {
        if (stopping) {
            throw new FlywayException("the run is being ended");
        }
        migration = next;
        session = own;
    }

    private synchronized void over() {
        migration = null;
    }

    /** Which session the server has to stop. From now on no migration begins. */
    synchronized OptionalLong stop() {
        stopping = true;
        return migration == null ? OptionalLong.empty() : OptionalLong.of(session);
    }

    /** Whether the thread runs code that an interrupt may end; a driver in the middle of a statement it would only confuse. */
    synchronized boolean isJava() {
        return migration == null || migration.getType() != CoreMigrationType.SQL;
    }
}
