package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

    @Test
    void purges_never_twice_at_once() {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
        Leases leases = new Attachments(lifecycle, Duration.ofSeconds(20))
                .attach("lease", Jdbc.leases(ServiceUrl.parse(databaseUrl)))
                .get();
        try (Lease other =
                leases.heldBy("web-7f9c").tryAcquire("guestbook admin purge").orElseThrow()) {
            try (AppProcess purge =
                    guestbook("admin", "purge", "--older-than", "0").start()) {
                assertThat(purge.awaitExit()).isEqualTo(75);
                assertThat(purge.stderr())
                        .singleElement()
                        .asString()
                        .startsWith("another run of \"purge\" is at work, by web-7f9c since ");
            }
            assertThat(other.isHeld()).isTrue();
        }
        try (AppProcess purge = guestbook("admin", "purge", "--older-than", "0").start()) {
            assertThat(purge.awaitExit()).isZero();
        }
        assertThat(lifecycle.drain().complete()).isTrue();
    }
}
