package dev.twelvefactor.admin.migrate;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.config.ServiceUrl;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code admin migrate}: brings the database's schema up to the release, with Flyway and the scripts in {@code db/migration}. */
public final class Migrate {
    private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);

    private Migrate() {}

    /**
     * The task. Several that run at once wait for each other (Flyway holds an advisory lock of the database). One that is cut short leaves no
     * half of a migration behind: each runs in a transaction, where the database has transactional DDL.
     *
     * @param database which of the settings is the database's URL
     */
    public static <S extends Record> Task<S> task(Function<S, ServiceUrl> database) {
        return Task.of(
                "migrate",
                "Bring the database's schema up to this release",
                NoOptions.class,
                (S settings, NoOptions none, Wiring wiring) ->
                        migrate(wiring.attach("database", Jdbc.poolForLongStatements(database.apply(settings)))
                                .get()));
    }

    private static void migrate(DataSource database) {
        MigrateResult result = Flyway.configure(Migrate.class.getClassLoader())
                .dataSource(database)
                .loggers("slf4j")
                .load()
                .migrate();
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
