package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The release's own task, from the jar. */
@Timeout(180)
@ExtendWith(PostgresServer.Shared.class)
class MigrateIT {
    private static final Path JAR = Path.of("target", "guestbook.jar").toAbsolutePath();

    @Test
    void ten_that_migrate_an_empty_database_at_once_all_end_with_0_and_one_of_them_does_it(PostgresServer postgres)
            throws Exception {
        String url = postgres.newDatabase();
        List<AppProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                processes.add(AppProcess.jar(JAR, "admin", "migrate")
                        .env("ATTACH_TIMEOUT", "1m")
                        .env("DATABASE_URL", url)
                        .env("REDIS_URL", "redis://127.0.0.1:1/0")
                        .start());
            }
            for (AppProcess process : processes) {
                assertThat(process.awaitExit()).as("%s", process).isZero();
            }
            assertThat(processes.stream()
                            .flatMap(process -> process.events().stream())
                            .map(event -> event.get("message"))
                            .filter("migrated: 1 new"::equals))
                    .hasSize(1);
        } finally {
            processes.forEach(AppProcess::close);
        }
    }
}
