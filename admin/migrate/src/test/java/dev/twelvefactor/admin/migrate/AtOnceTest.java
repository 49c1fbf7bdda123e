package dev.twelvefactor.admin.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ten releases of one app that start at once. More rounds: {@code -Drounds=50}. */
@Timeout(3600)
@ExtendWith({PostgresServer.Shared.class, MariaDbServer.Shared.class})
class AtOnceTest {
    private static final int INSTANCES = 10;
    private static final int ROUNDS = Integer.getInteger("rounds", 1);

    private static void migrateAtOnce(TestDatabase database, String migrations, String... scripts) throws Exception {
        List<AppProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < INSTANCES; i++) {
                processes.add(MigrateApp.start(database.url(), migrations));
            }
            for (AppProcess process : processes) {
                assertThat(process.awaitExit()).as("%s", process).isZero();
            }
            assertThat(processes.stream()
                            .flatMap(process -> process.events().stream())
                            .map(event -> event.get("message").toString())
                            .filter(message -> message.startsWith("migrated: "))
                            .collect(Collectors.groupingBy(message -> message, Collectors.counting())))
                    .containsEntry("migrated: " + scripts.length + " new", 1L)
                    .containsEntry("migrated: 0 new", INSTANCES - 1L);
            assertThat(database.applied()).containsExactly(scripts);
        } finally {
            processes.forEach(AppProcess::close);
        }
    }

    @Test
    void each_migration_is_applied_once_and_all_end_with_0(PostgresServer postgres) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            migrateAtOnce(
                    new TestDatabase(postgres.newDatabase()),
                    "many",
                    "V1__one.sql",
                    "V2__row.sql",
                    "V3__index.sql",
                    "V4__four.sql");
        }
    }

    @Test
    void so_it_is_on_mariadb(MariaDbServer mariadb) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String name = "at_once_" + round;
            new TestDatabase(mariadb.url()).execute("CREATE DATABASE " + name);
            migrateAtOnce(
                    new TestDatabase(mariadb.url().replaceFirst("/app$", "/" + name)),
                    "newer",
                    "V1__one.sql",
                    "V2__two.sql",
                    "R__ones.sql");
        }
    }
}
