package dev.twelvefactor.admin.migrate;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.admin.TaskOutput;
import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.config.ServiceUrl;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.api.FlywayException;

/**
 * {@code admin migrate}: brings the database's schema up to the release, with Flyway and the scripts in {@code db/migration}. For PostgreSQL, MySQL and MariaDB.
 *
 * <p>Several that run at once wait for each other. One that is cut short ends the statement that the server is at, and says what became of the migration; the next run, too,
 * says what one before it left, and goes on only where the database has rolled all of it back. That is so on PostgreSQL, but for statements outside of transactions such as
 * {@code CREATE INDEX CONCURRENTLY}; MySQL and MariaDB roll back no change of the schema.
 *
 * <p>Its lock is one of a session. A pooler that gives each transaction another session (PgBouncer's {@code pool_mode=transaction}) has to be gone around. A run has up to four
 * connections.
 *
 * <p>{@code ADMIN_DATABASE_URL} is the database for a user that may change its schema, which the app's own then need not; no other process reads it.
 */
public final class Migrate {
    private Migrate() {}

    /**
     * The task.
     *
     * @param database which of the settings is the database's URL
     */
    public static <S extends Record> Task<S> task(Function<S, ServiceUrl> database) {
        return Task.of(
                "migrate",
                "Bring the database's schema up to this release",
                MigrateOptions.class,
                AdminDatabase.class,
                (S settings, AdminDatabase admin, MigrateOptions options, Wiring wiring, TaskOutput output) -> {
                    ServiceUrl url = admin.or(database.apply(settings));
                    DataSource pool = wiring.attach("database", Jdbc.poolForLongStatements(url))
                            .get();
                    run(new Migration(pool, Migration.LOCATION, LeaseKeeper.thisProcess()), options, output);
                });
    }

    static void run(Migration migration, MigrateOptions options, TaskOutput output) throws Exception {
        try {
            choose(migration, options, output);
        } catch (FlywayException e) {
            throw new MigrateException(Checks.explain(e), e);
        }
    }

    private static void choose(Migration migration, MigrateOptions options, TaskOutput output) throws Exception {
        if (options.status()) {
            output.table("migration", Listing.HEADINGS, Listing.rows(migration.all()));
            migration.left().ifPresent(output::text);
        } else if (options.dryRun()) {
            Listing.sql(migration, options.target()).forEach(output::text);
        } else if (options.action().isEmpty()) {
            migration.migrate(options.target());
        } else {
            switch (options.action().get()) {
                case VALIDATE -> migration.validate();
                case REPAIR -> migration.repair();
            }
        }
    }
}
