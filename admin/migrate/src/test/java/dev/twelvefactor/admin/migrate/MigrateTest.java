package dev.twelvefactor.admin.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.admin.TaskOutput;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(PostgresServer.Shared.class)
class MigrateTest {
    record Settings(ServiceUrl databaseUrl) {}

    private static void migrate(String url) throws Exception {
        Task<Settings> task = Migrate.task(Settings::databaseUrl);
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
        try {
            task.with(List.of(), Conversions.standard())
                    .work()
                    .run(
                            new Settings(ServiceUrl.parse(url)),
                            EnvConfig.read(List.of(task.own()), Environment.of(Map.of())),
                            new Attachments(lifecycle, Duration.ofSeconds(20)),
                            TaskOutput.events(Clock.systemUTC()));
        } finally {
            assertThat(lifecycle.drain().complete()).isTrue();
        }
    }

    private static List<String> applied(String url) throws Exception {
        ServiceUrl parsed = ServiceUrl.parse(url);
        String jdbc = "jdbc:postgresql://" + parsed.hosts().get(0) + "/"
                + parsed.path().orElseThrow();
        List<String> versions = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        jdbc,
                        parsed.user().orElseThrow(),
                        parsed.password().orElseThrow().reveal());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT version FROM flyway_schema_history WHERE success ORDER BY installed_rank")) {
            while (rows.next()) {
                versions.add(rows.getString(1));
            }
        }
        return versions;
    }

    @Test
    void brings_an_empty_database_up_to_the_release_and_does_nothing_the_second_time(PostgresServer postgres)
            throws Exception {
        String url = postgres.newDatabase();
        migrate(url);
        assertThat(applied(url)).containsExactly("1", "2");
        migrate(url);
        assertThat(applied(url)).containsExactly("1", "2");
    }

    @Test
    void applies_each_migration_once_although_several_start_at_once(PostgresServer postgres) throws Exception {
        String url = postgres.newDatabase();
        List<CompletableFuture<Void>> runs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            runs.add(CompletableFuture.runAsync(
                    () -> {
                        try {
                            migrate(url);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    task -> new Thread(task).start()));
        }
        for (CompletableFuture<Void> run : runs) {
            run.join();
        }
        assertThat(applied(url)).containsExactly("1", "2");
    }
}
