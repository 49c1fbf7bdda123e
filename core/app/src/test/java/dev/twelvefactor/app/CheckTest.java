package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.app.Check.Finding;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Response;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Each rule, broken by a small app. The rules that a jar follows or not are tested with jars, in the examples. */
@Timeout(60)
class CheckTest {
    @TempDir
    private Path folder;

    private final InProcess process = new InProcess();
    private final App<NoSettings> good = App.of("good").web(routes -> routes.get("/", request -> Response.text("")));

    @BeforeEach
    void bindsEverywhere() {
        process.environment.remove("BIND_ADDRESS");
    }

    private Finding finding(App<?> app, String id) {
        int status = process.run(app, "admin", "check", "--json");
        JsonNode json = JsonMapper.shared().readTree(process.out());
        assertThat(json.get("ok").asBoolean()).isEqualTo(status == ExitStatus.OK);
        return json.get("checks")
                .valueStream()
                .filter(check -> check.get("id").asString().equals(id))
                .map(check -> new Finding(
                        id,
                        check.get("ok").asBoolean(),
                        check.get("found").asString(),
                        check.get("mend").asString()))
                .findFirst()
                .orElseThrow();
    }

    private void caught(App<?> app, String id, String found, String mend) {
        assertThat(finding(app, id)).isEqualTo(Finding.broken(id, found, mend));
    }

    @Test
    void names_every_check_in_the_order_of_the_factors_and_ends_with_1_if_one_found_something() throws IOException {
        assertThat(process.run(good, "admin", "check")).isEqualTo(ExitStatus.FAILED);
        List<String> ids = process.out()
                .lines()
                .filter(line -> line.startsWith("ok") || line.startsWith("BROKEN"))
                .map(line -> line.split(" +")[1])
                .toList();
        assertThat(ids)
                .containsExactly(
                        "I-commit",
                        "I-clean",
                        "II-class-path",
                        "III-no-config-files",
                        "III-config-valid",
                        "III-config-unread",
                        "III-no-config-in-code",
                        "III-secrets-typed",
                        "IV-services",
                        "V-release",
                        "VI-stateless",
                        "VII-port",
                        "VIII-process-types",
                        "VIII-wiring",
                        "IX-drain",
                        "X-no-test-code",
                        "X-no-dotenv",
                        "XI-one-log",
                        "XI-format",
                        "XII-tasks");
        assertThat(Files.readAllLines(Path.of("../../docs/admin.md")).stream()
                        .filter(line -> line.matches("\\| `[IVX]+-.*"))
                        .map(line -> line.split("`")[1]))
                .containsExactlyElementsOf(ids);
        assertThat(process.out())
                .contains("BROKEN  I-commit", "2 of 20 checks found something wrong.")
                .containsPattern("to mend it: run it from its jar, and let the build write Build-Commit");
    }

    @Test
    void catches_a_build_of_which_nothing_tells_what_it_is_or_that_no_commit_has() {
        caught(
                good,
                "I-commit",
                "nothing tells which commit this was built from",
                "run it from its jar, and let the build write Build-Commit into its manifest as docs/deploy.md shows");
        Build dirty = new Build("1", Optional.of("abc"), true, Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(BuildChecks.of(dirty, "", getClass().getClassLoader()))
                .contains(Finding.broken(
                        "I-clean", "built with changes that no commit has", "commit them and build again"));
    }

    /** What the checks of a build find with more on the class path. */
    private Finding withResource(String name, String id) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "");
        Build build = new Build("1", Optional.of("abc"), false, Optional.empty(), Optional.empty(), Optional.empty());
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            return BuildChecks.of(build, "", loader).stream()
                    .filter(finding -> finding.id().equals(id))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void catches_a_configuration_file_in_the_jar() throws IOException {
        assertThat(withResource("application.properties", "III-no-config-files").found())
                .isEqualTo("application.properties is in the jar");
    }

    @Test
    void catches_test_code_in_the_jar() throws IOException {
        assertThat(withResource("dev/twelvefactor/testing/AppProcess.class", "X-no-test-code")
                        .found())
                .isEqualTo("twelvefactor-testing is on the class path");
    }

    @Test
    void catches_a_second_log() throws IOException {
        assertThat(withResource("META-INF/services/org.slf4j.spi.SLF4JServiceProvider", "XI-one-log")
                        .found())
                .isEqualTo("2 providers of SLF4J are on the class path");
    }

    @Test
    void catches_what_is_missing_on_the_class_path() {
        Build build = new Build("1", Optional.of("abc"), false, Optional.empty(), Optional.empty(), Optional.empty());
        String path = folder + File.pathSeparator + folder.resolve("lib/gone.jar");
        assertThat(BuildChecks.of(build, path, getClass().getClassLoader()))
                .contains(Finding.broken(
                        "II-class-path",
                        folder.resolve("lib/gone.jar") + " is not there",
                        "start the app with what its build made: its own jar, or that and lib/"));
    }

    record Strict(Secret apiToken, Optional<Integer> databasePort) {}

    @Test
    void catches_a_configuration_that_is_invalid_and_a_variable_that_nothing_reads() {
        App<Strict> app = App.of("strict", Strict.class).web((settings, wiring, routes) -> {});
        process.environment.put("DATABSE_PORT", "1");
        assertThat(finding(app, "III-config-valid").found()).startsWith("API_TOKEN is missing;");
        caught(app, "V-release", "there is no release without a valid configuration", "mend III-config-valid first");
        caught(app, "IV-services", "not known while the configuration is invalid", "mend III-config-valid first");
        caught(
                app,
                "III-config-unread",
                "DATABSE_PORT is set and read by nothing; did you mean DATABASE_PORT? (environment variable DATABSE_PORT)",
                "rename or remove it");
    }

    record Coded(@Default("redis://localhost") ServiceUrl redisUrl, Optional<String> apiToken) {}

    @Test
    void catches_a_service_in_the_code_and_a_secret_that_could_be_shown() {
        App<Coded> app = App.of("coded", Coded.class).web((settings, wiring, routes) -> {});
        caught(
                app,
                "III-no-config-in-code",
                "REDIS_URL has a default in the code",
                "remove its @Default, and set it in the environment of each deploy");
        caught(
                app,
                "III-secrets-typed",
                "API_TOKEN is named like a secret and is a String",
                "make its component a Secret");
    }

    /** A service that is there, or not. */
    private record Fake(boolean there) implements Connector<String> {
        @Override
        public String open(String name) throws IOException {
            if (!there) {
                throw new IOException("away");
            }
            return name;
        }

        @Override
        public void check(String client) {}

        @Override
        public void close(String client) {}

        @Override
        public Failure explain(Exception failure) {
            return Failure.permanent("nobody answers");
        }

        Attachment<String> at(String url) {
            return Attachment.of(ServiceUrl.parse(url), () -> this);
        }
    }

    @Test
    void catches_services_that_are_away_whichever_process_type_has_them() {
        App<NoSettings> app = App.of("app")
                .web((settings, wiring, routes) -> wiring.attach("database", new Fake(false).at("db://u:hunter22@h/d"))
                        .get())
                .worker("mailer", (settings, wiring, jobs) -> wiring.attach("mail", new Fake(false).at("mail://h")));
        Finding found = finding(app, "IV-services");
        assertThat(found.ok()).isFalse();
        assertThat(found.found())
                .isEqualTo("database (db://u:***@h/d) could not be attached: nobody answers;"
                        + " mail (mail://h) could not be attached: nobody answers");
    }

    /** A service that does not answer until this barrier lets it. */
    private record Silent(CyclicBarrier barrier) implements Connector<String> {
        @Override
        public String open(String name) throws Exception {
            barrier.await();
            return name;
        }

        @Override
        public void check(String client) {}

        @Override
        public void close(String client) {}

        @Override
        public Failure explain(Exception failure) {
            return Failure.permanent(failure.toString());
        }

        Attachment<String> at(String url) {
            return Attachment.of(ServiceUrl.parse(url), () -> this);
        }
    }

    @Test
    void attaches_the_services_of_all_process_types_at_the_same_time() {
        Silent both = new Silent(new CyclicBarrier(2));
        App<NoSettings> app = App.of("app")
                .web((settings, wiring, routes) ->
                        wiring.attach("database", both.at("db://h/d")).get())
                .worker("mailer", (settings, wiring, jobs) -> wiring.attach("mail", both.at("mail://h"))
                        .get());
        assertThat(finding(app, "IV-services")).isEqualTo(Finding.ok("IV-services", "database, mail can be attached"));
    }

    @Test
    void shows_what_it_knows_when_it_is_cut_short() {
        Thread main = Thread.currentThread();
        process.environment.put("ATTACH_TIMEOUT", "1h");
        App<NoSettings> app = App.of("app").web((settings, wiring, routes) -> {
            wiring.attach("cache", new Fake(true).at("cache://h")).get();
            var silent = wiring.attach("database", new Silent(new CyclicBarrier(2)).at("db://h/d"));
            var other = wiring.attach("mail", new Silent(new CyclicBarrier(2)).at("mail://h"));
            main.interrupt();
            silent.get();
            other.get();
        });
        assertThat(process.run(app, "admin", "check", "--json")).isEqualTo(130);
        JsonNode json = JsonMapper.shared().readTree(process.out());
        assertThat(json.get("checks"))
                .hasSize(20)
                .extracting(check -> check.get("found").asString())
                .contains(
                        "database was not attached when the check was cut short;"
                                + " mail was not attached when the check was cut short",
                        "the wiring of web had not ended when the check was cut short");
    }

    @Test
    void catches_state_that_lives_on_one_machine() {
        App<NoSettings> app = App.of("app")
                .web((settings, wiring, routes) ->
                        wiring.attach("pictures", new Fake(true).at("file:///srv/pictures")));
        caught(
                app,
                "VI-stateless",
                "pictures (file:///srv/pictures) is a folder of this machine, which the next process does not have",
                "attach a service that all processes share: s3:// in place of file://");
        assertThat(finding(app, "IV-services").ok()).isTrue();
    }

    @Test
    void catches_a_port_that_is_taken_or_that_no_router_reaches() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            process.environment.put("PORT", "" + taken.getLocalPort());
            Finding found = finding(good, "VII-port");
            assertThat(found.ok()).isFalse();
            assertThat(found.found()).startsWith("PORT " + taken.getLocalPort() + " on 0.0.0.0 cannot be bound: ");
        }
        process.environment.putAll(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
        caught(
                good,
                "VII-port",
                "BIND_ADDRESS 127.0.0.1 is for this machine alone: no router reaches it",
                "remove BIND_ADDRESS; 0.0.0.0 is the default");
    }

    @Test
    void catches_an_app_without_a_process_type_and_a_wiring_that_fails() {
        caught(
                App.of("empty"),
                "VIII-process-types",
                "the app has neither a web process nor a worker",
                "declare one with web(…) or worker(…)");
        App<NoSettings> app = App.of("app").worker("mailer", (settings, wiring, jobs) -> {
            throw new IllegalStateException("no template");
        });
        caught(
                app,
                "VIII-wiring",
                "the wiring of worker mailer throws java.lang.IllegalStateException: no template",
                "see what is thrown there");
    }

    @Test
    void catches_a_drain_that_the_platform_cuts_short_a_dotenv_and_text_where_a_platform_reads() throws IOException {
        Path dotenv = Files.writeString(folder.resolve(".env"), "A=1\n");
        process.environment.putAll(Map.of("DRAIN_TIMEOUT", "60s", "LOG_FORMAT", "text", "DOTENV", dotenv.toString()));
        List<String> ids = List.of("IX-drain", "X-no-dotenv", "XI-format");
        ids.forEach(id -> assertThat(finding(good, id).ok()).isTrue());
        process.environment.put("DYNO", "web.1");
        List<String> broken = new ArrayList<>();
        ids.forEach(id -> broken.add(finding(good, id).found()));
        assertThat(broken)
                .containsExactly(
                        "DRAIN_TIMEOUT is 60s, and the platform kills after 30s unless it is told otherwise",
                        "DOTENV names a file of settings on a platform that has an environment",
                        "LOG_FORMAT is text, whose events no platform can read");
    }

    record Unbindable(Runnable action) {}

    @Test
    void catches_a_task_that_can_never_run() {
        App<NoSettings> app = App.of("app")
                .web(routes -> {})
                .admin("fine", "Runs", NoOptions.class, (settings, none, wiring) -> {})
                .admin("broken", "Never runs", Unbindable.class, (settings, options, wiring) -> {});
        assertThat(finding(app, "XII-tasks").found())
                .startsWith("admin broken can never run: ")
                .contains("the component action has the type java.lang.Runnable");
    }
}
