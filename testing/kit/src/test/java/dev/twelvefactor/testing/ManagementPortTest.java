package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.twelvefactor.app.App;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Response;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators ask a running process for, and who is answered. */
@Timeout(120)
class ManagementPortTest {
    private static final Path DOCUMENT = Path.of("../../docs/management.md");
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> environment = new HashMap<>(Map.of("MANAGEMENT_PORT", "0", "RELEASE_ID", "v7"));
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch waits = new CountDownLatch(1);
    private TestApp app;

    record Settings(ServiceUrl databaseUrl) {}

    @TempDir
    private Path directory;

    private void start() {
        environment.put("DATABASE_URL", "postgres://app:hunter2@127.0.0.1:1/shop");
        app = TestApp.start(
                App.of("shop", Settings.class).web((settings, wiring, routes) -> routes.get(
                                "/orders/{id}", request -> Response.text(request.path("id")))
                        .get("/waits", request -> {
                            waits.countDown();
                            release.await();
                            return Response.noContent();
                        })
                        .undertow("/raw", exchange -> {})),
                environment);
    }

    @AfterEach
    void stop() {
        release.countDown();
        if (app != null) {
            app.close();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(app.managementAddress().orElseThrow().resolve(path));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> send(String method, String path, String json)
            throws IOException, InterruptedException {
        return client.send(
                request(path)
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(json))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String problem(int status, String title, String detail) {
        return "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\""
                + detail.replace("\"", "\\\"") + "\"}";
    }

    private List<Map<String, Object>> events() {
        return Events.parse(app.events()).stream()
                .filter(event -> event.get("logger").equals("dev.twelvefactor.management"))
                .toList();
    }

    @Test
    void says_what_runs_and_how_it_is_configured_without_a_secret() throws Exception {
        start();
        assertThat(get("/").body()).contains("GET    /threads?format=text|json|locks");
        assertThat(get("/info").body())
                .contains(
                        "\"service\":\"shop\"",
                        "\"release\":\"v7\"",
                        "\"state\":\"ready\"",
                        "\"java\":\"" + Runtime.version());
        assertThat(get("/routes").body()).isEqualTo("[\"GET /orders/{id}\",\"* /raw/*\",\"GET /waits\"]");
        assertThat(get("/config").body())
                .contains("RELEASE_ID", "v7", "postgres://app:***@127.0.0.1:1/shop")
                .doesNotContain("hunter2");
    }

    @Test
    void shows_the_stacks_of_all_threads_those_of_requests_among_them() throws Exception {
        start();
        var unused = client.sendAsync(
                HttpRequest.newBuilder(app.address().resolve("/waits")).build(), HttpResponse.BodyHandlers.ofString());
        waits.await();
        assertThat(get("/threads").body()).contains("ManagementPortTest.lambda$start$");
        HttpResponse<String> json = get("/threads?format=json");
        assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(json.body()).contains("ManagementPortTest.lambda$start$");
        assertThat(get("/threads?format=locks").body()).contains("\"http I/O-1\"", "Locked ownable synchronizers:");
        HttpResponse<String> other = get("/threads?format=xml");
        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(other.body()).isEqualTo(problem(400, "Bad Request", "\"format\" must be one of text, json, locks."));
        assertThat(events()).hasSize(3).allSatisfy(event -> assertThat(event)
                .containsEntry("message", "a thread dump is taken, which stops the app for milliseconds")
                .containsEntry("remote_address", "127.0.0.1"));
    }

    @Test
    void counts_the_objects_of_the_heap_by_class() throws Exception {
        start();
        String histogram = get("/heap/histogram?limit=3").body();
        assertThat(histogram.lines()).hasSize(6);
        assertThat(histogram).contains("#instances").matches("(?s).*\nTotal +\\d+ +\\d+\n");
        assertThat(get("/heap/histogram?live=true").body().lines().count()).isEqualTo(103);
        assertThat(get("/heap/histogram?limit=0").body())
                .isEqualTo(problem(400, "Bad Request", "\"limit\" must be a number from 1 to 10000."));
    }

    @Test
    void records_one_flight_at_a_time() throws Exception {
        start();
        HttpRequest record = request("/flight-recording?seconds=1")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        var first = client.sendAsync(record, HttpResponse.BodyHandlers.ofFile(directory.resolve("first.jfr")));
        var second = client.sendAsync(record, HttpResponse.BodyHandlers.discarding());
        // Whichever of the two comes first: a recording takes a second.
        assertThat(List.of(first.join().statusCode(), second.join().statusCode()))
                .containsExactlyInAnyOrder(200, 409);
        HttpResponse<Path> again =
                client.send(record, HttpResponse.BodyHandlers.ofFile(directory.resolve("again.jfr")));
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(RecordingFile.readAllEvents(again.body())).isNotEmpty();
        HttpResponse<String> tooLong = send("POST", "/flight-recording?seconds=301", "");
        assertThat(tooLong.body())
                .isEqualTo(problem(400, "Bad Request", "\"seconds\" must be a number from 1 to 300."));
    }

    private HttpRequest recording(int seconds) {
        return request("/flight-recording?seconds=" + seconds)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
    }

    @Test
    void records_no_environment_no_system_properties_and_no_command_lines() throws Exception {
        start();
        HttpResponse<Path> recorded =
                client.send(recording(1), HttpResponse.BodyHandlers.ofFile(directory.resolve("safe.jfr")));
        assertThat(RecordingFile.readAllEvents(recorded.body()))
                .extracting(event -> event.getEventType().getName())
                .contains("jdk.CPUInformation")
                .doesNotContain(
                        "jdk.InitialEnvironmentVariable",
                        "jdk.InitialSystemProperty",
                        "jdk.JVMInformation",
                        "jdk.SystemProcess",
                        "jdk.ProcessStart");
    }

    @Test
    void gives_no_recording_into_which_another_one_writes_secrets() throws Exception {
        start();
        String conflict = problem(
                409,
                "Conflict",
                "Another recording of this JVM contains secrets, such as environment variables, and this one would contain"
                        + " them too. Stop it, or use it: jcmd PID JFR.dump.");
        try (Recording others = new Recording(Configuration.getConfiguration("default"))) {
            others.start();
            assertThat(client.send(recording(1), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo(conflict);
        }
        var begunBefore = client.sendAsync(recording(300), HttpResponse.BodyHandlers.ofString());
        while (events().size() < 2
                || FlightRecorder.getFlightRecorder().getRecordings().isEmpty()) {
            Thread.onSpinWait();
        }
        try (Recording others = new Recording(Configuration.getConfiguration("default"))) {
            others.start();
        }
        assertThat(begunBefore.join().body()).isEqualTo(conflict);
        assertThat(client.send(recording(1), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void ends_a_recording_with_the_drain() throws Exception {
        start();
        HttpRequest record = request("/flight-recording?seconds=300")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        var recording = client.sendAsync(record, HttpResponse.BodyHandlers.ofByteArray());
        while (events().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(app.stop()).isZero();
        assertThat(new String(recording.join().body(), 0, 3, StandardCharsets.US_ASCII))
                .isEqualTo("FLR");
    }

    @Test
    void changes_no_logger_that_does_not_exist() throws Exception {
        start();
        for (String method : List.of("PUT", "DELETE")) {
            HttpResponse<String> answer = send(method, "/log/levels/invented", "{\"level\":\"debug\"}");
            assertThat(answer.body())
                    .isEqualTo(problem(404, "Not Found", "No logger has this name. GET /log/loggers lists all names."));
        }
        assertThat(get("/log/loggers").body()).contains("\"ROOT\"").doesNotContain("invented");
        assertThat(send("PUT", "/log/levels/dev.twelvefactor.management", "{\"level\":\"off\"}")
                        .body())
                .isEqualTo(problem(
                        403,
                        "Forbidden",
                        "The level of dev.twelvefactor.management cannot be changed: it logs what operators do."));
    }

    @Test
    void says_when_a_changed_level_reverts_and_bounds_the_time() throws Exception {
        start();
        String changed = send("PUT", "/log/levels/root", "{\"level\":\"off\",\"seconds\":30}")
                .body();
        assertThat(changed)
                .contains("\"ROOT\":\"off\"")
                .containsPattern("\"changed\":\\{\"ROOT\":\\{\"until\":\"[-0-9T:.]+Z\",\"then\":\"info\"}}");
        assertThat(send("DELETE", "/log/levels/ROOT", "").body()).contains("\"ROOT\":\"info\"", "\"changed\":{}");
        assertThat(events())
                .extracting(event -> event.get("message"))
                .containsExactly("the level of a logger is changed", "the level of a logger reverts");
        assertThat(send("PUT", "/log/levels/ROOT", "{\"level\":\"off\",\"seconds\":86401}")
                        .body())
                .isEqualTo(problem(
                        422,
                        "Unprocessable Entity",
                        "\"seconds\" must be from 1 to 86400, the time until the level reverts."));
    }

    @Test
    void answers_all_but_health_to_nobody_without_the_token() throws Exception {
        environment.put("MANAGEMENT_TOKEN", TOKEN);
        start();
        assertThat(get("/health/ready").statusCode()).isEqualTo(200);
        for (String path : List.of("/", "/metrics", "/config", "/threads", "/log/levels")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(401);
        }
        HttpRequest allowed =
                request("/config").header("Authorization", "Bearer " + TOKEN).build();
        assertThat(client.send(allowed, HttpResponse.BodyHandlers.ofString()).body())
                .contains("MANAGEMENT_TOKEN")
                .doesNotContain(TOKEN);
        assertThat(app.events().stream().filter(line -> line.contains("the management port rejects a request")))
                .hasSize(5);
        assertThat(String.join("", app.events())).doesNotContain(TOKEN);
    }

    @Test
    void shows_another_machine_health_and_metrics_alone() throws Exception {
        environment.put("BIND_ADDRESS", "0.0.0.0");
        start();
        String own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(InetAddress::getHostAddress)
                .findFirst()
                .orElse("");
        assumeThat(own).as("an address of this machine that is not loopback").isNotEmpty();
        URI address = URI.create(
                "http://" + own + ":" + app.managementAddress().orElseThrow().getPort());
        Map<String, Integer> answers = Stream.of("/health/live", "/metrics", "/", "/config", "/heap/histogram")
                .collect(Collectors.toMap(path -> path, path -> status(address.resolve(path))));
        assertThat(answers)
                .isEqualTo(
                        Map.of("/health/live", 200, "/metrics", 200, "/", 403, "/config", 403, "/heap/histogram", 403));
    }

    private int status(URI address) {
        try {
            return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void is_bound_to_an_address_of_its_own() throws Exception {
        environment.put("BIND_ADDRESS", "127.0.0.2");
        environment.put("MANAGEMENT_ADDRESS", "127.0.0.3");
        start();
        int port = app.managementAddress().orElseThrow().getPort();
        try (Socket socket = new Socket("127.0.0.3", port)) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "with a blank inside it"})
    void refuses_a_token_that_can_be_guessed_or_not_be_sent(String token) {
        environment.put("MANAGEMENT_TOKEN", token);
        assertThatThrownBy(this::start)
                .hasMessageContaining(
                        "MANAGEMENT_TOKEN must have at least 16 characters, ASCII without blanks; write what \"openssl rand -hex 32\" prints")
                .hasMessageNotContaining(token);
    }

    static Stream<String> examples() throws IOException {
        return Files.readAllLines(DOCUMENT).stream().filter(line -> line.startsWith("curl "));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void answers_every_example_of_its_page(String example) throws Exception {
        if (example.contains("Authorization")) {
            environment.put("MANAGEMENT_TOKEN", TOKEN);
        }
        start();
        String management =
                "http://localhost:" + app.managementAddress().orElseThrow().getPort();
        String command = example.replace("http://localhost:9090", management)
                .replace("curl ", "curl --silent --show-error --fail ");
        Process curl = new ProcessBuilder("sh", "-c", command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(curl.waitFor()).as(output).isZero();
        if (!example.contains("--output")) {
            assertThat(output).isNotBlank();
        }
    }
}
