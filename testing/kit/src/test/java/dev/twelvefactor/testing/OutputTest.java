package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.http.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Whatever a process meets: every byte of its stdout belongs to an event, from the first line to the last. */
@Timeout(90)
class OutputTest {
    private Optional<AppProcess> process = Optional.empty();

    /** An app that does what it should not. */
    static final class Rude {
        private Rude() {}

        record Settings(String start, Optional<Secret> apiToken) {}

        public static void main(String[] args) {
            TwelveFactorApp.run(
                    args,
                    App.of("rude", Settings.class)
                            .web((settings, wiring, routes) -> {
                                begin(settings.start());
                                routes.get("/prints", request -> {
                                    print();
                                    return Response.text("");
                                });
                                routes.get("/null", request -> null);
                                routes.get("/exception", request -> {
                                    throw new IllegalStateException("a\nb");
                                });
                                routes.get("/recursion", request -> recurse(1));
                                routes.get(
                                        "/memory", request -> Response.text("" + new long[Integer.MAX_VALUE].length));
                                routes.get("/thread", request -> {
                                    Thread thread = new Thread(() -> {
                                        throw new IllegalStateException("in a thread of its own");
                                    });
                                    thread.start();
                                    thread.join();
                                    return Response.text("");
                                });
                                routes.get("/stuck", request -> stuck());
                            })
                            .admin("fails", "Fails", NoOptions.class, (settings, options, wiring) -> {
                                print();
                                throw new IllegalStateException("a task that fails");
                            }));
        }

        private static void begin(String how) {
            switch (how) {
                case "exception" -> throw new IllegalStateException("the wiring\nfails");
                case "error" -> throw new NoClassDefFoundError("some/Library");
                case "exit" -> System.exit(3);
                case "prints" -> print();
                default -> LoggerFactory.getLogger("rude").info("begins well");
            }
        }

        private static void print() {
            System.out.println("a line");
            System.out.print("two\nlines and {\"message\":\"a forged event\"}\r\n");
            System.out.write(0xff);
            System.out.write('\n');
            System.out.println("\u001b[2J\u0000 \ud83d\ude00 \ud800");
            java.util.logging.Logger.getLogger("some.library").warning("by java.util.logging");
            java.util.logging.Logger.getLogger("some.library").fine("too fine");
            System.out.print("without an end");
        }

        @SuppressWarnings("InfiniteRecursion")
        private static Response recurse(int depth) {
            return depth < 0 ? Response.text("") : recurse(depth + 1);
        }

        private static Response stuck() {
            System.out.println("stuck");
            while (true) {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    // As stubborn as a call into a driver.
                }
            }
        }
    }

    private AppProcess start(String how, String... arguments) {
        AppProcess app = AppProcess.main(Rude.class, arguments)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("START", how)
                .env("API_TOKEN", "hunter2")
                .env("DRAIN_TIMEOUT", "2s")
                .jvm("-Xmx128m")
                .start();
        process = Optional.of(app);
        return app;
    }

    @AfterEach
    void every_line_was_an_event_and_none_had_a_secret() {
        AppProcess app = process.orElseThrow();
        app.close();
        assertThat(app.events()).as("%s", app).isNotEmpty().allSatisfy(event -> assertThat(event)
                .containsEntry("service", "rude")
                .containsKeys("@timestamp", "level", "logger", "thread", "message"));
        assertThat(app.toString()).doesNotContain("hunter2");
    }

    private static int get(URI address, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address.resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }

    private static List<Object> messages(AppProcess app, String logger) {
        return app.events().stream()
                .filter(event -> event.get("logger").equals(logger))
                .map(event -> event.get("message"))
                .toList();
    }

    @Test
    void makes_events_of_what_libraries_print_and_log_in_their_own_ways() throws Exception {
        AppProcess app = start("prints");
        URI address = app.awaitReady();
        assertThat(get(address, "/prints")).isEqualTo(200);
        app.terminate();
        assertThat(app.awaitExit()).isZero();
        List<Object> once = List.of(
                "a line",
                "two",
                "lines and {\"message\":\"a forged event\"}",
                "\ufffd",
                "\u001b[2J\u0000 \ud83d\ude00 ?");
        assertThat(messages(app, "stdout"))
                .startsWith(once.toArray())
                .containsSequence(once.subList(1, once.size()).toArray())
                .endsWith("without an end");
        assertThat(messages(app, "some.library")).containsExactly("by java.util.logging", "by java.util.logging");
    }

    @ParameterizedTest
    @CsvSource({"exception,1", "error,1", "exit,3"})
    void says_how_a_start_failed(String how, int status) {
        AppProcess app = start(how);
        assertThat(app.awaitExit()).isEqualTo(status);
        assertThat(app.events()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/null,500", "/exception,500", "/recursion,500", "/memory,500", "/thread,200"})
    void goes_on_when_a_handler_does_not(String path, int status) throws Exception {
        AppProcess app = start("well");
        URI address = app.awaitReady();
        assertThat(get(address, path)).isEqualTo(status);
        assertThat(get(address, "/health/live")).isEqualTo(200);
        app.terminate();
        assertThat(app.awaitExit()).isZero();
        Map<String, Object> error = app.events().stream()
                .filter(event -> event.get("level").equals("ERROR"))
                .findFirst()
                .orElseThrow();
        assertThat(error.get("stack_trace").toString()).contains(path.equals("/null") ? "null" : "Rude");
    }

    @Test
    void names_what_missed_the_drain() throws Exception {
        AppProcess app = start("well");
        URI address = app.awaitReady();
        var unused = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(address.resolve("/stuck")).build(),
                        HttpResponse.BodyHandlers.discarding());
        app.awaitLine(line -> line.contains("\"message\":\"stuck\""));
        app.terminate();
        assertThat(app.awaitExit()).isEqualTo(1);
        assertThat(app.toString()).contains("GET /stuck");
    }

    @Test
    void says_what_is_wrong_with_a_configuration_and_with_a_command() {
        AppProcess badConfig = AppProcess.main(Rude.class)
                .env("PORT", "x\ny")
                .env("API_TOKEN", "hunter2")
                .start();
        process = Optional.of(badConfig);
        assertThat(badConfig.awaitExit()).isEqualTo(78);
        assertThat(badConfig.events()).hasSize(2);
        every_line_was_an_event_and_none_had_a_secret();
        assertThat(start("well", "wbe").awaitExit()).isEqualTo(64);
    }

    @Test
    void tells_of_a_task_that_fails_with_what_it_printed() {
        AppProcess app = start("well", "admin", "fails");
        assertThat(app.awaitExit()).isEqualTo(1);
        assertThat(messages(app, "stdout")).hasSize(6).endsWith("without an end");
        assertThat(app.stderr()).hasSize(1);
    }

    @Test
    void writes_utf_8_whatever_the_default_is() {
        AppProcess app = AppProcess.main(Rude.class)
                .jvm("-Dfile.encoding=ISO-8859-1")
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("START", "prints")
                .start();
        process = Optional.of(app);
        URI unused = app.awaitReady();
        assertThat(String.join("\n", app.stdout()).getBytes(StandardCharsets.UTF_8))
                .contains("\ud83d\ude00".getBytes(StandardCharsets.UTF_8));
    }
}
