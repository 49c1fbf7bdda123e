package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that stay keep nobody from a page. */
@Timeout(120)
class CrowdTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> environment = new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
    private final List<RawClient> crowd = new ArrayList<>();
    private final Routes routes = new Routes();
    private RunningServer server;

    @TempDir
    Path files;

    @BeforeEach
    void declare() throws IOException {
        Files.writeString(files.resolve("small.css"), "a{}".repeat(10_000));
        Files.write(files.resolve("large.bin"), new byte[1 << 20]);
        CountDownLatch never = new CountDownLatch(1);
        routes.get("/", request -> Response.text("page"));
        routes.get("/events", request -> Response.events(events -> never.await()));
        routes.get(
                "/download",
                request -> Response.stream("text/plain", out -> {
                    while (true) {
                        out.write(new byte[100_000]);
                    }
                }));
        routes.webSocket("/socket", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)));
        routes.files("/files", files);
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient each : crowd) {
            each.close();
        }
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private void start() {
        server = new RunningServer(routes, environment, lifecycle);
    }

    private void stay(int number, String request, String until) throws IOException {
        for (int i = 0; i < number; i++) {
            RawClient each = RawClient.slow(server.port());
            crowd.add(each);
            each.send(request);
            each.readUntil(until);
        }
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    private int status(String path) throws IOException, InterruptedException {
        return client.send(server.request(path).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void serves_files_routes_and_health_beside_a_crowd_that_stays() throws Exception {
        start();
        stay(1500, get("/events"), "\r\n\r\n");
        stay(1000, FrameClient.handshake("/socket"), "\r\n\r\n");
        stay(200, get("/download"), "\r\n\r\n");
        for (int i = 0; i < 50; i++) {
            for (String path : List.of("/", "/files/small.css", "/files/large.bin", "/health/live", "/health/ready")) {
                assertThat(status(path)).as(path).isEqualTo(200);
            }
        }
        RawClient socket = crowd.get(2000);
        socket.send(FrameClient.frame(0x81, "hello"));
        socket.readUntil("\u0081\5hello");
    }

    @Test
    void needs_no_place_of_a_stream_for_a_small_file() throws Exception {
        environment.put("HTTP_MAX_STREAMS", "1");
        environment.put("HTTP_MAX_EVENT_STREAMS", "2");
        start();
        stay(2, get("/events"), "\r\n\r\n");
        assertThat(status("/events")).isEqualTo(503);
        assertThat(status("/files/large.bin")).isEqualTo(200);
        stay(1, get("/download"), "\r\n\r\n");
        assertThat(status("/files/large.bin")).isEqualTo(503);
        assertThat(status("/files/small.css")).isEqualTo(200);
        assertThat(status("/")).isEqualTo(200);
        try (RawClient range = server.connect()) {
            range.send("GET /files/large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=1-3\r\n\r\n");
            range.readUntil("HTTP/1.1 206 Partial Content\r\n");
            range.readUntil("Content-Length: 3\r\n");
        }
    }
}
