package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a WebSocket's client can do to the server. */
@Timeout(90)
class WebSocketLimitsTest {
    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> environment =
            new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "HTTP_WORKER_THREADS", "2"));
    private RunningServer server;

    private void start() {
        routes.webSocket("/echo", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)));
        server = new RunningServer(routes, environment, lifecycle);
    }

    @AfterEach
    void stop() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private String handshake(String request) throws IOException {
        try (RawClient raw = server.connect()) {
            raw.send(request.replace("\r\n\r\n", "\r\nX-End: 1\r\n\r\n"));
            String status = raw.readLine();
            raw.readUntil("\r\n\r\n");
            return status;
        }
    }

    @Test
    void rejects_what_is_no_handshake() throws Exception {
        start();
        String whole = FrameClient.handshake("/echo");
        assertThat(handshake(whole)).isEqualTo("HTTP/1.1 101 Switching Protocols");
        assertThat(handshake(whole.replace("Upgrade: websocket", "upgrade: foo, WebSocket")
                        .replace("Connection: Upgrade", "Connection: keep-alive, upgrade")))
                .isEqualTo("HTTP/1.1 101 Switching Protocols");
        for (String notOne : new String[] {
            whole.replace("Upgrade: websocket\r\n", ""),
            whole.replace("Connection: Upgrade\r\n", ""),
            whole.replace("Upgrade: websocket", "Upgrade: h2c"),
            whole.replace("Version: 13", "Version: 8"),
            whole.replace("Version: 13", "Version: 13, 8"),
            whole.replace("Sec-WebSocket-Version: 13\r\n", ""),
        }) {
            assertThat(handshake(notOne)).isEqualTo("HTTP/1.1 426 Upgrade Required");
        }
        for (String badKey : new String[] {
            "", "x", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZXM=AAAA", "!!!!IHNhbXBsZSBub25jZQ=="
        }) {
            assertThat(handshake(whole.replace(FrameClient.KEY, badKey))).isEqualTo("HTTP/1.1 400 Bad Request");
        }
        assertThat(handshake(whole.replaceFirst("GET", "HEAD"))).isEqualTo("HTTP/1.1 426 Upgrade Required");
        assertThat(handshake(whole.replaceFirst("GET", "POST"))).isEqualTo("HTTP/1.1 405 Method Not Allowed");
        assertThat(handshake(whole.replaceFirst("HTTP/1.1", "HTTP/1.0"))).isEqualTo("HTTP/1.0 400 Bad Request");
    }

    @Test
    void answers_500_where_another_route_accepts_a_WebSocket() throws Exception {
        routes.get("/plain", request -> WebSocket.accept(socket -> {}));
        start();
        assertThat(handshake(FrameClient.handshake("/plain"))).isEqualTo("HTTP/1.1 500 Internal Server Error");
        assertThatThrownBy(() -> routes.nonBlocking(
                        quick -> quick.webSocket("/quick", request -> WebSocket.accept(socket -> {}))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a WebSocket's handler waits; declare /quick outside of nonBlocking");
    }

    @Test
    void names_the_version_and_accepts_the_key_as_the_standard_does() throws Exception {
        start();
        try (RawClient raw = server.connect()) {
            raw.send("GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
            raw.readUntil("HTTP/1.1 426 Upgrade Required\r\n");
            raw.readUntil("Sec-WebSocket-Version: 13\r\n");
            raw.readUntil("\"This is the address of a WebSocket. Connect with the header field Upgrade: websocket.\"}");
            raw.send(FrameClient.handshake("/echo"));
            raw.readUntil("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n");
        }
    }

    @Test
    void rejects_pages_of_other_origins_unless_they_are_named() throws Exception {
        environment.put("WEBSOCKET_ORIGINS", "https://Partner.example.org");
        routes.webSocket("/own", Set.of("http://one.example.org:8080"), request -> WebSocket.accept(socket -> {}));
        start();
        String open = "HTTP/1.1 101 Switching Protocols";
        String forbidden = "HTTP/1.1 403 Forbidden";
        Map<String, String> answers = new HashMap<>();
        answers.put("http://h", open);
        answers.put("https://H", open);
        answers.put("https://partner.example.org", open);
        answers.put("http://partner.example.org", forbidden);
        answers.put("https://evil.example.org", forbidden);
        answers.put("http://h.evil.example.org", forbidden);
        answers.put("http://h:81", forbidden);
        answers.put("null", forbidden);
        answers.put("", forbidden);
        answers.put("http://h\r\nOrigin: http://h", forbidden);
        answers.put("http://one.example.org:8080", forbidden);
        for (Map.Entry<String, String> each : answers.entrySet()) {
            assertThat(handshake(FrameClient.handshake("/echo", "Origin: " + each.getKey() + "\r\n")))
                    .as(each.getKey())
                    .isEqualTo(each.getValue());
        }
        assertThat(handshake(FrameClient.handshake("/own", "Origin: http://one.example.org:8080\r\n")))
                .isEqualTo(open);
    }

    @Test
    void compares_an_origin_with_what_a_trusted_proxy_says_of_the_request() throws Exception {
        environment.put("TRUSTED_PROXIES", "127.0.0.1");
        environment.put("PROXY_HEADERS", "x-forwarded-proto,x-forwarded-host");
        start();
        String open = "HTTP/1.1 101 Switching Protocols";
        String forbidden = "HTTP/1.1 403 Forbidden";
        assertThat(behindProxy("https", "shop.example.org", "https://shop.example.org"))
                .isEqualTo(open);
        assertThat(behindProxy("https", "shop.example.org:443", "https://shop.example.org"))
                .as("a proxy that writes $host:$server_port")
                .isEqualTo(open);
        assertThat(behindProxy("http", "[::1]:80", "http://[::1]")).isEqualTo(open);
        assertThat(behindProxy("https", "shop.example.org:80", "https://shop.example.org"))
                .isEqualTo(forbidden);
        assertThat(behindProxy("https", "shop.example.org", "http://shop.example.org"))
                .as("a page that anybody on the way could have changed")
                .isEqualTo(forbidden);
    }

    private String behindProxy(String scheme, String host, String origin) throws IOException {
        return handshake(FrameClient.handshake(
                "/echo",
                "X-Forwarded-Proto: " + scheme + "\r\nX-Forwarded-Host: " + host + "\r\nOrigin: " + origin + "\r\n"));
    }

    @Test
    void rejects_a_message_of_200_MiB_with_1009_in_bounded_memory() throws Exception {
        start();
        int piece = 1 << 20;
        SocketClient.Open fragments = new SocketClient.Open(client, server.port(), "/echo");
        String event = "";
        for (int i = 0; i < 200 && event.isEmpty(); i++) {
            fragments
                    .socket
                    .sendBinary(ByteBuffer.allocate(piece), i == 199)
                    .exceptionally(e -> null)
                    .join();
            event = fragments.soon();
        }
        assertThat(event.isEmpty() ? fragments.next() : event)
                .isEqualTo("close 1009 a message has at most 1048576 bytes");
        try (FrameClient whole = FrameClient.open(server, "/echo")) {
            whole.send(FrameClient.header(0x82, 200L << 20));
            assertThat(whole.next()).isEqualTo("close 1009 a message has at most 1048576 bytes");
            sendAll(whole, 200, new byte[piece]);
            assertThat(whole.next()).isEqualTo("end");
        }
        assertThat(server.webSocketBytes()).isZero();
    }

    /** As much as the server reads: it does not wait for long. */
    private static void sendAll(FrameClient frames, int times, byte[] piece) throws IOException {
        try {
            for (int i = 0; i < times; i++) {
                frames.send(piece);
            }
            frames.send(FrameClient.closeFrame(1009, ""));
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
        }
    }

    @Test
    void tells_a_client_what_is_wrong_and_closes() throws Exception {
        start();
        try (FrameClient frames = FrameClient.open(server, "/echo")) {
            assertThat(frames.send(FrameClient.frame(0x81, "right")).next()).isEqualTo("text right");
            frames.send(FrameClient.hex("8100"));
            assertThat(frames.next()).isEqualTo("close 1002 a frame from the client must be masked");
            assertThat(frames.next()).isEqualTo("end");
        }
        try (FrameClient frames = FrameClient.open(server, "/echo")) {
            frames.send(FrameClient.frame(0x81, FrameClient.hex("ff")));
            assertThat(frames.next()).isEqualTo("close 1007 a text message is not UTF-8");
            frames.send(FrameClient.closeFrame(1007, ""));
            assertThat(frames.next()).isEqualTo("end");
        }
    }

    @Test
    void takes_frames_that_come_together_with_the_handshake() throws Exception {
        start();
        try (RawClient raw = server.connect()) {
            byte[] head = FrameClient.handshake("/echo").getBytes(StandardCharsets.ISO_8859_1);
            byte[] frame = FrameClient.frame(0x81, "early");
            byte[] both = Arrays.copyOf(head, head.length + frame.length);
            System.arraycopy(frame, 0, both, head.length, frame.length);
            raw.send(both);
            raw.readUntil("\r\n\r\n\u0081\5early");
        }
    }

    @Test
    void lets_a_client_wait_while_its_handler_is_behind() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        AtomicInteger received = new AtomicInteger();
        routes.webSocket(
                "/slow",
                request -> WebSocket.accept(socket -> {
                    go.await();
                    socket.forEach(message -> received.incrementAndGet());
                    ended.countDown();
                }));
        start();
        try (FrameClient frames = FrameClient.open(server, "/slow")) {
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 400; i++) {
                        frames.send(FrameClient.frame(0x82, new byte[500_000]));
                    }
                    frames.send(FrameClient.frame(0x81, "")).send(FrameClient.closeFrame(1000, ""));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            sender.start();
            sender.join(2000);
            assertThat(sender.isAlive()).isTrue();
            assertThat(server.webSocketBytes()).isBetween(1L, 3_000_000L);
            go.countDown();
            assertThat(frames.next()).isEqualTo("close 1000");
            sender.join();
        }
        // What was read before the close is still received after it.
        ended.await();
        assertThat(received).hasValue(401);
    }

    @Test
    void keeps_only_the_newest_pong_for_a_client_that_does_not_read() throws Exception {
        start();
        try (FrameClient frames = FrameClient.open(server, "/echo")) {
            byte[] ping = FrameClient.frame(0x89, "p".repeat(125));
            byte[] many = new byte[ping.length * 1000];
            for (int i = 0; i < 1000; i++) {
                System.arraycopy(ping, 0, many, i * ping.length, ping.length);
            }
            for (int i = 0; i < 200; i++) {
                frames.send(many);
            }
            frames.send(FrameClient.frame(0x81, "still here"));
            String next = frames.next();
            int pongs = 0;
            while (next.startsWith("pong")) {
                pongs++;
                next = frames.next();
            }
            assertThat(next).isEqualTo("text still here");
            assertThat(pongs).isBetween(1, 199_999);
        }
    }

    @Test
    void closes_a_client_that_answers_no_ping_and_keeps_one_that_does() throws Exception {
        environment.put("WEBSOCKET_IDLE_TIMEOUT", "1s");
        start();
        SocketClient.Open alive = new SocketClient.Open(client, server.port(), "/echo");
        try (FrameClient dead = FrameClient.open(server, "/echo")) {
            assertThat(dead.next()).isEqualTo("ping ");
            assertThat(dead.next()).isEqualTo("close 1001 no pong came in time");
            assertThat(dead.next()).isEqualTo("end");
        }
        assertThat(alive.send("still here").next()).isEqualTo("text still here");
    }

    @Test
    void waits_for_no_pong_while_a_large_message_is_on_its_way() throws Exception {
        environment.put("WEBSOCKET_IDLE_TIMEOUT", "500ms");
        routes.webSocket(
                "/large",
                request -> WebSocket.accept(socket -> {
                    socket.send(new byte[16 << 20]);
                    socket.forEachText(socket::send);
                }));
        start();
        try (FrameClient behind = FrameClient.open(server, "/large");
                FrameClient quiet = FrameClient.open(server, "/echo")) {
            for (int pings = 0; pings < 4; pings++) {
                assertThat(quiet.next()).isEqualTo("ping ");
                quiet.send(FrameClient.frame(0x8a, ""));
            }
            assertThat(behind.next()).startsWith("binary 00");
            assertThat(behind.next()).isEqualTo("ping ");
            behind.send(FrameClient.frame(0x8a, "")).send(FrameClient.frame(0x81, "still here"));
            assertThat(behind.next()).isEqualTo("text still here");
        }
    }

    @Test
    void closes_a_client_that_holds_a_part_of_a_message_but_not_one_that_is_quiet_between_two() throws Exception {
        environment.put("HTTP_PARSE_TIMEOUT", "1s");
        start();
        try (FrameClient drips = FrameClient.open(server, "/echo");
                FrameClient quiet = FrameClient.open(server, "/echo")) {
            assertThat(quiet.send(FrameClient.frame(0x81, "one")).next()).isEqualTo("text one");
            drips.send(FrameClient.header(0x81, 1000)).send(new byte[500]);
            assertThat(drips.next()).isEqualTo("close 1008 the message comes too slowly");
            assertThat(quiet.send(FrameClient.frame(0x81, "two")).next()).isEqualTo("text two");
        }
    }

    @Test
    void has_places_of_its_own() throws Exception {
        environment.put("WEBSOCKET_MAX_CONNECTIONS", "2");
        environment.put("HTTP_MAX_CONCURRENT_REQUESTS", "1");
        environment.put("HTTP_MAX_STREAMS", "1");
        environment.put("HTTP_MAX_EVENT_STREAMS", "1");
        routes.get("/", request -> Response.text("page"));
        BlockingQueue<String> never = new LinkedBlockingQueue<>();
        routes.get("/events", request -> Response.events(events -> events.send(never.take())));
        routes.get("/stream", request -> Response.stream("text/plain", out -> out.write('x')));
        start();
        SocketClient.Open one = new SocketClient.Open(client, server.port(), "/echo");
        try (FrameClient two = FrameClient.open(server, "/echo");
                RawClient events = server.connect()) {
            assertThat(two.send(FrameClient.frame(0x81, "two")).next()).isEqualTo("text two");
            assertThat(handshake(FrameClient.handshake("/echo"))).isEqualTo("HTTP/1.1 503 Service Unavailable");
            events.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
            events.readUntil("\r\n\r\n");
            assertThat(get("/events")).isEqualTo(503);
            assertThat(get("/stream")).isEqualTo(200);
            assertThat(get("/")).isEqualTo(200);
        }
        assertThat(one.send("one").next()).isEqualTo("text one");
    }

    private int get(String path) throws IOException, InterruptedException {
        return client.send(server.request(path).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void bounds_what_is_offered_to_clients_that_read_nothing() throws Exception {
        environment.put("WEBSOCKET_MAX_MESSAGE", "256MiB");
        BlockingQueue<Long> ends = new LinkedBlockingQueue<>();
        routes.webSocket(
                "/offers/{size}",
                request -> WebSocket.accept(socket -> {
                    String text = "x".repeat(request.path("size", Integer::parseInt));
                    long offered = 0;
                    while (offered < 3_000_000 && socket.offer(text)) {
                        offered++;
                    }
                    ends.add(offered);
                    socket.close();
                }));
        start();
        long eighth = Runtime.getRuntime().maxMemory() / 8;
        int large = (int) Math.min(128L << 20, eighth / 3);
        try (RawClient one = RawClient.slow(server.port());
                RawClient two = RawClient.slow(server.port());
                RawClient empty = RawClient.slow(server.port())) {
            one.send(FrameClient.handshake("/offers/" + large));
            long before = ends.poll(30, TimeUnit.SECONDS);
            two.send(FrameClient.handshake("/offers/" + large));
            // One more of each is on its way to the client.
            assertThat((before + ends.poll(30, TimeUnit.SECONDS)) * large).isLessThanOrEqualTo(eighth);
            empty.send(FrameClient.handshake("/offers/0"));
            assertThat(ends.poll(30, TimeUnit.SECONDS)).isLessThan(3_000_000);
        }
    }

    @Test
    void ends_a_send_to_a_client_that_reads_nothing() throws Exception {
        environment.put("HTTP_WRITE_TIMEOUT", "1s");
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        routes.webSocket(
                "/flood",
                request -> WebSocket.accept(socket -> {
                    try {
                        while (true) {
                            socket.send(new byte[1 << 20]);
                        }
                    } catch (IOException e) {
                        ends.add(e.getMessage());
                    }
                }));
        routes.webSocket(
                "/offers",
                request -> WebSocket.accept(socket -> {
                    String text = "x".repeat(100_000);
                    int offered = 0;
                    while (socket.offer(text)) {
                        offered++;
                    }
                    ends.add(offered < 1000 ? "behind" : "no limit");
                }));
        start();
        try (FrameClient flooded = FrameClient.open(server, "/flood");
                FrameClient offered = FrameClient.open(server, "/offers")) {
            assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("behind");
            assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("the client has gone");
        }
    }
}
