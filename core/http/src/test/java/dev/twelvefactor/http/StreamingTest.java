package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.lifecycle.DrainReport;
import dev.twelvefactor.lifecycle.Lifecycle;
import io.undertow.Handlers;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StreamingTest {
    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private RunningServer server;

    private final Map<String, String> environment =
            new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "HTTP_WORKER_THREADS", "2"));

    private void start() {
        server = new RunningServer(routes, environment, lifecycle);
    }

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    private HttpRequest request(String path) {
        return server.request(path).build();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path), HttpResponse.BodyHandlers.ofString());
    }

    private static void lines(OutputStream out, int number) throws IOException {
        for (int i = 0; i < number; i++) {
            out.write(("line " + i + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void streams_a_body_of_any_size() throws Exception {
        routes.get(
                "/lines/{n}",
                request -> Response.stream("text/plain", out -> lines(out, request.path("n", Integer::valueOf))));
        start();
        for (int number : new int[] {0, 1, 100, 500_000}) {
            assertThat(get("/lines/" + number).body().lines()).hasSize(number);
        }
        HttpResponse<String> head = client.send(
                HttpRequest.newBuilder(request("/lines/5").uri())
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).isEmpty();
        assertThat(get("/lines/3").body().lines()).hasSize(3);
    }

    @Test
    void writes_no_faster_than_the_client_reads() throws Exception {
        AtomicLong written = new AtomicLong();
        routes.get(
                "/endless",
                request -> Response.stream("text/plain", out -> {
                    byte[] piece = new byte[10_000];
                    while (true) {
                        out.write(piece);
                        written.addAndGet(piece.length);
                    }
                }));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
            InputStream in = socket.in();
            assertThat(in.readNBytes(1000)).hasSize(1000);
            long before;
            do {
                before = written.get();
                Thread.sleep(200);
            } while (written.get() > before);
            // What the kernel holds for both sides, and no more.
            assertThat(before).isLessThan(50_000_000);
            assertThat(in.readNBytes(20_000_000)).hasSize(20_000_000);
        }
        assertThat(get("/health/live").statusCode()).isEqualTo(200);
    }

    @Test
    void closes_the_connection_when_a_stream_breaks_off() {
        routes.get(
                "/broken",
                request -> Response.stream("text/plain", out -> {
                    lines(out, 10_000);
                    throw new IOException("the source has gone");
                }));
        start();
        assertThatThrownBy(() -> get("/broken")).isInstanceOf(IOException.class);
    }

    @Test
    void answers_500_when_a_stream_fails_before_its_first_byte() throws Exception {
        routes.get(
                "/broken",
                request -> Response.stream("text/plain", out -> {
                    throw new IOException("no source");
                }));
        routes.nonBlocking(
                group -> group.get("/quick", request -> Response.stream("text/plain", out -> lines(out, 1))));
        start();
        assertThat(get("/broken").statusCode()).isEqualTo(500);
        assertThat(get("/quick").statusCode()).isEqualTo(500);
    }

    @Test
    void sends_events_until_the_drain() throws Exception {
        CountDownLatch ended = new CountDownLatch(3);
        routes.get(
                "/events",
                request -> Response.events(events -> {
                    events.send("hello\nworld");
                    events.send("tick", "");
                    events.sendJson("value", Map.of("a", 1));
                    try {
                        while (events.open()) {
                            Thread.sleep(10_000);
                        }
                    } finally {
                        ended.countDown();
                    }
                }));
        routes.get("/", request -> Response.text("quick"));
        start();
        BufferedReader[] readers = new BufferedReader[3];
        for (int i = 0; i < readers.length; i++) {
            HttpResponse<InputStream> response =
                    client.send(request("/events"), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
            readers[i] = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
            StringBuilder events = new StringBuilder();
            while (!events.toString().endsWith("data: {\"a\":1}\n\n")) {
                events.append(readers[i].readLine()).append('\n');
            }
            assertThat(events)
                    .hasToString(
                            ":\n\ndata: hello\ndata: world\n\nevent: tick\ndata:\n\nevent: value\ndata: {\"a\":1}\n\n");
        }
        // Three streams are open, with two threads for requests: they take none of those.
        assertThat(get("/").body()).isEqualTo("quick");
        CompletableFuture<DrainReport> drain = CompletableFuture.supplyAsync(lifecycle::drain);
        ended.await();
        assertThat(drain.get().complete()).isTrue();
    }

    @Test
    void sends_heartbeats_between_events_and_tells_a_quiet_source_that_its_client_has_gone() throws Exception {
        environment.put("HTTP_HEARTBEAT", "300ms");
        CompletableFuture<Boolean> openAtTheEnd = new CompletableFuture<>();
        routes.get(
                "/events",
                request -> Response.events(events -> {
                    events.send("x".repeat(100_000));
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        openAtTheEnd.complete(events.open());
                    }
                }));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
            socket.readUntil("x\n\n\r\n03\r\n:\n\n\r\n03\r\n:\n\n\r\n");
        }
        assertThat(openAtTheEnd.get()).isFalse();
    }

    @Test
    void tells_the_client_at_once_that_it_is_connected() throws Exception {
        routes.get("/quiet", request -> Response.events(events -> new CountDownLatch(1).await()));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /quiet HTTP/1.1\r\nHost: h\r\n\r\n");
            socket.readUntil("\r\n\r\n03\r\n:\n\n");
        }
    }

    @Test
    void never_puts_a_heartbeat_into_an_event() throws Exception {
        environment.put("HTTP_HEARTBEAT", "1ms");
        routes.get(
                "/events",
                request -> Response.events(events -> {
                    for (int i = 0; i < 20; i++) {
                        events.send("x".repeat(40_000));
                        Thread.sleep(i * 40L);
                    }
                }));
        start();
        String events = get("/events").body();
        assertThat(events).contains("\n\n:\n\n");
        assertThat(events.replace(":\n\n", ""))
                .isEqualTo(("data" + "x".repeat(40_000) + "\n\n").repeat(20).replace("data", "data: "));
    }

    @Test
    void keeps_threads_for_others_while_many_read_slowly() throws Exception {
        environment.put("HTTP_MAX_STREAMS", "5");
        routes.get(
                "/endless",
                request -> Response.stream("text/plain", out -> {
                    while (true) {
                        out.write(new byte[10_000]);
                    }
                }));
        routes.get("/", request -> Response.text("quick"));
        start();
        List<RawClient> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                RawClient socket = server.connect();
                slow.add(socket);
                socket.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(socket.in().read()).isEqualTo('H');
            }
            // More streams than threads for handlers, and all of them stand still.
            assertThat(get("/").body()).isEqualTo("quick");
            HttpResponse<String> oneMore = get("/endless");
            assertThat(oneMore.statusCode()).isEqualTo(503);
            assertThat(oneMore.headers().firstValue("Retry-After")).isPresent();
        } finally {
            for (RawClient socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void does_not_let_a_part_pass_for_the_whole_in_http_1_0() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        routes.get(
                "/broken",
                request -> Response.stream("text/plain", out -> {
                    lines(out, 10);
                    out.flush();
                    read.await();
                    throw new IOException("the source has gone");
                }));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /broken HTTP/1.0\r\n\r\n");
            InputStream in = socket.in();
            socket.readUntil("line 9\n");
            read.countDown();
            assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void shows_a_stream_to_a_test_without_a_server() {
        routes.get("/lines", request -> Response.stream("text/plain", out -> lines(out, 2)));
        assertThat(routes.answer(Request.of("GET", "/lines")).text()).isEqualTo("line 0\nline 1\n");
    }

    @Test
    void serves_files_with_tags_ranges_and_compressed_variants(@TempDir Path directory) throws Exception {
        Path files = Files.createDirectories(directory.resolve("public/css"));
        Files.writeString(files.resolve("app.css"), "0123456789");
        Files.writeString(files.resolve("app.css.gz"), "compressed");
        Files.writeString(files.resolve(".secret"), "hunter2");
        Files.writeString(directory.resolve("outside.txt"), "hunter2");
        Files.createSymbolicLink(files.resolve("link.txt"), directory.resolve("outside.txt"));
        routes.files("/static", directory.resolve("public"));
        start();
        HttpResponse<String> whole = get("/static/css/app.css");
        assertThat(whole.body()).isEqualTo("0123456789");
        assertThat(whole.headers().firstValue("Content-Type")).contains("text/css; charset=utf-8");
        assertThat(whole.headers().firstValue("Content-Length")).contains("10");
        String tag = whole.headers().firstValue("ETag").orElseThrow();
        assertThat(get("/static/css/app.css", "If-None-Match", "\"x\", W/" + tag)
                        .statusCode())
                .isEqualTo(304);
        HttpResponse<String> part = get("/static/css/app.css", "Range", "bytes=2-4");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
        assertThat(part.headers().firstValue("Content-Range")).contains("bytes 2-4/10");
        assertThat(get("/static/css/app.css", "Range", "bytes=7-").body()).isEqualTo("789");
        assertThat(get("/static/css/app.css", "Range", "bytes=-3").body()).isEqualTo("789");
        assertThat(get("/static/css/app.css", "Range", "bytes=0-1,4-5").body()).isEqualTo("0123456789");
        assertThat(get("/static/css/app.css", "Range", "bytes=10-").statusCode())
                .isEqualTo(416);
        assertThat(get("/static/css/app.css", "Range", "bytes=2-4", "If-Range", "\"old\"")
                        .body())
                .isEqualTo("0123456789");
        HttpResponse<String> compressed = get("/static/css/app.css", "Accept-Encoding", "deflate, gzip;q=0.5");
        assertThat(compressed.body()).isEqualTo("compressed");
        assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(compressed.headers().firstValue("ETag"))
                .isNotEqualTo(whole.headers().firstValue("ETag"));
        assertThat(get("/static/css/app.css", "Accept-Encoding", "gzip;q=0").body())
                .isEqualTo("0123456789");
        HttpResponse<String> head = client.send(
                HttpRequest.newBuilder(request("/static/css/app.css").uri())
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(head.headers().firstValue("Content-Length")).contains("10");
        assertThat(head.body()).isEmpty();
        for (String path : new String[] {
            "css",
            "css/",
            "nope.css",
            "css/.secret",
            "css/link.txt",
            "../outside.txt",
            "%2e%2e/outside.txt",
            "css/..%2f..%2foutside.txt"
        }) {
            assertThat(get("/static/" + path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void serves_assets_of_the_class_path() throws Exception {
        routes.assets("/own", StreamingTest.class.getClassLoader(), "dev/twelvefactor/http");
        routes.assets("/jar", Test.class.getClassLoader(), "META-INF");
        start();
        HttpResponse<String> own = get("/own/StreamingTest.class");
        assertThat(own.statusCode()).isEqualTo(200);
        assertThat(own.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(get("/jar/LICENSE.md").body()).contains("Eclipse Public License");
        assertThat(get("/own").statusCode()).isEqualTo(404);
        routes.assets("/dev", StreamingTest.class.getClassLoader(), "dev");
        assertThat(routes.answer(Request.of("GET", "/dev/twelvefactor/http")).status())
                .isEqualTo(404);
        assertThat(get("/jar/maven").statusCode()).isEqualTo(404);
        assertThat(get("/own/nothing.css").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(request(path).uri()).headers(headers).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void leaves_a_prefix_to_a_handler_of_undertow_and_closes_its_web_sockets_in_the_drain() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket socket = openEchoing(received);
        for (int i = 0; i < 3; i++) {
            socket.sendText("message " + i, true).get();
            assertThat(received.take()).isEqualTo("echo message " + i);
        }
        assertThat(get("/").body()).isEqualTo("quick");
        assertThat(get("/socket").statusCode()).isGreaterThanOrEqualTo(400);
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(received.take()).isEqualTo("closed 1001");
    }

    @Test
    void closes_no_web_socket_to_make_room_for_a_connection() throws Exception {
        environment.put("HTTP_MAX_CONNECTIONS", "1");
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        WebSocket socket = openEchoing(received);
        assertThat(get("/").statusCode()).isEqualTo(503);
        socket.sendText("message", true).get();
        assertThat(received.take()).isEqualTo("echo message");
    }

    /** A WebSocket to a server that sends back what it gets. */
    private WebSocket openEchoing(BlockingQueue<String> received) throws Exception {
        routes.undertow("/socket", Handlers.websocket((exchange, channel) -> {
            channel.getReceiveSetter().set(new AbstractReceiveListener() {
                @Override
                protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                    WebSockets.sendText("echo " + message.getData(), from, null);
                }
            });
            channel.resumeReceives();
        }));
        routes.get("/", request -> Response.text("quick"));
        start();
        return client.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/socket"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        received.add(data.toString());
                        from.request(1);
                        return CompletableFuture.completedStage(null);
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                        received.add("closed " + status);
                        return CompletableFuture.completedStage(null);
                    }
                })
                .get();
    }

    @Test
    void gives_up_a_client_that_does_not_read_and_frees_its_place() throws Exception {
        environment.put("HTTP_WRITE_TIMEOUT", "500ms");
        environment.put("HTTP_MAX_CONCURRENT_REQUESTS", "1");
        CountDownLatch broken = new CountDownLatch(1);
        routes.get(
                "/endless",
                request -> Response.stream("text/plain", out -> {
                    try {
                        while (true) {
                            out.write(new byte[10_000]);
                        }
                    } finally {
                        broken.countDown();
                    }
                }));
        routes.get("/", request -> Response.text("quick"));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /endless HTTP/1.1\r\nHost: h\r\n\r\n");
            broken.await();
        }
        while (get("/").statusCode() == 503) {
            Thread.sleep(10);
        }
        assertThat(get("/").body()).isEqualTo("quick");
    }

    @Test
    void waits_for_a_writer_that_pauses() throws Exception {
        environment.put("HTTP_WRITE_TIMEOUT", "300ms");
        routes.get(
                "/pausing",
                request -> Response.stream("text/plain", out -> {
                    for (int i = 0; i < 3; i++) {
                        lines(out, 1);
                        out.flush();
                        Thread.sleep(1000);
                    }
                }));
        start();
        assertThat(get("/pausing").body()).isEqualTo("line 0\n".repeat(3));
    }

    @Test
    void ends_a_stream_of_events_that_opens_while_it_drains() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch draining = new CountDownLatch(1);
        routes.get("/events", request -> {
            begun.countDown();
            draining.await();
            Thread.sleep(100);
            return Response.events(events -> {
                while (events.open()) {
                    Thread.sleep(10_000);
                }
            });
        });
        start();
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(request("/events"), HttpResponse.BodyHandlers.ofString());
        begun.await();
        lifecycle.onDrainRequest(draining::countDown);
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(response.handle((answer, broken) -> "ended").get()).isEqualTo("ended");
    }
}
