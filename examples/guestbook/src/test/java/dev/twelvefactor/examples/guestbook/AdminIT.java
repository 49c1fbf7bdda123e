package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The admin tasks of the jar. */
@Timeout(120)
@ExtendWith({PostgresServer.Shared.class, RedisServer.Shared.class})
class AdminIT {
    private static final Path JAR = Path.of("target", "guestbook.jar").toAbsolutePath();

    private String databaseUrl = "";
    private String redisUrl = "";

    @BeforeEach
    void use_a_migrated_database(PostgresServer postgres, RedisServer redis) throws Exception {
        databaseUrl = postgres.newDatabase();
        redisUrl = redis.url();
        try (AppProcess migration = guestbook("admin", "migrate").start()) {
            assertThat(migration.awaitExit()).isZero();
        }
    }

    private AppProcess.Builder guestbook(String... arguments) {
        return AppProcess.jar(JAR, arguments)
                .env("PORT", "0")
                .env("ATTACH_TIMEOUT", "60s")
                .env("DATABASE_URL", databaseUrl)
                .env("REDIS_URL", redisUrl);
    }

    private static Attributes manifest() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.getManifest().getMainAttributes();
        }
    }

    /** Those that tell of the sources, which whoever works on them has not committed yet. */
    private static final List<String> OF_THE_SOURCES = List.of("I-commit", "I-clean");

    @Test
    void finds_nothing_wrong_with_itself() throws Exception {
        try (AppProcess check = guestbook("admin", "check").start()) {
            int status = check.awaitExit();
            List<String> broken = check.stdout().stream()
                    .filter(line -> line.startsWith("BROKEN"))
                    .toList();
            assertThat(broken).allMatch(line -> OF_THE_SOURCES.contains(line.split(" +")[1]));
            boolean committed = "false".equals(manifest().getValue("Build-Dirty"));
            assertThat(broken.isEmpty()).as("%s", check).isEqualTo(committed);
            assertThat(status).isEqualTo(committed ? 0 : 1);
            assertThat(check.stdout())
                    .anyMatch(line -> line.matches("ok +IV-services +database, redis can be attached"));
            assertThat(check.stderr()).isEmpty();
        }
    }

    @Test
    void tells_its_build_and_the_same_release_everywhere() throws Exception {
        String commit = manifest().getValue("Build-Commit");
        try (AppProcess version = guestbook("--version").start();
                AppProcess release = guestbook("admin", "release").start();
                AppProcess task =
                        guestbook("admin", "purge", "--older-than", "1d").start()) {
            assertThat(version.awaitExit() + release.awaitExit() + task.awaitExit())
                    .isZero();
            Object id = task.events().get(0).get("release");
            assertThat(release.stdout().get(0)).isEqualTo(id);
            assertThat(version.stdout().get(0))
                    .startsWith("guestbook 0.1.0-SNAPSHOT, ")
                    .endsWith(", release " + id)
                    .contains(commit.isEmpty() ? "" : ", commit " + commit.substring(0, 12));
        }
    }

    @Test
    void deletes_nothing_in_a_dry_run_and_tells_who_has_run_it() {
        try (AppProcess dry = guestbook("admin", "purge", "--older-than", "0", "--dry-run")
                .env("ADMIN_ACTOR", "ada")
                .start()) {
            assertThat(dry.awaitExit()).isZero();
            assertThat(dry.events())
                    .anySatisfy(event -> assertThat(event)
                            .containsEntry("message", "nothing was deleted")
                            .containsEntry("entries", 0))
                    .anySatisfy(event -> assertThat(event)
                            .containsEntry("logger", "dev.twelvefactor.audit")
                            .containsEntry("actor", "ada")
                            .containsEntry("arguments", "--older-than=0s --dry-run=true")
                            .containsEntry("outcome", "succeeded"));
        }
    }

    /** The first is held up by a lock on its table. */
    @Test
    void purges_never_twice_at_once() throws Exception {
        URI url = URI.create(databaseUrl);
        String[] user = url.getUserInfo().split(":");
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + url.getHost() + ":" + url.getPort() + url.getPath(), user[0], user[1]);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE entries");
            try (AppProcess first = guestbook("admin", "purge", "--older-than", "0")
                            .env("ADMIN_ACTOR", "ada")
                            .start();
                    AppProcess second = guestbookBehind(first)) {
                assertThat(second.awaitExit()).isEqualTo(75);
                assertThat(second.stderr())
                        .singleElement()
                        .asString()
                        .startsWith("another run of \"purge\" is at work, by ada, process " + first.pid() + " on ");
                connection.rollback();
                assertThat(first.awaitExit()).isZero();
            }
        }
    }

    /** Begins when the other has its lease and goes on to what comes behind it. */
    private AppProcess guestbookBehind(AppProcess other) {
        other.awaitLine(line -> line.contains("attached database"));
        return guestbook("admin", "purge", "--older-than", "0").start();
    }
}
