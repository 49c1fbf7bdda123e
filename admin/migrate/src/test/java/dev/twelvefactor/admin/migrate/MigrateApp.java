package dev.twelvefactor.admin.migrate;

import dev.twelvefactor.admin.TaskOutput;
import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AppProcess;
import javax.sql.DataSource;

/** An app with the task, its migrations in the folder that its environment names. */
final class MigrateApp {
    private MigrateApp() {}

    record Settings(ServiceUrl databaseUrl, String migrations) {}

    public static void main(String[] args) {
        TwelveFactorApp.run(
                args,
                App.of("migrating", Settings.class)
                        .admin("migrate", "Migrate", MigrateOptions.class, MigrateApp::migrate));
    }

    private static void migrate(Settings settings, MigrateOptions options, Wiring wiring, TaskOutput output)
            throws Exception {
        DataSource database = wiring.attach("database", Jdbc.poolForLongStatements(settings.databaseUrl()))
                .get();
        Migrate.run(new Migration(database, "migrations/" + settings.migrations(), "a test"), options, output);
    }

    static AppProcess start(String url, String migrations) {
        return AppProcess.main(MigrateApp.class, "admin", "migrate")
                .jvm("-XX:+UseSerialGC")
                .jvm("-XX:TieredStopAtLevel=1")
                .env("DATABASE_URL", url)
                .env("ATTACH_TIMEOUT", "1m")
                .env("MIGRATIONS", migrations)
                .start();
    }
}
