package dev.twelvefactor.admin.migrate;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.output.MigrateResult;
import org.flywaydb.core.api.output.RepairOutput;
import org.flywaydb.core.api.output.RepairResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database and the migrations of one release.
 *
 * @param location the folder of the class path that holds them
 * @param by who migrates, for the note of what is in hand
 */
record Migration(DataSource database, String location, String by) {
    static final String LOCATION = "db/migration";
    private static final Duration PING_INTERVAL = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);

    /** What is applied and pending, without changing anything. */
    List<MigrationInfo> all() {
        return List.of(flyway("latest").info().all());
    }

    /** What a run would apply, in its order. */
    List<MigrationInfo> pending(Optional<String> target) {
        requireTarget(target);
        Flyway flyway = flyway(target.orElse("latest"));
        return Checks.newer(flyway.info()).isEmpty() ? List.of(flyway.info().pending()) : List.of();
    }

    private void requireTarget(Optional<String> target) {
        if (target.isPresent()) {
            Checks.requireTarget(target.get(), all());
        }
    }

    /** What a process left that ended in the middle, in a sentence. */
    Optional<String> left() throws SQLException {
        return Gate.peek(database).map(one -> one.begun() + " is in hand or was left.");
    }

    void migrate(Optional<String> target) throws Exception {
        try (Gate gate = Gate.enter(database)) {
            settle(gate);
            requireTarget(target);
            Marking marking = new Marking(gate, by);
            Flyway flyway = flyway(target.orElse("latest"), marking);
            List<String> newer = Checks.newer(flyway.info());
            if (!newer.isEmpty()) {
                LOG.atWarn()
                        .addKeyValue("newer", newer)
                        .log(
                                "the database is newer than this release, which does not know {}; nothing is applied",
                                String.join(", ", newer));
                return;
            }
            Checks.requireValid(flyway);
            MigrateResult result = run(gate, flyway, marking);
            gate.forget();
            LOG.atInfo()
                    .addKeyValue("migrations", result.migrationsExecuted)
                    .addKeyValue(
                            "schema_version",
                            String.valueOf(
                                    result.targetSchemaVersion == null
                                            ? result.initialSchemaVersion
                                            : result.targetSchemaVersion))
                    .log("migrated: {} new", result.migrationsExecuted);
        }
    }

    /** Compares what is applied with this release. */
    void validate() throws SQLException {
        Optional<InHand> left = Gate.peek(database).filter(InHand::partly);
        if (left.isPresent()) {
            throw new MigrateException(left.get().halfDone("has not ended", List.of()));
        }
        Flyway flyway = flyway("latest");
        Checks.requireValid(flyway);
        LOG.atInfo()
                .addKeyValue("pending", flyway.info().pending().length)
                .log(
                        "the applied migrations are those of this release; {} pending",
                        flyway.info().pending().length);
    }

    void repair() throws SQLException, InterruptedException {
        try (Gate gate = Gate.enter(database)) {
            Optional<InHand> left = gate.inHand();
            RepairResult result = flyway("latest").repair();
            gate.forget();
            left.ifPresent(
                    one -> LOG.info("{} counts as mended; the next run applies it from its beginning", one.name()));
            tell("counts as not applied", result.migrationsRemoved);
            tell("is accepted as it is now", result.migrationsAligned);
            tell("is accepted as gone", result.migrationsDeleted);
            LOG.info("repaired");
        }
    }

    private static void tell(String what, List<RepairOutput> migrations) {
        migrations.forEach(one -> LOG.info(
                "migration {} {}", one.version == null || one.version.isEmpty() ? one.description : one.version, what));
    }

    private static void settle(Gate gate) throws SQLException {
        Optional<InHand> left = gate.inHand();
        if (left.isEmpty()) {
            return;
        }
        if (left.get().partly()) {
            throw new MigrateException(left.get().halfDone("never ended", gate.invalidIndexes()));
        }
        LOG.atWarn()
                .addKeyValue("migration", left.get().script())
                .log("{} It is applied again now", left.get().rolledBack("never ended"));
        gate.forget();
    }

    private static MigrateResult run(Gate gate, Flyway flyway, Marking marking) throws Exception {
        try {
            return OnOwnThread.call(
                    "flyway",
                    flyway::migrate,
                    new OnOwnThread.Meanwhile(PING_INTERVAL, gate::ping),
                    thread -> end(gate, marking, thread));
        } catch (OnOwnThread.CutShortException e) {
            throw cutShort(gate, e);
        } catch (FlywayException e) {
            throw failed(gate, e);
        }
    }

    private static void end(Gate gate, Marking marking, Thread thread) {
        OptionalLong session = marking.stop();
        if (session.isPresent()) {
            try {
                gate.stop(session.getAsLong());
            } catch (SQLException e) {
                LOG.debug("there is nothing to stop", e);
            }
        }
        if (marking.isJava()) {
            thread.interrupt();
        }
    }

    private static MigrateException cutShort(Gate gate, OnOwnThread.CutShortException e) {
        Outcome outcome = outcome(
                gate,
                "was cut short",
                "it ended between two migrations; those before are applied, those behind are pending");
        LOG.atWarn()
                .addKeyValue("migration", outcome.script())
                .addKeyValue("half_done", outcome.halfDone())
                .log("{}", outcome.sentence());
        return new MigrateException(outcome.sentence(), e.getCause());
    }

    private static MigrateException failed(Gate gate, FlywayException e) {
        return new MigrateException(
                outcome(gate, Checks.failure(e), Checks.explain(e)).sentence(), e);
    }

    /** What became of the migration in hand. */
    private record Outcome(String script, String halfDone, String sentence) {}

    /** What is sure to be rolled back is forgotten, the rest not. */
    private static Outcome outcome(Gate gate, String whatHappened, String withoutOne) {
        try {
            Optional<InHand> left = gate.inHand();
            if (left.isEmpty()) {
                return new Outcome("none", "no", withoutOne);
            }
            InHand one = left.get();
            if (one.partly()) {
                return new Outcome(one.script(), "maybe", one.halfDone(whatHappened, gate.invalidIndexes()));
            }
            gate.forget();
            return new Outcome(one.script(), "no", one.rolledBack(whatHappened));
        } catch (SQLException e) {
            return new Outcome(
                    "unknown",
                    "maybe",
                    "the migration in hand " + whatHappened
                            + ", and the database does not tell any more what became of it; the next run does");
        }
    }

    private Flyway flyway(String target, Callback... callbacks) {
        return Flyway.configure(Migrate.class.getClassLoader())
                .dataSource(database)
                .locations("classpath:" + location)
                .loggers(FlywayLog.class.getName())
                .callbacks(callbacks)
                .target(target)
                .validateOnMigrate(false)
                .validateMigrationNaming(true)
                .failOnMissingLocations(true)
                // A script is SQL, in which ${…} may well stand.
                .placeholderReplacement(false)
                // A repeatable one that only a newer release has is no reason to keep an older one from its deploy.
                .ignoreMigrationPatterns("*:future", "*:pending", "repeatable:missing")
                // Its lock in a transaction is one that CREATE INDEX CONCURRENTLY waits for, for ever.
                .configuration(Map.of("flyway.postgresql.transactional.lock", "false"))
                .load();
    }
}
