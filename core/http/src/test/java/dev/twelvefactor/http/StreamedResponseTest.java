package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a streamed response ends, and what is left of it. */
@Timeout(60)
class StreamedResponseTest {
    private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> environment = new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
    private RunningServer server;

    private void start() {
        server = new RunningServer(routes, environment, lifecycle);
    }

    /** Starts, and loads the classes of a request, which on a busy machine takes longer than a short timeout: the handler would not be called then. */
    private void startWithShortTimeout() throws Exception {
        routes.get("/warm-up", request -> Response.noContent());
        start();
        while (send("GET", "/warm-up").statusCode() != 204) {
            // It took too long.
        }
    }

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(
                server.request(path)
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** What a handler opens for its writer. */
    private static final class Resource implements AutoCloseable {
        private final AtomicInteger closed = new AtomicInteger();
        private final CountDownLatch once = new CountDownLatch(1);

        void writeTo(OutputStream out) throws IOException {
            out.write(HELLO);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            once.countDown();
        }

        void assertClosedOnce() throws InterruptedException {
            once.await();
            assertThat(closed).hasValue(1);
        }
    }

    @Test
    void keeps_the_connection_if_a_writer_fails_when_the_client_has_got_all_of_it() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        routes.get("/known", request -> Response.status(200).withBody(new Body.Stream(HELLO.length, out -> {
            out.write(HELLO);
            out.close();
            asked.await();
            throw new IOException("the source cannot be closed");
        })));
        routes.get("/next", request -> Response.text("next"));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /known HTTP/1.1\r\nHost: h\r\n\r\n");
            socket.readUntil("\r\n\r\nhello");
            socket.send("GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            asked.countDown();
            assertThat(socket.readAll()).startsWith("HTTP/1.1 200").endsWith("next");
        }
    }

    @Test
    void does_not_let_a_part_pass_for_the_whole_if_a_writer_closes_its_output_as_it_fails() throws Exception {
        routes.get(
                "/part",
                request -> Response.stream("text/plain", out -> {
                    try (out) {
                        out.write(HELLO);
                        throw new IOException("the source has gone");
                    }
                }));
        routes.get("/next", request -> Response.text("next"));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /part HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(socket.readAll()).endsWith("\r\n05\r\nhello\r\n");
        }
        assertThat(send("GET", "/next").body()).isEqualTo("next");
    }

    @Test
    void refuses_what_is_written_after_the_close() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        routes.get(
                "/",
                request -> Response.stream("text/plain", out -> {
                    out.write(HELLO);
                    out.close();
                    out.flush();
                    out.close();
                    try {
                        out.write('!');
                    } catch (IOException e) {
                        thrown.complete(e);
                    }
                }));
        start();
        assertThat(send("GET", "/").body()).isEqualTo("hello");
        assertThat(send("GET", "/").body()).isEqualTo("hello");
        assertThat(thrown.get()).hasMessage("the response has been closed");
    }

    @Test
    void answers_with_the_status_of_what_a_writer_throws_before_its_first_byte() throws Exception {
        routes.get(
                "/gone",
                request -> Response.stream("text/plain", out -> {
                    out.write(HELLO);
                    throw new HttpException(410, "It has been deleted.");
                }));
        routes.get(
                "/sold-out/{item}",
                request -> Response.stream("text/plain", out -> {
                    throw new IllegalStateException("sold out");
                }));
        routes.get(
                "/again",
                request -> Response.stream("text/plain", out -> {
                    throw new UnsupportedOperationException();
                }));
        routes.onError(IllegalStateException.class, (request, e) -> Response.problem(409, request.path("item")));
        routes.onError(
                UnsupportedOperationException.class,
                (request, e) -> Response.stream("text/plain", out -> out.write(HELLO)));
        start();
        HttpResponse<String> gone = send("GET", "/gone");
        assertThat(gone.statusCode()).isEqualTo(410);
        assertThat(gone.body()).contains("It has been deleted.");
        HttpResponse<String> soldOut = send("GET", "/sold-out/chair");
        assertThat(soldOut.statusCode()).isEqualTo(409);
        assertThat(soldOut.body()).contains("\"detail\":\"chair\"");
        assertThat(send("GET", "/again").statusCode()).isEqualTo(500);
    }

    @Test
    void closes_what_a_handler_opened_whatever_becomes_of_the_response() throws Exception {
        Map<String, Resource> opened = new HashMap<>();
        for (String path : new String[] {
            "/whole", "/head", "/g2/not-modified", "/g3/replaced", "/g4/filter-fails", "/fails", "/quick", "/g1/zip"
        }) {
            opened.put(path, new Resource());
        }
        Handler handler = request -> {
            Resource resource = opened.get(request.path());
            return Response.stream("text/plain", resource, resource::writeTo);
        };
        routes.get("/whole", handler).get("/head", handler);
        routes.get(
                "/fails",
                request -> Response.stream("text/plain", opened.get("/fails"), out -> {
                    throw new IOException("no source");
                }));
        routes.nonBlocking(quick -> quick.get("/quick", handler));
        routes.group("/g1", group -> group.filter(new Gzip()).get("/zip", handler));
        routes.group("/g2", group -> group.filter(
                        (request, next) -> next.handle(request).withStatus(304))
                .get("/not-modified", handler));
        routes.group("/g3", group -> group.filter((request, next) -> {
                    next.handle(request);
                    return Response.text("replaced");
                })
                .get("/replaced", handler));
        routes.group("/g4", group -> group.filter((request, next) -> {
                    next.handle(request);
                    throw new IllegalStateException("the filter fails");
                })
                .get("/filter-fails", handler));
        start();
        assertThat(send("GET", "/whole").body()).isEqualTo("hello");
        assertThat(send("HEAD", "/head").statusCode()).isEqualTo(200);
        assertThat(send("GET", "/g2/not-modified").statusCode()).isEqualTo(304);
        assertThat(send("GET", "/g3/replaced").body()).isEqualTo("replaced");
        assertThat(send("GET", "/g4/filter-fails").statusCode()).isEqualTo(500);
        assertThat(send("GET", "/fails").statusCode()).isEqualTo(500);
        assertThat(send("GET", "/quick").statusCode()).isEqualTo(500);
        HttpRequest zipped =
                server.request("/g1/zip").header("Accept-Encoding", "gzip").build();
        assertThat(client.send(zipped, HttpResponse.BodyHandlers.ofByteArray())
                        .headers()
                        .firstValue("Content-Encoding"))
                .contains("gzip");
        for (Map.Entry<String, Resource> each : opened.entrySet()) {
            each.getValue().assertClosedOnce();
        }
    }

    @Test
    void closes_what_a_handler_opened_if_there_are_too_many_streams() throws Exception {
        environment.put("HTTP_MAX_STREAMS", "1");
        Resource resource = new Resource();
        routes.get("/shed", request -> Response.stream("text/plain", resource, resource::writeTo));
        CountDownLatch holding = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        routes.get(
                "/holding",
                request -> Response.stream("text/plain", out -> {
                    holding.countDown();
                    release.await();
                }));
        start();
        CompletableFuture<HttpResponse<String>> first =
                client.sendAsync(server.request("/holding").build(), HttpResponse.BodyHandlers.ofString());
        holding.await();
        assertThat(send("GET", "/shed").statusCode()).isEqualTo(503);
        release.countDown();
        assertThat(first.get().statusCode()).isEqualTo(200);
        resource.assertClosedOnce();
    }

    @Test
    void closes_what_a_handler_opened_that_came_too_late() throws Exception {
        environment.put("HTTP_REQUEST_TIMEOUT", "300ms");
        Resource resource = new Resource();
        routes.get("/", request -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // It opens its cursor all the same.
            }
            return Response.stream("text/plain", resource, resource::writeTo);
        });
        startWithShortTimeout();
        assertThat(send("GET", "/").statusCode()).isEqualTo(503);
        resource.assertClosedOnce();
    }

    @Test
    void closes_what_a_handler_opened_when_a_test_has_read_the_body() throws Exception {
        Resource resource = new Resource();
        routes.get("/", request -> Response.stream("text/plain", resource, resource::writeTo));
        assertThat(routes.answer(Request.of("GET", "/")).text()).isEqualTo("hello");
        resource.assertClosedOnce();
    }

    @Test
    void goes_on_if_what_a_handler_opened_cannot_be_closed() throws Exception {
        routes.get(
                "/",
                request -> Response.stream(
                        "text/plain",
                        () -> {
                            throw new IOException("the cursor is stuck");
                        },
                        out -> out.write(HELLO)));
        start();
        assertThat(send("GET", "/").body()).isEqualTo("hello");
        assertThat(send("GET", "/").body()).isEqualTo("hello");
    }

    /** Takes a moment to be closed, as what asks a server for it does, and can be interrupted in that. */
    private static final class SlowResource implements AutoCloseable {
        private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

        @Override
        public void close() {
            try {
                Thread.sleep(300);
                closed.complete(true);
            } catch (InterruptedException e) {
                closed.complete(false);
            }
        }
    }

    @Test
    void interrupts_no_close_of_what_a_handler_opened_when_the_response_breaks_off() throws Exception {
        SlowResource resource = new SlowResource();
        routes.get(
                "/",
                request -> Response.stream("text/plain", resource, out -> {
                    out.write(HELLO);
                    out.flush();
                    throw new IOException("the source has gone");
                }));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(socket.readAll()).endsWith("hello\r\n");
        }
        assertThat(resource.closed.get()).isTrue();
    }

    @Test
    void interrupts_no_close_of_what_a_handler_opened_that_came_too_late() throws Exception {
        environment.put("HTTP_REQUEST_TIMEOUT", "1s");
        SlowResource resource = new SlowResource();
        CountDownLatch answered = new CountDownLatch(1);
        routes.get("/", request -> {
            while (answered.getCount() > 0 || !Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return Response.stream("text/plain", resource, out -> out.write(HELLO));
        });
        startWithShortTimeout();
        assertThat(send("GET", "/").statusCode()).isEqualTo(503);
        answered.countDown();
        assertThat(resource.closed.get()).isTrue();
    }

    /** A response whose writer waits for something that never comes; it ends by the interrupt. */
    private Resource waiting(String path, CountDownLatch begun, byte... before) {
        Resource resource = new Resource();
        routes.get(
                path,
                request -> Response.stream("text/plain", resource, out -> {
                    out.write(before);
                    if (before.length > 0) {
                        out.flush();
                    }
                    begun.countDown();
                    new CountDownLatch(1).await();
                }));
        return resource;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello"})
    void tells_a_writer_that_waits_that_its_client_has_reset_the_connection(String sentBefore) throws Exception {
        environment.put("HTTP_MAX_STREAMS", "1");
        CountDownLatch begun = new CountDownLatch(1);
        Resource resource = waiting("/waiting", begun, sentBefore.getBytes(StandardCharsets.UTF_8));
        routes.get("/", request -> Response.stream("text/plain", out -> out.write(HELLO)));
        start();
        reset("/waiting", begun);
        resource.assertClosedOnce();
        HttpResponse<String> next;
        do {
            // The place is given back a moment after the close.
            next = send("GET", "/");
        } while (next.statusCode() == 503);
        assertThat(next.body()).isEqualTo("hello");
    }

    /** Asks for something, waits, and resets the connection. */
    private void reset(String path, CountDownLatch begun) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            begun.await();
            socket.setSoLinger(true, 0);
        }
    }

    @Test
    void tells_a_writer_that_begins_that_its_client_has_reset_the_connection_before() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Resource resource = new Resource();
        routes.get("/", request -> {
            begun.countDown();
            gone.await();
            return Response.stream("text/plain", resource, out -> new CountDownLatch(1).await());
        });
        start();
        reset("/", begun);
        gone.countDown();
        resource.assertClosedOnce();
    }

    @Test
    void tells_a_writer_that_waits_that_its_client_has_closed_the_connection() throws Exception {
        environment.put("HTTP_HEARTBEAT", "300ms");
        CountDownLatch begun = new CountDownLatch(1);
        Resource resource = waiting("/", begun, HELLO);
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            socket.readUntil("hello\r\n");
        }
        resource.assertClosedOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.1"})
    void goes_on_for_a_client_that_has_only_ended_its_own_side(String version) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        routes.get(
                "/",
                request -> Response.stream("text/plain", out -> {
                    ended.await();
                    for (byte b : HELLO) {
                        out.write(b);
                        out.flush();
                        Thread.sleep(30);
                    }
                }));
        start();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write(("GET / " + version + "\r\nHost: h\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            ended.countDown();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(answer.replaceAll("\r\n0?[01]\r\n", "").replace("\r\n", ""))
                    .contains(" 200 OK")
                    .endsWith("hello");
        }
    }

    @Test
    void answers_what_a_client_sends_ahead_while_a_stream_is_written() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        routes.get(
                "/stream",
                request -> Response.stream("text/plain", out -> {
                    out.write(HELLO);
                    out.flush();
                    begun.countDown();
                    sent.await();
                    Thread.sleep(100);
                }));
        routes.post(
                "/{n}",
                request ->
                        Response.text("<" + request.path("n") + request.text().length() + ">"));
        start();
        try (RawClient socket = server.connect()) {
            socket.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n");
            begun.await();
            String body = "x".repeat(5000);
            for (String name : new String[] {"a", "b"}) {
                socket.send("POST /" + name + " HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + body);
            }
            socket.send("POST /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 5000\r\n\r\n" + body);
            sent.countDown();
            assertThat(socket.readAll()).containsSubsequence("hello", "<a5000>", "<b5000>", "<c5000>");
        }
    }

    @Test
    void ends_a_response_of_a_status_that_has_no_content_without_any() throws Exception {
        routes.get(
                "/{status}", request -> Response.text("content").withStatus(request.path("status", Integer::valueOf)));
        routes.get("/stream/{status}", request -> Response.stream("text/plain", out -> out.write(HELLO))
                .withStatus(request.path("status", Integer::valueOf)));
        start();
        for (String status : new String[] {"204", "205", "304"}) {
            for (String method : new String[] {"GET", "HEAD"}) {
                for (String path : new String[] {"/", "/stream/"}) {
                    try (RawClient socket = server.connect()) {
                        String request = method + " " + path + status + " HTTP/1.1\r\nHost: h\r\n";
                        socket.send(request + "\r\n" + request + "Connection: close\r\n\r\n");
                        String answers = socket.readAll();
                        assertThat(answers.split("HTTP/1.1 " + status, -1))
                                .as(answers)
                                .hasSize(3);
                        assertThat(answers)
                                .as(method + path + status)
                                .endsWith("\r\n\r\n")
                                .doesNotContain("Transfer-Encoding")
                                .doesNotContain("hello")
                                .doesNotContain("content\r")
                                .doesNotContain("\r\n\r\ncontent");
                        if (status.equals("204")) {
                            assertThat(answers).doesNotContain("Content-Length");
                        }
                        if (status.equals("205") && method.equals("GET")) {
                            assertThat(answers).contains("Content-Length: 0\r\n");
                        }
                    }
                }
            }
        }
    }
}
