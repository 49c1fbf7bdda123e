package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import dev.twelvefactor.testing.s3.S3Server;
import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The jar as processes, on a real PostgreSQL and a real Redis. */
@Timeout(120)
@ExtendWith({PostgresServer.Shared.class, RedisServer.Shared.class, S3Server.Shared.class})
class GuestbookIT {
    private static final Path JAR = Path.of("target", "guestbook.jar").toAbsolutePath();

    private final List<AppProcess> processes = new ArrayList<>();
    private final HttpClient browser = HttpClient.newBuilder()
            .cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    private String databaseUrl = "";
    private String redisUrl = "";

    @BeforeEach
    void use_an_empty_database(PostgresServer postgres, RedisServer redis) throws Exception {
        databaseUrl = postgres.newDatabase();
        redisUrl = redis.url();
    }

    /** Whatever a test did to a process, all of its stdout was JSON and none of its output a secret. */
    @AfterEach
    void stop_and_check_every_line() {
        String password = databaseUrl.replaceFirst(".*app:", "").replaceFirst("@.*", "");
        for (AppProcess process : processes) {
            process.close();
            assertThat(process.events()).as("%s", process).isNotEmpty();
            assertThat(process.toString()).doesNotContain(password);
        }
    }

    private AppProcess start(AppProcess.Builder builder) {
        AppProcess process = builder.start();
        processes.add(process);
        return process;
    }

    private AppProcess.Builder guestbook(String... arguments) {
        return AppProcess.jar(JAR, arguments)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("DATABASE_URL", databaseUrl)
                .env("REDIS_URL", redisUrl);
    }

    private void migrate() {
        assertThat(start(guestbook("admin", "migrate")).awaitExit()).isZero();
    }

    private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return browser.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(URI address, String type, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address)
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return browser.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> sign(URI address, String author, String message)
            throws IOException, InterruptedException {
        String token = found("name=\"_csrf\" value=\"([^\"]+)\"", get(address).body());
        String form = "_csrf=" + token + "&author=" + encoded(author) + "&message=" + encoded(message);
        return post(address, "application/x-www-form-urlencoded", form);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(text).isTrue();
        return matcher.group(1);
    }

    private HttpResponse<byte[]> picture(URI address, String id) throws IOException, InterruptedException {
        return browser.send(
                HttpRequest.newBuilder(address.resolve("/api/entries/" + id + "/picture"))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void changes_its_services_by_the_environment_alone(S3Server s3, @TempDir Path directory) throws Exception {
        byte[] png = new byte[50_000];
        new Random(1).nextBytes(png);
        try (PostgresServer another = PostgresServer.start()) {
            for (List<String> urls : List.of(
                    List.of(databaseUrl, "file://" + directory.resolve("pictures")),
                    List.of(another.newDatabase(), s3.url() + "/guestbook"))) {
                databaseUrl = urls.get(0);
                migrate();
                AppProcess app = start(guestbook().env("PICTURES_URL", urls.get(1)));
                URI address = app.awaitReady();
                HttpResponse<String> created = post(
                        address.resolve("/api/entries"), "application/json", "{\"author\":\"Ann\",\"message\":\"hi\"}");
                assertThat(created.statusCode()).isEqualTo(201);
                String id = found("\"id\":(\\d+)", created.body());
                assertThat(id).isEqualTo("1");
                assertThat(picture(address, id).statusCode()).isEqualTo(404);
                HttpRequest put = HttpRequest.newBuilder(address.resolve("/api/entries/" + id + "/picture"))
                        .header("Content-Type", "image/png")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(png))
                        .build();
                assertThat(browser.send(put, HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(204);
                HttpResponse<byte[]> got = picture(address, id);
                assertThat(got.statusCode()).isEqualTo(200);
                assertThat(got.headers().firstValue("Content-Type")).contains("image/png");
                assertThat(got.body()).isEqualTo(png);
                String secret = urls.get(1).replaceFirst(".*:(.*)@.*", "$1");
                assertThat(app.toString()).doesNotContain(secret.startsWith("file:") ? "\0" : secret);
            }
        }
    }

    private static int visits(String page) {
        return Integer.parseInt(found("id=\"visits\">(\\d+)<", page));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Test
    void shows_entries_on_its_page_and_in_its_api() throws Exception {
        migrate();
        URI address = start(guestbook()).awaitReady();
        HttpResponse<String> page = sign(address, "Zoë <b>", "Hi & <script>alert(1)</script>");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("Hi &amp; &lt;script&gt;alert(1)&lt;/script&gt;", "Zoë &lt;b&gt;")
                .doesNotContain("<script>");
        assertThat(post(address, "application/x-www-form-urlencoded", "author=x&message=y")
                        .statusCode())
                .isEqualTo(403);

        HttpResponse<String> created = post(
                address.resolve("/api/entries"), "application/json", "{\"author\":\"Ana\",\"message\":\"by API\"}");
        assertThat(created.statusCode()).isEqualTo(201);
        String id = found("\"id\":(\\d+)", created.body());
        assertThat(get(address.resolve("/api/entries/" + id)).body()).contains("\"author\":\"Ana\"");
        assertThat(get(address.resolve("/api/entries/999999")).statusCode()).isEqualTo(404);
        HttpResponse<String> refused = post(address.resolve("/api/entries"), "application/json", "{\"author\":\" \"}");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("author is missing");
    }

    @Test
    void shares_sessions_between_instances_and_survives_the_kill_of_either() throws Exception {
        migrate();
        AppProcess first = start(guestbook());
        AppProcess second = start(guestbook());
        URI one = first.awaitReady();
        URI two = second.awaitReady();
        assertThat(sign(one, "Ana", "hello").statusCode()).isEqualTo(200);
        int before = visits(get(one).body());
        String atSecond = get(two).body();
        assertThat(visits(atSecond)).isEqualTo(before + 1);
        assertThat(atSecond).contains("name=\"author\" required maxlength=\"80\" autocomplete=\"name\" value=\"Ana\"");
        first.kill();
        assertThat(visits(get(two).body())).isEqualTo(before + 2);
        URI again = start(guestbook()).awaitReady();
        second.kill();
        String page = get(again).body();
        assertThat(visits(page)).isEqualTo(before + 3);
        assertThat(page).contains("value=\"Ana\"", "hello");
    }

    @Test
    void answers_the_request_in_flight_before_it_ends_with_0() throws Exception {
        migrate();
        AppProcess app = start(guestbook());
        URI address = app.awaitReady();
        CompletableFuture<HttpResponse<String>> slow = browser.sendAsync(
                HttpRequest.newBuilder(address.resolve("/slow?seconds=2")).build(),
                HttpResponse.BodyHandlers.ofString());
        // The slow request is in once a later one, on another connection, is answered.
        assertThat(get(address.resolve("/health/ready")).statusCode()).isEqualTo(200);
        app.terminate();
        assertThat(slow.get().statusCode()).isEqualTo(200);
        assertThat(slow.get().headers().firstValue("Connection")).contains("close");
        assertThat(app.awaitExit()).isZero();
    }

    @Test
    void greets_with_a_worker_that_drains_too() throws Exception {
        migrate();
        URI address = start(guestbook()).awaitReady();
        AppProcess worker = start(guestbook("worker", "greeter"));
        worker.awaitLine(line -> line.contains("\"message\":\"ready\""));
        assertThat(sign(address, "Ana", "hello").statusCode()).isEqualTo(200);
        while (!get(address).body().contains("Welcome, Ana!")) {
            Thread.onSpinWait();
        }
        worker.terminate();
        assertThat(worker.awaitExit()).isZero();
    }

    @Test
    void deletes_old_entries_by_a_task() throws Exception {
        migrate();
        URI address = start(guestbook()).awaitReady();
        assertThat(sign(address, "Ana", "hello").statusCode()).isEqualTo(200);
        AppProcess young = start(guestbook("admin", "purge", "--older-than", "1d"));
        assertThat(young.awaitExit()).isZero();
        assertThat(get(address.resolve("/api/entries")).body()).contains("hello");
        AppProcess all = start(guestbook("admin", "purge", "--older-than", "0"));
        assertThat(all.awaitExit()).isZero();
        assertThat(get(address.resolve("/api/entries")).body()).isEqualTo("[]");
    }

    @Test
    void says_all_that_is_wrong_with_its_configuration() {
        AppProcess app = start(AppProcess.jar(JAR).env("REDIS_URL", redisUrl).env("PORT", "80a"));
        assertThat(app.awaitExit()).isEqualTo(78);
        assertThat(app.stderr())
                .containsExactly(
                        "The configuration is invalid: 2 problems.",
                        "  DATABASE_URL  is missing; write scheme://user:password@host:port/name",
                        "  PORT          \"80a\" is not a port; write a number from 0 to 65535 (environment variable PORT)");
        assertThat(app.events()).extracting(event -> event.get("variable")).containsExactly("DATABASE_URL", "PORT");
    }

    @Test
    void helps_and_shows_its_configuration_with_every_service_down() throws Exception {
        databaseUrl = "postgres://app:hunter2@127.0.0.1:" + closedPort() + "/app";
        redisUrl = "redis://:hunter3@127.0.0.1:" + closedPort();
        for (String[] arguments : new String[][] {{"admin"}, {"admin", "config"}, {"--help"}}) {
            AppProcess app = guestbook(arguments).start();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.stderr()).isEmpty();
            assertThat(app.toString()).doesNotContain("hunter");
            assertThat(String.join("\n", app.stdout()))
                    .contains(arguments.length == 2 ? "environment variable DATABASE_URL" : "migrate");
        }
    }

    @Test
    void suggests_the_task_that_was_meant() {
        AppProcess app = start(guestbook("admin", "migrat"));
        assertThat(app.awaitExit()).isEqualTo(64);
        assertThat(app.stderr())
                .containsExactly("there is no task \"migrat\"; did you mean \"migrate\"?; \"admin\" lists them all");
    }

    @Test
    void names_both_services_that_are_down() throws Exception {
        databaseUrl = "postgres://app:hunter2@127.0.0.1:" + closedPort() + "/app";
        redisUrl = "redis://:hunter3@127.0.0.1:" + closedPort();
        AppProcess app = start(guestbook().env("ATTACH_TIMEOUT", "2s"));
        assertThat(app.awaitExit()).isEqualTo(69);
        assertThat(app.stderr())
                .containsExactlyInAnyOrder(
                        "database (" + databaseUrl.replace("hunter2", "***")
                                + ") could not be attached: no server answers there"
                                + " (connection refused)",
                        "redis (" + redisUrl.replace("hunter3", "***")
                                + ") could not be attached: no server answers there" + " (connection refused)");
        assertThat(app.toString()).doesNotContain("hunter");
    }

    @Test
    void stops_its_start_on_sigterm_although_the_database_is_a_black_hole() throws Exception {
        try (ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            databaseUrl = "postgres://app:hunter2@127.0.0.1:" + hole.getLocalPort() + "/app";
            // An app that ends before it tries to connect is to fail this test, not to stop it.
            hole.setSoTimeout(60_000);
            AppProcess app = start(guestbook().env("ATTACH_TIMEOUT", "60s").env("LOG_LEVEL", "debug"));
            hole.accept();
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.stdout()).noneMatch(line -> line.contains("\"message\":\"ready\""));
        }
    }

    @Test
    void answers_503_while_a_service_is_away_and_says_so_once() throws Exception {
        migrate();
        RedisServer own = RedisServer.start();
        redisUrl = own.url();
        AppProcess app = start(guestbook());
        URI address = app.awaitReady();
        assertThat(get(address).statusCode()).isEqualTo(200);
        own.close();
        HttpResponse<String> during = get(address);
        assertThat(during.statusCode()).isEqualTo(503);
        assertThat(during.headers().firstValue("Retry-After")).contains("1");
        assertThat(get(address.resolve("/api/entries")).statusCode()).isEqualTo(200);
        app.awaitLine(line -> line.contains("\"message\":\"redis is down: "));
        assertThat(get(address.resolve("/health/ready")).statusCode()).isEqualTo(200);
        assertThat(get(address.resolve("/health/ready")).body()).contains("\"name\":\"redis\",\"status\":\"down\"");
        app.terminate();
        assertThat(app.awaitExit()).isZero();
        assertThat(app.stdout().stream().filter(line -> line.contains("redis is down")))
                .hasSize(1);
    }
}
