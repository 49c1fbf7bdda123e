package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.lifecycle.DrainReport;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** WebSockets with the client of the JDK. */
@Timeout(60)
class WebSocketTest {
    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> environment =
            new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "HTTP_WORKER_THREADS", "2"));
    private RunningServer server;

    private SocketClient.Open open(String path) {
        if (server == null) {
            server = new RunningServer(routes, environment, lifecycle);
        }
        return new SocketClient.Open(client, server.port(), path);
    }

    @AfterEach
    void stop() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private void echo() {
        routes.webSocket(
                "/echo",
                request -> WebSocket.accept(socket -> socket.forEach(message -> {
                    if (message instanceof WebSocket.Text text) {
                        socket.send(text.text());
                    } else if (message instanceof WebSocket.Binary binary) {
                        socket.send(binary.bytes());
                    }
                })));
    }

    @Test
    void exchanges_text_and_bytes_whole_and_in_fragments() throws Exception {
        echo();
        SocketClient.Open open = open("/echo");
        assertThat(open.send("grüße 🙂").next()).isEqualTo("text grüße 🙂");
        open.socket.sendText("in ", false).join();
        open.socket.sendText("", false).join();
        open.socket.sendPing(ByteBuffer.wrap(new byte[] {1})).join();
        assertThat(open.send("pieces").next()).isEqualTo("text in pieces");
        open.socket.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), true).join();
        assertThat(open.next()).isEqualTo("binary 010203");
        assertThat(open.send("").next()).isEqualTo("text ");
        String large = "x".repeat(300_000) + "é".repeat(100_000);
        assertThat(open.send(large).next()).isEqualTo("text " + large);
        open.socket.sendClose(4001, "bye").join();
        assertThat(open.next()).isEqualTo("close 4001");
    }

    @Test
    void has_the_filters_the_session_and_the_parameters_of_its_request() throws Exception {
        MemoryStore store = new MemoryStore();
        routes.sessions(store, Duration.ofMinutes(1));
        routes.filter((request, next) -> next.handle(request).withHeader("X-Filter", "was here"));
        routes.get("/login", request -> {
            request.session().put("user", "ann");
            return Response.noContent();
        });
        routes.webSocket("/rooms/{room}", request -> {
            String user = request.session().get("user").orElseThrow(() -> new HttpException(401, "Log in first."));
            return request.path("room").equals("full")
                    ? Response.problem(409, "The room is full.")
                    : WebSocket.accept(socket -> socket.send(user + " in " + request.path("room")));
        });
        server = new RunningServer(routes, environment, lifecycle);
        try (RawClient raw = server.connect()) {
            raw.send(FrameClient.handshake("/rooms/1"));
            raw.readUntil("HTTP/1.1 401 Unauthorized\r\n");
            raw.readUntil("X-Filter: was here\r\n");
            raw.readUntil("\"detail\":\"Log in first.\"}");
            raw.send("GET /login HTTP/1.1\r\nHost: h\r\n\r\n");
            raw.readUntil("Set-Cookie: session=");
            String cookie = raw.readLine().replaceFirst(";.*", "");
            raw.readUntil("\r\n\r\n");
            raw.send(FrameClient.handshake("/rooms/full", "Cookie: session=" + cookie + "\r\n"));
            raw.readUntil("HTTP/1.1 409 Conflict\r\n");
            raw.readUntil("\"detail\":\"The room is full.\"}");
            raw.send(FrameClient.handshake("/rooms/2", "Cookie: session=" + cookie + "\r\n"));
            raw.readUntil("HTTP/1.1 101 Switching Protocols\r\n");
            raw.readUntil("\r\n\r\n\u0081\10ann in 2\u0088\2\3\350");
        }
    }

    @Test
    void closes_with_the_code_that_the_end_of_the_handler_has() throws Exception {
        routes.webSocket("/returns", request -> WebSocket.accept(socket -> socket.send("done")));
        routes.webSocket(
                "/fails",
                request -> WebSocket.accept(socket -> {
                    throw new IllegalStateException("this must not reach the client");
                }));
        routes.webSocket(
                "/closes",
                request -> WebSocket.accept(socket -> {
                    socket.close(4002, "enough");
                    socket.close(4003, "too late");
                    assertThat(socket.receive()).isEmpty();
                    assertThat(socket.closeCode()).isEqualTo(OptionalInt.of(4002));
                    assertThatThrownBy(() -> socket.send("more")).isInstanceOf(IOException.class);
                }));
        routes.webSocket("/text", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)));
        SocketClient.Open returns = open("/returns");
        assertThat(List.of(returns.next(), returns.next())).containsExactly("text done", "close 1000");
        assertThat(open("/fails").next()).isEqualTo("close 1011");
        assertThat(open("/closes").next()).isEqualTo("close 4002 enough");
        SocketClient.Open text = open("/text");
        text.socket.sendBinary(ByteBuffer.allocate(1), true).join();
        assertThat(text.next()).isEqualTo("close 1003 only text is expected");
    }

    @Test
    void takes_the_end_of_another_client_for_a_failure_of_the_handler() throws Exception {
        CompletableFuture<WebSocket> other = new CompletableFuture<>();
        CountDownLatch ended = new CountDownLatch(1);
        routes.webSocket(
                "/other",
                request -> WebSocket.accept(socket -> {
                    socket.onClose(ended::countDown);
                    other.complete(socket);
                    socket.forEachText(socket::send);
                }));
        routes.webSocket(
                "/relay",
                request -> WebSocket.accept(
                        socket -> socket.forEachText(text -> other.get().send(text))));
        SocketClient.Open gone = open("/other");
        SocketClient.Open relay = open("/relay").send("one");
        assertThat(gone.next()).isEqualTo("text one");
        gone.socket.sendClose(1000, "").join();
        ended.await();
        assertThat(relay.send("two").next()).isEqualTo("close 1011");
    }

    @Test
    void tells_the_handler_how_its_client_has_ended() throws Exception {
        BlockingQueue<OptionalInt> codes = new LinkedBlockingQueue<>();
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        routes.webSocket(
                "/",
                request -> WebSocket.accept(socket -> {
                    socket.forEachText(received::add);
                    codes.add(socket.closeCode());
                }));
        SocketClient.Open polite = open("/");
        polite.send("last words").socket.sendClose(1001, "").join();
        assertThat(codes.poll(20, TimeUnit.SECONDS)).isEqualTo(OptionalInt.of(1001));
        assertThat(received).containsExactly("last words");
        try (FrameClient frames = FrameClient.open(server, "/")) {
            frames.send(FrameClient.frame(0x88, ""));
            assertThat(frames.next()).isEqualTo("close");
        }
        assertThat(codes.poll(20, TimeUnit.SECONDS)).isEqualTo(OptionalInt.of(WebSocket.NO_CODE));
        FrameClient.open(server, "/").close();
        assertThat(codes.poll(20, TimeUnit.SECONDS)).isEqualTo(OptionalInt.of(WebSocket.LOST));
    }

    @Test
    void wakes_a_handler_up_that_waits_for_something_else() throws Exception {
        BlockingQueue<String> changes = new LinkedBlockingQueue<>();
        CountDownLatch ended = new CountDownLatch(2);
        routes.webSocket(
                "/changes",
                request -> WebSocket.accept(socket -> {
                    socket.onClose(Thread.currentThread()::interrupt);
                    try {
                        while (socket.open()) {
                            socket.send(changes.take());
                        }
                    } finally {
                        ended.countDown();
                    }
                }));
        SocketClient.Open gone = open("/changes");
        changes.add("one");
        assertThat(gone.next()).isEqualTo("text one");
        gone.socket.sendClose(1000, "").join();
        assertThat(gone.next()).isEqualTo("close 1000");
        SocketClient.Open drained = open("/changes");
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(drained.next()).isEqualTo("close 1001");
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void sends_from_many_threads_without_mixing_messages() throws Exception {
        Set<String> expected = ConcurrentHashMap.newKeySet();
        routes.webSocket(
                "/many",
                request -> WebSocket.accept(socket -> {
                    CompletableFuture<?>[] senders = new CompletableFuture<?>[8];
                    for (int i = 0; i < senders.length; i++) {
                        String name = Integer.toString(i).repeat(1 + i * 20_000);
                        senders[i] = CompletableFuture.runAsync(() -> {
                            for (int n = 0; n < 20; n++) {
                                expected.add("text " + n + name);
                                try {
                                    socket.send(n + name);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        });
                    }
                    CompletableFuture.allOf(senders).join();
                }));
        SocketClient.Open open = open("/many");
        Set<String> got = ConcurrentHashMap.newKeySet();
        for (String event = open.next(); event.startsWith("text"); event = open.next()) {
            got.add(event);
        }
        assertThat(got).hasSize(160).isEqualTo(expected);
    }

    @Test
    void answers_what_was_read_before_the_drain_and_closes_with_1001() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        routes.webSocket("/idle", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)));
        routes.webSocket(
                "/busy",
                request -> WebSocket.accept(socket -> socket.forEachText(text -> {
                    working.countDown();
                    go.await();
                    socket.send("answer to " + text);
                })));
        SocketClient.Open idle = open("/idle");
        SocketClient.Open busy = open("/busy").send("one").send("two");
        working.await();
        CompletableFuture<Boolean> drained =
                CompletableFuture.supplyAsync(() -> lifecycle.drain().complete());
        assertThat(idle.next()).isEqualTo("close 1001");
        go.countDown();
        assertThat(List.of(busy.next(), busy.next(), busy.next()))
                .containsExactly("text answer to one", "text answer to two", "close 1001");
        assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tells_the_client_of_the_drain_even_if_its_handler_never_ends() throws Exception {
        Lifecycle impatient = new Lifecycle(Duration.ofMillis(500), Duration.ZERO);
        CountDownLatch working = new CountDownLatch(1);
        routes.webSocket(
                "/stuck",
                request -> WebSocket.accept(socket -> socket.forEachText(text -> {
                    working.countDown();
                    new CountDownLatch(1).await();
                })));
        server = new RunningServer(routes, environment, impatient);
        SocketClient.Open stuck = open("/stuck").send("one");
        working.await();
        DrainReport report = impatient.drain();
        assertThat(report.complete()).isFalse();
        assertThat(report.unfinished()).singleElement().satisfies(left -> assertThat(left.what())
                .isEqualTo("GET /stuck (WebSocket)"));
        assertThat(stuck.next()).isEqualTo("close 1001");
    }
}
