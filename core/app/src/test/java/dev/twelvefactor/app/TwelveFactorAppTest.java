package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Timeout(60)
class TwelveFactorAppTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final AtomicReference<String> done = new AtomicReference<>("");

    record Settings(
            @Doc("the database") ServiceUrl databaseUrl,
            Secret apiToken,
            @Default("5s") Duration pause) {}

    record Purge(Duration olderThan, boolean dryRun) {}

    private final App<Settings> shop = App.of("shop", Settings.class)
            .web((settings, wiring, routes) -> {
                wiring.attach("database", new FakeDatabase().at(settings.databaseUrl()));
                routes.get("/", request -> Response.text("shop"));
            })
            .worker("mailer", (settings, wiring, jobs) -> jobs.repeat("mail", () -> false))
            .admin(
                    "purge",
                    "Delete what is old",
                    Purge.class,
                    (settings, options, wiring) -> done.set(options.toString()));

    /** Refuses {@code away:}, takes {@code db:}. */
    private static final class FakeDatabase implements Connector<String> {
        @Override
        public String open(String name) throws IOException {
            throw new IOException("hunter2");
        }

        @Override
        public void check(String client) {}

        @Override
        public void close(String client) {}

        @Override
        public Failure explain(Exception failure) {
            return Failure.passing("nobody answers");
        }

        @Override
        public boolean isUnavailable(Throwable failure) {
            return failure instanceof IOException;
        }

        Attachment<String> at(ServiceUrl url) {
            return Attachment.of(url, () -> this);
        }
    }

    private int execute(App<?> app, String... args) {
        return TwelveFactorApp.execute(
                app,
                List.of(args),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private List<JsonNode> events() {
        return out().lines().map(JSON::readTree).toList();
    }

    private List<String> messages() {
        return events().stream().map(event -> event.get("message").asString()).toList();
    }

    private void configure() {
        environment.putAll(Map.of(
                "DATABASE_URL",
                "db://u:hunter2@h/d",
                "API_TOKEN",
                "hunter3",
                "PORT",
                "0",
                "BIND_ADDRESS",
                "127.0.0.1"));
    }

    @Test
    void reports_every_problem_for_people_and_for_the_platform() {
        environment.putAll(Map.of("PORT", "80a", "API_TOKEN", "hunter3"));
        assertThat(execute(shop)).isEqualTo(ExitStatus.CONFIG);
        assertThat(err()).isEqualTo("""
                        The configuration is invalid: 2 problems.
                          DATABASE_URL  is missing; write scheme://user:password@host:port/name
                          PORT          "80a" is not a port; write a number from 0 to 65535 (environment variable PORT)
                        """);
        assertThat(messages())
                .containsExactly(
                        "the configuration is invalid: DATABASE_URL is missing; write scheme://user:password@host:port/name",
                        "the configuration is invalid: PORT \"80a\" is not a port; write a number from 0 to 65535");
        assertThat(events())
                .extracting(event -> event.get("variable").asString())
                .containsExactly("DATABASE_URL", "PORT");
    }

    @Test
    void helps_and_lists_with_nothing_configured() {
        assertThat(execute(shop, "--help")).isEqualTo(ExitStatus.OK);
        assertThat(out())
                .contains("  worker mailer  a worker\n", "  purge          Delete what is old\n")
                .containsPattern("  DATABASE_URL +required +service URL +the database\n")
                .containsPattern("  PAUSE += 5s +duration\n");
        out.reset();
        assertThat(execute(shop, "admin")).isEqualTo(ExitStatus.OK);
        assertThat(out()).isEqualTo("""
                          purge          Delete what is old
                          config         Show the configuration: values, origins, problems; no secrets
                          check          Examine the app, factor by factor, and say how to mend what is found
                          release        Show which release this is, and what makes it so
                          console        Run Java with the app's settings and services, from stdin or a file
                          startup-cache  Make a start-up cache for this JVM, and a launcher that uses it, beside the jar
                        """);
        out.reset();
        assertThat(execute(shop, "admin", "purge", "--help")).isEqualTo(ExitStatus.OK);
        assertThat(out())
                .contains("admin purge: Delete what is old")
                .containsPattern("--older-than +required +duration");
        out.reset();
        assertThat(execute(shop, "--version")).isEqualTo(ExitStatus.OK);
        assertThat(out()).startsWith("shop ");
        assertThat(err()).isEmpty();
    }

    @Test
    void shows_the_configuration_with_origins_and_without_secrets() {
        configure();
        environment.put("PAUSE", "x");
        assertThat(execute(shop, "admin", "config")).isEqualTo(ExitStatus.OK);
        assertThat(out())
                .containsPattern("DATABASE_URL +db://u:\\*\\*\\*@h/d +environment variable DATABASE_URL\n")
                .containsPattern("API_TOKEN +\\*\\*\\* +environment variable API_TOKEN\n")
                .containsPattern("DRAIN_TIMEOUT +25s +default\n")
                .contains("Problems:\n  PAUSE \"x\" is not a duration;")
                .doesNotContain("hunter");
        out.reset();
        environment.clear();
        assertThat(execute(shop, "admin", "config")).isEqualTo(ExitStatus.OK);
        assertThat(out()).containsPattern("DATABASE_URL +! +missing\n");
    }

    @Test
    void suggests_what_was_meant_and_ends_with_64() {
        Map<List<String>, String> wrong = Map.of(
                List.of("admin", "purg"),
                        "there is no task \"purg\"; did you mean \"purge\"?; \"admin\" lists them all\n",
                List.of("wbe"), "there is no process type \"wbe\"; did you mean \"web\"?; see --help\n",
                List.of("worker", "mialer"), "there is no worker \"mialer\"; did you mean \"mailer\"?; see --help\n",
                List.of("admin", "purge", "--older-than", "30"), """
                        The command line is invalid: 1 problem.
                          --older-than  "30" has no unit; write 30s, or 30ms, or 30m (command line)
                        See: admin purge --help
                        """);
        wrong.forEach((args, message) -> {
            out.reset();
            err.reset();
            assertThat(execute(shop, args.toArray(new String[0]))).isEqualTo(ExitStatus.USAGE);
            assertThat(err()).isEqualTo(message);
            assertThat(events()).hasSize(1);
        });
    }

    @Test
    void names_the_service_that_cannot_be_attached_and_ends_with_69() {
        configure();
        environment.put("ATTACH_TIMEOUT", "300ms");
        assertThat(execute(shop)).isEqualTo(ExitStatus.UNAVAILABLE);
        assertThat(err()).isEqualTo("database (db://u:***@h/d) could not be attached: nobody answers\n");
        assertThat(messages()).contains("database (db://u:***@h/d) could not be attached: nobody answers", "stopped");
        assertThat(out()).doesNotContain("hunter");
    }

    @Test
    void names_the_port_that_cannot_be_bound_and_ends_with_73() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.putAll(Map.of("PORT", "" + taken.getLocalPort(), "BIND_ADDRESS", "127.0.0.1"));
            App<NoSettings> hello = App.of("hello").web(routes -> routes.get("/", request -> Response.text("x")));
            assertThat(execute(hello)).isEqualTo(ExitStatus.CANNOT_BIND);
            assertThat(err()).startsWith("PORT " + taken.getLocalPort() + " on 127.0.0.1 cannot be bound: ");
        }
    }

    @Test
    void runs_a_task_with_its_options() {
        configure();
        assertThat(execute(shop, "admin", "purge", "--older-than", "30d", "--dry-run"))
                .isEqualTo(ExitStatus.OK);
        assertThat(done).hasValue("Purge[olderThan=PT720H, dryRun=true]");
        assertThat(messages())
                .containsExactly("the task purge begins", "draining", "the task purge has ended: succeeded", "stopped");
    }

    @Test
    void ends_with_1_when_a_task_fails() {
        App<NoSettings> app = App.of("app").admin("fail", "Fails", NoOptions.class, (s, o, w) -> {
            throw new IllegalStateException("no table");
        });
        assertThat(execute(app, "admin", "fail")).isEqualTo(ExitStatus.FAILED);
        assertThat(messages()).contains("fail failed");
        assertThat(err()).isEqualTo("fail failed: java.lang.IllegalStateException: no table\n");
    }

    @Test
    void ends_with_130_when_a_task_is_cut_short() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        App<NoSettings> app = App.of("app").admin("long", "Lasts", NoOptions.class, (s, o, w) -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        AtomicInteger status = new AtomicInteger(-1);
        Thread thread = new Thread(() -> status.set(execute(app, "admin", "long")));
        thread.start();
        begun.await();
        thread.interrupt();
        thread.join();
        assertThat(status).hasValue(130);
    }

    @Test
    void finishes_the_job_in_hand_and_begins_no_other() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        AtomicInteger jobs = new AtomicInteger();
        App<NoSettings> app = App.of("app")
                .worker(
                        "only",
                        (settings, wiring, declared) -> declared.repeat("job", () -> {
                            begun.countDown();
                            finish.await();
                            jobs.incrementAndGet();
                            return true;
                        }));
        AtomicInteger status = new AtomicInteger(-1);
        Thread thread = new Thread(() -> status.set(execute(app)));
        thread.start();
        begun.await();
        thread.interrupt();
        while (messages().stream().noneMatch("draining"::equals)) {
            Thread.onSpinWait();
        }
        finish.countDown();
        thread.join();
        assertThat(status).hasValue(ExitStatus.OK);
        assertThat(jobs).hasValue(1);
    }

    @Test
    void refuses_declarations_that_cannot_work() {
        assertThatThrownBy(() -> App.of("No Name")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> App.of("a").web(routes -> {}).web(routes -> {}))
                .hasMessage("the app has a web process already");
        assertThatThrownBy(() -> shop.admin("purge", "Again", Purge.class, (s, o, w) -> {}))
                .hasMessage("the app has a task \"purge\" already");
        assertThatThrownBy(() -> shop.admin("config", "Mine", Purge.class, (s, o, w) -> {}))
                .hasMessage("the app has a task \"config\" already");
    }

    @Test
    void says_all_that_is_wrong_with_several_urls_in_one_go() {
        record Two(ServiceUrl one, ServiceUrl two) {}
        Attachment<String> refusing = Attachment.of(ServiceUrl.parse("db://h/d"), () -> {
            throw new AssertionError("not asked for");
        });
        App<Two> app = App.of("two", Two.class).web((settings, wiring, routes) -> {
            for (ServiceUrl url : List.of(settings.one(), settings.two())) {
                wiring.attach(url.scheme(), Attachment.<String>of(url, () -> {
                    throw url.refused("has the scheme " + url.scheme() + "; write db://");
                }));
            }
            routes.get("/", request -> Response.text(refusing.toString()));
        });
        environment.putAll(Map.of("ONE", "a://h/d", "TWO", "b://u:hunter2@h/d", "PORT", "0"));
        assertThat(execute(app)).isEqualTo(ExitStatus.CONFIG);
        assertThat(err()).isEqualTo("""
                        The configuration is invalid: 2 problems.
                          ONE  has the scheme a; write db:// (environment variable ONE)
                          TWO  has the scheme b; write db:// (environment variable TWO)
                        """);
        assertThat(out()).doesNotContain("hunter2");
    }

    @Test
    void refuses_times_that_leave_no_time() {
        configure();
        environment.put("DRAIN_TIMEOUT", "3s");
        environment.put("DRAIN_DELAY", "5s");
        assertThat(execute(shop)).isEqualTo(ExitStatus.CONFIG);
        assertThat(err()).contains("DRAIN_DELAY is to be shorter than DRAIN_TIMEOUT");
        environment.put("DRAIN_TIMEOUT", "300000d");
        assertThat(execute(shop)).isEqualTo(ExitStatus.CONFIG);
        assertThat(err()).contains("DRAIN_TIMEOUT is to be 1ms to 24h");
    }

    @Test
    void says_that_the_app_itself_has_a_defect() {
        record Unbindable(Runnable action) {}
        App<Unbindable> app = App.of("broken", Unbindable.class)
                .web((settings, wiring, routes) -> routes.get("/", request -> Response.text("")));
        assertThat(execute(app)).isEqualTo(ExitStatus.FAILED);
        assertThat(err())
                .startsWith("The app itself has a defect, whatever its environment: ")
                .contains("the component action has the type java.lang.Runnable");
    }

    @Test
    void ends_with_1_when_the_wiring_meets_an_error() {
        App<?> app = App.of("broken").web(routes -> {
            throw new AssertionError("in the wiring");
        });
        environment.put("PORT", "0");
        assertThat(execute(app)).isEqualTo(ExitStatus.FAILED);
        assertThat(messages()).contains("the process could not start");
    }

    @Test
    void repeats_nothing_that_may_be_a_secret_in_the_wrong_place() {
        configure();
        assertThat(execute(shop, "postgres://u:hunter2@h/d")).isEqualTo(ExitStatus.USAGE);
        assertThat(execute(shop, "admin", "purge", "--oldr-than", "hunter2")).isEqualTo(ExitStatus.USAGE);
        assertThat(err() + out()).doesNotContain("hunter2").contains("did you mean --older-than?");
    }

    @Test
    void fails_if_what_it_is_asked_to_print_cannot_be_written() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        int status = TwelveFactorApp.execute(
                shop, List.of("--help"), environment, new PrintStream(full), new PrintStream(err, true));
        assertThat(status).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("The output could not be written to stdout: it is closed, or its disk is full.");
    }
}
