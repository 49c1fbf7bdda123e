package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.twelvefactor.app.App;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log and the metrics say about WebSockets. */
@Timeout(60)
class WebSocketEventsTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private TestApp app;

    @BeforeEach
    void start() {
        app = TestApp.start(
                App.of("shop").web(routes -> routes.webSocket(
                                "/rooms/{room}",
                                request -> dev.twelvefactor.http.WebSocket.accept(
                                        socket -> socket.forEachText(socket::send)))
                        .webSocket(
                                "/fails",
                                request -> dev.twelvefactor.http.WebSocket.accept(socket -> {
                                    throw new IllegalStateException("no");
                                }))),
                Map.of("MANAGEMENT_PORT", "0"));
    }

    @AfterEach
    void stop() {
        app.close();
    }

    /** Keeps the close code. */
    private static final class Closed implements WebSocket.Listener {
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            code.complete(status);
            return CompletableFuture.completedStage(null);
        }
    }

    private WebSocket connect(String path, Closed closed) {
        URI address = URI.create("ws://127.0.0.1:" + app.address().getPort() + path);
        return client.newWebSocketBuilder()
                .header("X-Request-Id", "abc-1")
                .buildAsync(address, closed)
                .join();
    }

    private List<Map<String, Object>> events(String logger) {
        return Events.parse(app.events()).stream()
                .filter(event -> event.get("logger").equals(logger))
                .toList();
    }

    private String metrics() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        app.managementAddress().orElseThrow().resolve("/metrics"))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void tells_of_each_socket_once_when_it_ends() throws Exception {
        WebSocket socket = connect("/rooms/7", new Closed());
        socket.sendText("one", true).join();
        socket.sendText("two", true).join();
        await().untilAsserted(() -> assertThat(metrics())
                .contains(
                        "http_server_active_websockets 1.0\n",
                        "http_server_active_requests 0.0\n",
                        "http_server_websocket_messages_total{direction=\"in\"} 2.0\n",
                        "http_server_websocket_messages_total{direction=\"out\"} 2.0\n",
                        "http_server_request_duration_seconds_count{http_request_method=\"GET\","
                                + "http_response_status_code=\"101\",http_route=\"/rooms/{room}\"} 1\n"));
        assertThat(events("http.access")).isEmpty();
        socket.sendClose(4321, "").join();
        await().until(() -> !events("http.access").isEmpty());
        assertThat(events("http.access")).singleElement().satisfies(event -> assertThat(event)
                .containsEntry("status", 101)
                .containsEntry("path", "/rooms/7")
                .containsEntry("route", "/rooms/{room}")
                .containsEntry("close_code", 4321)
                .containsEntry("messages_received", 2)
                .containsEntry("messages_sent", 2)
                .containsEntry("request_id", "abc-1")
                .containsKey("duration_ms"));
        assertThat(metrics())
                .contains(
                        "http_server_active_websockets 0.0\n",
                        "http_server_websocket_closes_total{code=\"4xxx\"} 1.0\n");
    }

    @Test
    void logs_what_a_handler_throws_with_the_ids_of_its_request() throws Exception {
        Closed closed = new Closed();
        connect("/fails", closed);
        assertThat(closed.code.get(20, TimeUnit.SECONDS)).isEqualTo(1011);
        await().until(() -> !events("http.access").isEmpty());
        assertThat(events("http.access")).singleElement().satisfies(event -> assertThat(event)
                .containsEntry("close_code", 1011));
        assertThat(events("http")).singleElement().satisfies(event -> assertThat(event)
                .containsEntry("message", "the handler of a WebSocket failed")
                .containsEntry("path", "/fails")
                .containsEntry("request_id", "abc-1")
                .containsKey("stack_trace"));
    }
}
