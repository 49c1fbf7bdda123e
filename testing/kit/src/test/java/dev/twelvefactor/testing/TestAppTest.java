package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.app.App;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogFormat;
import dev.twelvefactor.logging.LogLevel;
import dev.twelvefactor.logging.LogSettings;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An app inside of a test, and the JVM around it, which other tests use too. */
@Timeout(60)
class TestAppTest {
    private static final Logger LOG = LoggerFactory.getLogger("of.a.test");

    private final ByteArrayOutputStream jvm = new ByteArrayOutputStream();

    @BeforeEach
    void write_the_log_of_the_jvm_to_memory() {
        EventLog.use(LogSettings.of(LogLevel.DEBUG, LogFormat.TEXT), Map.of(), jvm);
    }

    @AfterEach
    void write_to_stdout_again() {
        EventLog.use(LogSettings.defaults(), Map.of(), null);
    }

    private String logOfTheJvm() {
        return jvm.toString(StandardCharsets.UTF_8);
    }

    private static App<?> app(String name) {
        return App.of(name)
                .web(routes -> routes.get("/", request -> {
                    LOG.info("asked");
                    return Response.text(name);
                }));
    }

    @Test
    void is_ready_and_has_its_events_whatever_the_settings_of_the_log_are() throws Exception {
        try (TestApp quiet = TestApp.start(app("shop"), Map.of("LOG_LEVEL", "warn"))) {
            assertThat(quiet.get("/").body()).isEqualTo("shop");
            assertThat(quiet.events()).isEmpty();
        }
        try (TestApp ecs = TestApp.start(app("shop"), Map.of("LOG_FORMAT", "ecs"))) {
            assertThat(ecs.get("/").body()).isEqualTo("shop");
            assertThat(Events.parse(ecs.events()))
                    .allSatisfy(event -> assertThat(event).containsEntry("service.name", "shop"))
                    .anySatisfy(event -> assertThat(event).containsEntry("message", "ready"));
        }
        try (TestApp renamed =
                TestApp.start(app("shop"), Map.of("LOG_RENAME_FIELDS", "message=msg", "LOG_DROP_FIELDS", "port"))) {
            assertThat(renamed.get("/").body()).isEqualTo("shop");
        }
    }

    @Test
    void runs_beside_another() throws Exception {
        try (TestApp first = TestApp.start(app("first"), Map.of());
                TestApp second = TestApp.start(app("second"), Map.of())) {
            assertThat(first.get("/").body()).isEqualTo("first");
            assertThat(second.get("/").body()).isEqualTo("second");
            assertThat(second.stop()).isZero();
            int before = second.events().size();
            assertThat(first.get("/").body()).isEqualTo("first");
            assertThat(first.events().stream().filter(event -> event.contains("\"asked\"")))
                    .as("the log is the JVM's: each app has the events of all")
                    .hasSize(3);
            assertThat(second.events()).hasSize(before);
        }
        assertThat(logOfTheJvm()).isEmpty();
    }

    @Test
    void leaves_the_log_of_the_jvm_as_it_was() throws Exception {
        LOG.debug("before");
        try (TestApp app = TestApp.start(app("shop"), Map.of("LOG_LEVELS", "of.a.test=error"))) {
            LOG.warn("meanwhile");
            assertThat(app.get("/").body()).isEqualTo("shop");
        }
        LOG.debug("after");
        assertThat(logOfTheJvm()).contains("before", "after").doesNotContain("meanwhile", "ready", "stopped");
        assertThat(EventLog.levels()).containsEntry("ROOT", LogLevel.DEBUG).doesNotContainKey("of.a.test");
    }

    @Test
    void says_why_it_is_not_ready() {
        assertThatThrownBy(() -> TestApp.start(app("shop"), Map.of("PORT", "x")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("PORT  \"x\" is not a port");
        LOG.debug("after");
        assertThat(logOfTheJvm()).contains("after");
    }

    /** A test of somebody's, in a JVM of its own. */
    static final class Somebodys {
        private Somebodys() {}

        public static void main(String[] arguments) throws Exception {
            try (TestApp app = TestApp.start(app("shop"), Map.of())) {
                boolean ready = app.events().stream().anyMatch(event -> event.contains("\"message\":\"ready\""));
                System.out.println(app.get("/").body() + " answers, its events are there: " + ready);
            }
            LOG.warn("after");
        }
    }

    @Test
    void works_beside_a_logback_file_of_the_test(@TempDir Path folder) throws Exception {
        Path unused = Files.writeString(folder.resolve("logback-test.xml"), """
                <configuration>
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>mine %level %msg%n</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="out"/></root>
                </configuration>
                """);
        try (AppProcess test = AppProcess.program(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        "-cp",
                        folder + File.pathSeparator + System.getProperty("java.class.path"),
                        Somebodys.class.getName())
                .start()) {
            assertThat(test.awaitExit()).as("%s", test).isZero();
            assertThat(test.stdout())
                    .contains("mine INFO ready", "mine INFO asked", "mine WARN after")
                    .contains("shop answers, its events are there: true");
            assertThat(List.copyOf(test.stdout()))
                    .filteredOn("mine INFO ready"::equals)
                    .hasSize(1);
        }
    }
}
