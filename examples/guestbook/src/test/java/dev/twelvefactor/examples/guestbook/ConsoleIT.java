package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code admin console} of the jar, on a real PostgreSQL and a real Redis. */
@Timeout(120)
@ExtendWith({PostgresServer.Shared.class, RedisServer.Shared.class})
class ConsoleIT {
    private static final Path JAR = Path.of("target", "guestbook.jar").toAbsolutePath();
    private static final String COUNT = """
            int count() throws Exception {
              try (var c = database.getConnection(); var s = c.createStatement(); var r = s.executeQuery("SELECT count(*) FROM entries")) {
                r.next();
                return r.getInt(1);
              }
            }
            """;
    private static final String ADD = """
            void add(String author) throws Exception {
              try (var c = database.getConnection(); var s = c.prepareStatement("INSERT INTO entries (author, message) VALUES (?, 'hi')")) {
                s.setString(1, author);
                s.executeUpdate();
              }
            }
            """;

    private final List<AppProcess> processes = new ArrayList<>();
    private String databaseUrl = "";
    private String redisUrl = "";

    @BeforeEach
    void use_an_empty_database(PostgresServer postgres, RedisServer redis) throws Exception {
        databaseUrl = postgres.newDatabase();
        redisUrl = redis.url();
        assertThat(start(guestbook("admin", "migrate")).awaitExit()).isZero();
    }

    @AfterEach
    void stop_and_look_for_the_password() {
        String password = databaseUrl.replaceFirst(".*app:", "").replaceFirst("@.*", "");
        for (AppProcess process : processes) {
            process.close();
            assertThat(process.toString()).doesNotContain(password);
        }
    }

    private AppProcess start(AppProcess.Builder builder) {
        AppProcess process = builder.start();
        processes.add(process);
        return process;
    }

    private AppProcess.Builder guestbook(String... arguments) {
        return AppProcess.jar(JAR, arguments).env("DATABASE_URL", databaseUrl).env("REDIS_URL", redisUrl);
    }

    private static List<String> sentences(AppProcess process) {
        return process.stderr().stream().filter(line -> !line.startsWith("{")).toList();
    }

    @Test
    void reads_a_row_through_the_attached_pool_and_prints_a_setting(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("look.jsh"), ADD + """
                        add("Ann");
                        try (var c = database.getConnection(); var s = c.createStatement(); var r = s.executeQuery("SELECT author FROM entries")) {
                          while (r.next()) System.out.println(r.getString(1));
                        }
                        settings.sessionTtl()
                        settings.databaseUrl()
                        redis.set("console:" + settings.databaseUrl().hosts().get(0), "seen")
                        String seen = redis.get("console:" + settings.databaseUrl().hosts().get(0));
                        seen
                        """);

        AppProcess console = start(guestbook("admin", "console", "--file", script.toString()));

        assertThat(console.awaitExit()).as("%s", console).isZero();
        assertThat(console.stdout())
                .containsExactly("Ann", "PT30M", databaseUrl.replaceFirst("app:[^@]*", "app:***"), "OK", "seen");
        assertThat(sentences(console)).isEmpty();
        assertThat(console.stderr()).anyMatch(event -> event.contains("attached database"));
    }

    @Test
    void needs_no_service_that_no_snippet_mentions() {
        AppProcess console = start(guestbook("admin", "console", "--eval", "settings.sessionTtl()")
                .env("REDIS_URL", "redis://127.0.0.1:1"));

        assertThat(console.awaitExit()).isZero();
        assertThat(console.stdout()).containsExactly("PT30M");
        assertThat(sentences(console)).isEmpty();
        assertThat(console.stderr()).noneMatch(event -> event.contains("attach"));
    }

    @Test
    void names_the_service_that_is_away_once_it_is_asked_for() {
        AppProcess console = start(guestbook("admin", "console", "--eval", "redis.dbsize()")
                .env("REDIS_URL", "redis://127.0.0.1:1")
                .env("ATTACH_TIMEOUT", "4s"));

        assertThat(console.awaitExit()).isEqualTo(1);
        assertThat(console.stdout()).isEmpty();
        assertThat(sentences(console)).hasSize(5);
        assertThat(sentences(console).get(0)).startsWith("redis (redis://127.0.0.1:1) could not be attached: ");
        assertThat(sentences(console).subList(1, 5))
                .containsExactly(
                        "--eval:1: cannot find symbol", "  symbol:   variable redis", "redis.dbsize()", "^^^^^");
    }

    @Test
    void leaves_no_trace_in_a_database_if_it_is_a_sandbox() {
        AppProcess console =
                start(guestbook("admin", "console", "--sandbox", "--eval", COUNT + ADD + "add(\"Ann\"); count()"));

        assertThat(console.awaitExit()).as("%s", console).isZero();
        assertThat(console.stdout()).containsExactly("1");
        assertThat(sentences(console)).containsExactly("--sandbox: what was done in database is rolled back.");

        AppProcess after = start(guestbook("admin", "console", "--sandbox", "--eval", COUNT + "count(); redis.ping()"));
        assertThat(after.awaitExit()).as("%s", after).isZero();
        assertThat(after.stdout()).containsExactly("0", "PONG");
        assertThat(sentences(after))
                .containsExactly(
                        "--sandbox: redis is no JDBC database; what is changed there stays changed.",
                        "--sandbox: what was done in database is rolled back.");
    }

    @Test
    void rolls_back_when_a_signal_ends_it_in_a_snippet() {
        AppProcess console = start(guestbook(
                "admin",
                "console",
                "--sandbox",
                "--eval",
                ADD + "add(\"Ann\"); System.out.println(\"waiting\"); Thread.sleep(60_000)"));
        console.awaitLine("waiting"::equals);
        console.terminate();

        assertThat(console.awaitExit()).isEqualTo(143);
        assertThat(sentences(console)).containsExactly("--sandbox: what was done in database is rolled back.");
    }

    @Test
    void says_what_to_do_on_a_runtime_without_jshell() {
        AppProcess console =
                start(guestbook("admin", "console", "--eval", "1").jvm("--limit-modules=java.se,jdk.unsupported"));

        assertThat(console.awaitExit()).isEqualTo(1);
        assertThat(console.stdout()).isEmpty();
        assertThat(sentences(console))
                .containsExactly(
                        "The console needs the module jdk.jshell, and the Java runtime in "
                                + System.getProperty("java.home")
                                + " has none; run it on a JDK, or give the runtime that module: jlink --add-modules jdk.jshell,…");
    }
}
