package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs the examples of {@code docs/websocket.md}. */
@Timeout(60)
class WebSocketExamplesTest {
    private static final Path SOURCE = Path.of("src/test/java/dev/twelvefactor/http/WebSocketExamplesTest.java");
    private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final BlockingQueue<String> ticks = new LinkedBlockingQueue<>();
    private RunningServer server;

    @BeforeEach
    void start() {
        Routes routes = new Routes();

        routes.webSocket("/echo", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)));

        Set<WebSocket> room = ConcurrentHashMap.newKeySet();
        routes.webSocket("/chat", request -> {
            String user = request.query("user").orElseThrow(() -> new HttpException(401, "Who are you?"));
            return WebSocket.accept(socket -> {
                room.add(socket);
                try {
                    socket.forEachText(text -> room.forEach(each -> each.offer(user + ": " + text)));
                } finally {
                    room.remove(socket);
                }
            });
        });

        routes.webSocket(
                "/ticks",
                request -> WebSocket.accept(socket -> {
                    socket.onClose(Thread.currentThread()::interrupt);
                    while (socket.open()) {
                        socket.send(ticks.take());
                    }
                }));

        server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
    }

    @AfterEach
    void stop() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private SocketClient.Open open(String path) {
        return new SocketClient.Open(client, server.port(), path);
    }

    @Test
    void the_page_shows_what_runs_here() throws IOException {
        String source = unindented(Files.readString(SOURCE));
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../../docs/websocket.md")))
                .results()
                .map(MatchResult::group)
                .map(block -> unindented(block.replace("```java\n", "").replace("```", "")))
                .toList();
        assertThat(blocks).hasSize(3).allSatisfy(block -> assertThat(source).contains(block));
    }

    private static String unindented(String text) {
        return text.replaceAll("(?m)^ +", "").strip();
    }

    @Test
    void an_echo() throws Exception {
        assertThat(open("/echo").send("hello").next()).isEqualTo("text hello");
    }

    @Test
    void a_chat() throws Exception {
        SocketClient.Open ann = open("/chat?user=ann");
        assertThat(ann.send("anybody here?").next()).isEqualTo("text ann: anybody here?");
        SocketClient.Open bob = open("/chat?user=bob");
        assertThat(bob.send("I am").next()).isEqualTo("text bob: I am");
        assertThat(ann.next()).isEqualTo("text bob: I am");
        assertThatThrownBy(() -> open("/chat")).hasStackTraceContaining("WebSocketHandshakeException");
    }

    @Test
    void a_stream_of_ticks() throws Exception {
        SocketClient.Open open = open("/ticks");
        ticks.add("tick");
        assertThat(open.next()).isEqualTo("text tick");
    }
}
