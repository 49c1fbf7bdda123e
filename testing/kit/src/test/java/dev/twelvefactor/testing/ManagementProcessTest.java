package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What operators get from processes whose JVM lacks something, and what is left of it. */
@Timeout(120)
class ManagementProcessTest {
    private static final Pattern MANAGEMENT_PORT = Pattern.compile("\"management_port\":(\\d+)");
    private static final String SMALL =
            "java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.unsupported";

    /** The process. */
    static final class Main {
        public static void main(String[] args) {
            TwelveFactorApp.run(args, App.of("shop").web(routes -> routes.get("/", request -> Response.text("Hello"))));
        }
    }

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private AppProcess app;
    private URI management;

    private void start(String... options) {
        AppProcess.Builder builder = AppProcess.main(Main.class)
                .env("PORT", "0")
                .env("MANAGEMENT_PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1");
        for (String option : options) {
            builder = builder.jvm(option);
        }
        app = builder.start();
        Matcher port = MANAGEMENT_PORT.matcher(app.awaitLine(line -> line.contains("\"message\":\"ready\"")));
        assertThat(port.find()).isTrue();
        management = URI.create("http://127.0.0.1:" + port.group(1));
    }

    @AfterEach
    void stop() {
        app.close();
    }

    private <T> HttpResponse<T> send(String method, String path, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(management.resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, body);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /threads?format=locks, jdk.management",
        "GET, /heap/histogram, jdk.management",
        "POST, /flight-recording, jdk.jfr",
    })
    void says_which_module_an_image_lacks(String method, String path, String module) throws Exception {
        start("--limit-modules", SMALL);
        HttpResponse<String> answer = send(method, path, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(501);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"Not Implemented\",\"status\":501,\"detail\":\"This JVM does not have the module "
                                + module + ".\"}");
        assertThat(send("GET", "/info", HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void leaves_no_file_of_a_dump_or_a_recording() throws Exception {
        start("-Djava.io.tmpdir=" + directory);
        assertThat(send("GET", "/threads", HttpResponse.BodyHandlers.ofString()).body())
                .contains("main");
        HttpResponse<byte[]> recording =
                send("POST", "/flight-recording?seconds=1", HttpResponse.BodyHandlers.ofByteArray());
        assertThat(recording.body()).startsWith('F', 'L', 'R', 0);
        assertThat(files()).isEmpty();
        app.terminate();
        assertThat(app.awaitExit()).isZero();
        assertThat(files()).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void dumps_threads_without_a_directory_for_files_and_says_what_a_recording_needs() throws Exception {
        Path nowhere = Files.createFile(directory.resolve("nowhere"));
        start("-Djava.io.tmpdir=" + nowhere);
        HttpResponse<String> dump = send("GET", "/threads", HttpResponse.BodyHandlers.ofString());
        assertThat(dump.body()).startsWith("Virtual threads are missing: ").contains("\"main\"");
        HttpResponse<String> recording = send("POST", "/flight-recording", HttpResponse.BodyHandlers.ofString());
        assertThat(recording.statusCode()).isEqualTo(503);
        assertThat(recording.body())
                .contains("\"detail\":\"Flight Recorder cannot write to " + nowhere
                        + ". Give the process a writable directory with -Djava.io.tmpdir.\"");
    }
}
