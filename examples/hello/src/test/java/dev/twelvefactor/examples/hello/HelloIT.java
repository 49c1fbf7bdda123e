package dev.twelvefactor.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a process. */
@Timeout(120)
class HelloIT {
    private static final Path JAR = Path.of("target", "hello.jar").toAbsolutePath();

    private final HttpClient client = HttpClient.newHttpClient();

    private static AppProcess.Builder hello(String... arguments) {
        return AppProcess.jar(JAR, arguments).env("PORT", "0").env("BIND_ADDRESS", "127.0.0.1");
    }

    private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void answers_its_three_routes_and_ends_with_0_on_sigterm() throws Exception {
        try (AppProcess app = hello().start()) {
            URI address = app.awaitReady();
            assertThat(get(address).body()).isEqualTo("Hello, World!");
            assertThat(get(address.resolve("/json")).body())
                    .startsWith("{\"field1\":\"value 1\",\"field2\":2,")
                    .endsWith("\"field10\":10}");
            HttpRequest post = HttpRequest.newBuilder(address.resolve("/echo"))
                    .POST(HttpRequest.BodyPublishers.ofString("the body"))
                    .build();
            assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("the body");
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.events())
                    .extracting(event -> event.get("message"))
                    .containsExactly("ready", "request", "request", "request", "draining", "stopped");
            assertThat(app.stderr()).isEmpty();
        }
    }

    private static boolean bootsTheMBeanServer(Path directory, String... options) throws IOException {
        Path loaded = directory.resolve("classes");
        AppProcess.Builder hello = hello().jvm("-Xlog:class+load:file=" + loaded);
        for (String option : options) {
            hello = hello.jvm(option);
        }
        try (AppProcess app = hello.start()) {
            app.awaitReady();
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.stderr()).isEmpty();
        }
        return Files.readString(loaded).contains(" com.sun.jmx.mbeanserver.JmxMBeanServer ");
    }

    @Test
    void boots_the_mbean_server_for_those_only_who_ask_for_it(@TempDir Path directory) throws IOException {
        assertThat(bootsTheMBeanServer(directory)).isFalse();
        assertThat(bootsTheMBeanServer(directory, "-Dcom.sun.management.jmxremote"))
                .isTrue();
    }

    @Test
    void ends_with_0_on_sigint_too() {
        try (AppProcess app = hello().start()) {
            app.awaitReady();
            app.interrupt();
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void halts_at_once_on_a_second_signal() throws Exception {
        // A connection that has begun a request keeps the drain waiting.
        try (AppProcess app = hello().start()) {
            URI address = app.awaitReady();
            try (Socket half = new Socket(InetAddress.getLoopbackAddress(), address.getPort())) {
                half.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(get(address).statusCode()).isEqualTo(200);
                app.terminate();
                app.awaitLine(line -> line.contains("\"message\":\"draining\""));
                app.terminate();
                assertThat(app.awaitExit()).isEqualTo(143);
            }
        }
    }

    @Test
    void says_all_that_is_wrong_with_its_configuration() {
        try (AppProcess app = AppProcess.jar(JAR)
                .env("PORT", "80a")
                .env("DRAIN_TIMEOUT", "25")
                .start()) {
            assertThat(app.awaitExit()).isEqualTo(78);
            assertThat(app.events())
                    .extracting(event -> event.get("variable"))
                    .containsExactly("PORT", "DRAIN_TIMEOUT");
            assertThat(app.stderr())
                    .containsExactly(
                            "The configuration is invalid: 2 problems.",
                            "  PORT           \"80a\" is not a port; write a number from 0 to 65535 (environment variable PORT)",
                            "  DRAIN_TIMEOUT  \"25\" has no unit; write 25s, or 25ms, or 25m (environment variable DRAIN_TIMEOUT)");
        }
    }

    @Test
    void says_that_its_port_is_taken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                AppProcess app = hello().env("PORT", "" + taken.getLocalPort()).start()) {
            assertThat(app.awaitExit()).isEqualTo(73);
            assertThat(app.stderr()).hasSize(1);
            assertThat(app.events()).hasSizeGreaterThanOrEqualTo(1);
        }
    }

    @Test
    void goes_on_without_a_reader_of_its_log_and_says_so_once(@TempDir Path folder) throws Exception {
        Path err = folder.resolve("err");
        int port = freePort();
        Process pipeline = shell(
                folder,
                "LOG_LEVEL=info PORT=" + port + " BIND_ADDRESS=127.0.0.1 '" + java() + "' -jar '" + JAR
                        + "' 2> err & echo $! > pid; wait $!",
                "head -1 > out");
        URI address = URI.create("http://127.0.0.1:" + port);
        awaitAnswer(address);
        for (int i = 0; i < 20; i++) {
            assertThat(get(address).statusCode()).isEqualTo(200);
        }
        terminate(folder);
        assertThat(pipeline.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllLines(err)).containsExactly("The log cannot be written any more: Broken pipe");
    }

    @Test
    void loses_no_event_to_a_reader_that_stops_for_a_while(@TempDir Path folder) throws Exception {
        int port = freePort();
        Process pipeline = shell(
                folder,
                "LOG_LEVEL=info PORT=" + port + " BIND_ADDRESS=127.0.0.1 '" + java() + "' -jar '" + JAR
                        + "' & echo $! > pid; wait $!",
                "(sleep 3; cat) > out");
        URI address = URI.create("http://127.0.0.1:" + port + "/echo");
        awaitAnswer(address);
        int requests = 1000;
        String query = "?" + "x".repeat(10);
        for (int i = 0; i < requests; i++) {
            HttpRequest post = HttpRequest.newBuilder(URI.create(address + query))
                    .POST(HttpRequest.BodyPublishers.ofString("x"))
                    .build();
            assertThat(client.send(post, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
        terminate(folder);
        assertThat(pipeline.waitFor(60, TimeUnit.SECONDS)).isTrue();
        List<Map<String, Object>> events = Events.parse(Files.readAllLines(folder.resolve("out")));
        assertThat(events.stream().filter(event -> "POST".equals(event.get("method"))))
                .hasSize(requests);
        assertThat(events.get(events.size() - 1).get("message")).isEqualTo("stopped");
    }

    @Test
    void is_one_jar_of_less_than_ten_megabytes() throws IOException {
        assertThat(Files.size(JAR)).isLessThan(10_000_000);
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Process shell(Path folder, String app, String reader) throws IOException {
        return new ProcessBuilder("sh", "-c", "{ " + app + "; } | " + reader)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("shell").toFile())
                .start();
    }

    private static void terminate(Path folder) throws IOException, InterruptedException {
        String pid = Files.readString(folder.resolve("pid")).strip();
        assertThat(new ProcessBuilder("kill", pid).start().waitFor()).isZero();
    }

    private void awaitAnswer(URI address) throws InterruptedException {
        while (true) {
            try {
                get(address);
                return;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
