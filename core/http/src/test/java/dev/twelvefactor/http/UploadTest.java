package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that handlers read as they come. */
@Timeout(60)
class UploadTest {
    private static final DataSize LARGEST = DataSize.parse("100MiB");

    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> environment =
            new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "HTTP_MAX_BODY", "10"));
    private RunningServer server;

    private void start() {
        server = new RunningServer(routes, environment, lifecycle);
    }

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    private void streaming(String template, Handler handler) {
        routes.streaming(LARGEST, group -> group.post(template, handler));
    }

    private HttpResponse<String> post(String path, HttpRequest.BodyPublisher body)
            throws IOException, InterruptedException {
        return client.send(server.request(path).POST(body).build(), HttpResponse.BodyHandlers.ofString());
    }

    private RawClient connect() throws IOException {
        return server.connect();
    }

    /** A handler that counts bytes, and what it meets instead of their end. */
    private CompletableFuture<Throwable> countingUnlessThrown() {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        streaming("/count", request -> {
            try {
                return Response.text(Long.toString(count(request.stream())));
            } catch (IOException e) {
                thrown.complete(e);
                throw e;
            }
        });
        return thrown;
    }

    private static long count(InputStream in) throws IOException {
        byte[] piece = new byte[10_000];
        long bytes = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            bytes += read;
        }
        return bytes;
    }

    @Test
    void reads_a_body_of_any_size_and_keeps_the_connection() throws Exception {
        streaming("/count", request -> Response.text(Long.toString(count(request.stream()))));
        routes.post("/small", request -> Response.text(request.text()));
        start();
        for (int size : new int[] {0, 1, 11, 50_000_000}) {
            assertThat(post("/count", HttpRequest.BodyPublishers.ofByteArray(new byte[size]))
                            .body())
                    .isEqualTo(Integer.toString(size));
        }
        HttpRequest.BodyPublisher chunked =
                HttpRequest.BodyPublishers.ofInputStream(() -> InputStream.nullInputStream());
        assertThat(post("/count", chunked).body()).isEqualTo("0");
        assertThat(post("/small", HttpRequest.BodyPublishers.ofString("0123456789"))
                        .body())
                .isEqualTo("0123456789");
        assertThat(post("/small", HttpRequest.BodyPublishers.ofString("0123456789a"))
                        .statusCode())
                .isEqualTo(413);
        try (RawClient socket = connect()) {
            socket.send("POST /count?a=/b HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n" + "x".repeat(20));
            socket.send("POST http://h/count HTTP/1.1\r\nHost: h\r\nContent-Length: 21\r\n\r\n" + "x".repeat(21));
            socket.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 104857601\r\n\r\n");
            assertThat(socket.readAll()).contains("\r\n\r\n20HTTP/1.1 200", "\r\n\r\n21HTTP/1.1 413");
        }
    }

    @Test
    void refuses_before_the_body_is_sent() throws Exception {
        routes.filter((request, next) -> request.header("Authorization").isPresent()
                ? next.handle(request)
                : Response.problem(401, "Who are you?"));
        streaming("/count", request -> Response.text(Long.toString(count(request.stream()))));
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /count HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
            assertThat(socket.readAll()).startsWith("HTTP/1.1 401").contains("Connection: close", "Who are you?");
        }
        try (RawClient socket = connect()) {
            socket.send(
                    "POST /count HTTP/1.1\r\nHost: h\r\nAuthorization: x\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            assertThat(new String(socket.in().readNBytes(25), StandardCharsets.ISO_8859_1))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            socket.send("abc");
            assertThat(socket.readAll()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n3");
        }
    }

    @Test
    void answers_before_the_end_of_a_body_that_it_does_not_want() throws Exception {
        streaming(
                "/first",
                request -> Response.text("first " + (char) request.stream().read()));
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /first HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\nab");
            assertThat(socket.readAll())
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close")
                    .endsWith("first a");
        }
    }

    @Test
    void ends_a_streamed_answer_and_one_to_head_though_the_body_is_not_read() throws Exception {
        streaming("/streamed", request -> Response.stream("text/plain", out -> out.write('x')));
        routes.streaming(LARGEST, group -> group.get("/head", request -> Response.text("x")));
        start();
        for (String request : new String[] {
            "POST /streamed HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na",
            "POST /streamed HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
            "POST /streamed HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na",
            "HEAD /head HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na"
        }) {
            try (RawClient socket = connect()) {
                socket.send(request);
                assertThat(socket.readAll())
                        .as(request)
                        .startsWith("HTTP/1.1 200")
                        .endsWith(request.startsWith("HEAD") ? "\r\n\r\n" : "01\r\nx\r\n0\r\n\r\n");
            }
        }
    }

    @Test
    void gives_all_of_an_early_answer_however_large() throws Exception {
        streaming("/large", request -> Response.bytes("text/plain", new byte[5_000_000]));
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\na");
            socket.readUntil("\r\n\r\n");
            Thread.sleep(3000);
            assertThat(socket.in().readAllBytes()).hasSize(5_000_000);
        }
    }

    @Test
    void keeps_the_connection_of_a_handler_that_stops_exactly_at_the_end() throws Exception {
        streaming(
                "/three", request -> Response.text(new String(request.stream().readNBytes(3), StandardCharsets.UTF_8)));
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /three HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
            socket.readUntil("\r\n\r\nabc");
            socket.send("POST /three HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\ndef");
            assertThat(socket.readAll()).endsWith("def");
        }
    }

    @Test
    void holds_a_client_that_drips_to_the_least_rate_and_keeps_threads_for_others() throws Exception {
        environment.put("HTTP_PARSE_TIMEOUT", "1s");
        environment.put("HTTP_MIN_BODY_RATE", "100");
        environment.put("HTTP_WORKER_THREADS", "1");
        streaming("/count", request -> Response.text(Long.toString(count(request.stream()))));
        routes.get("/", request -> Response.text("quick"));
        start();
        try (RawClient dripping = connect();
                RawClient other = connect()) {
            dripping.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
            other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            other.readUntil("quick");
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return dripping.readAll();
                } catch (IOException e) {
                    return e.toString();
                }
            });
            for (int i = 0; i < 50 && !answer.isDone(); i++) {
                dripping.send("x");
                Thread.sleep(100);
            }
            assertThat(answer.get()).startsWith("HTTP/1.1 408");
        }
    }

    @Test
    void has_the_usual_limit_where_another_handler_answers() throws Exception {
        routes.streaming(LARGEST, group -> group.post("/{all*}", request -> Response.noContent()));
        routes.undertow("/up/raw", exchange -> exchange.getResponseSender().send("raw"));
        start();
        String body = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 11\r\n\r\n01234567890";
        for (String target :
                new String[] {"/up/raw", "/up/raw/x", "/up/r%61w", "http://h/up/raw?a", "/health/live", "/health/l%69ve"
                }) {
            try (RawClient socket = connect()) {
                socket.send("POST " + target + body);
                assertThat(socket.readAll()).as(target).startsWith("HTTP/1.1 413");
            }
        }
        for (String target : new String[] {"/up", "/up/rawer", "/up/raw;x", "/up%2Fraw2", "/healthy"}) {
            try (RawClient socket = connect()) {
                socket.send("POST " + target + body);
                assertThat(socket.readAll()).as(target).startsWith("HTTP/1.1 204");
            }
        }
    }

    @Test
    void fails_a_read_at_once_when_the_answer_has_been_given() throws Exception {
        environment.put("HTTP_REQUEST_TIMEOUT", "300ms");
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        streaming("/stubborn", request -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                try {
                    thrown.complete(new AssertionError(request.stream().read()));
                } catch (IOException gone) {
                    thrown.complete(gone);
                }
            }
            return Response.noContent();
        });
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /stubborn HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
            assertThat(socket.readAll()).startsWith("HTTP/1.1 503");
        }
        assertThat(thrown.get()).isInstanceOf(ClientGoneException.class);
    }

    @Test
    void takes_no_more_than_is_read() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        streaming("/late", request -> {
            go.await();
            return Response.text(Long.toString(count(request.stream())));
        });
        environment.put("HTTP_PARSE_TIMEOUT", "300ms");
        start();
        AtomicLong sent = new AtomicLong();
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try (RawClient socket = connect()) {
                socket.send("POST /late HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 50000000\r\n\r\n");
                byte[] piece = new byte[10_000];
                for (int i = 0; i < 5000; i++) {
                    socket.send(piece);
                    sent.addAndGet(piece.length);
                }
                return socket.readAll();
            } catch (IOException e) {
                return e.toString();
            }
        });
        // Longer than a slow body may take: it is not the client that is slow.
        long before;
        do {
            before = sent.get();
            Thread.sleep(800);
        } while (sent.get() > before);
        assertThat(before).isLessThan(20_000_000);
        go.countDown();
        assertThat(answer.get()).endsWith("50000000");
    }

    @Test
    void refuses_a_body_that_comes_too_slowly_and_tells_the_handler() throws Exception {
        CompletableFuture<Throwable> thrown = countingUnlessThrown();
        environment.put("HTTP_PARSE_TIMEOUT", "300ms");
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx");
            assertThat(socket.readAll()).startsWith("HTTP/1.1 408");
        }
        assertThat(thrown.get()).isInstanceOf(ClientGoneException.class);
        try (RawClient socket = connect()) {
            socket.send("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense");
            assertThat(socket.readAll()).startsWith("HTTP/1.1 400");
        }
    }

    @Test
    void tells_the_handler_that_the_client_has_gone() throws Exception {
        CompletableFuture<Throwable> thrown = countingUnlessThrown();
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx");
        }
        assertThat(thrown.get()).isInstanceOf(ClientGoneException.class);
    }

    @Test
    void counts_the_time_for_the_answer_from_the_last_piece() throws Exception {
        environment.put("HTTP_REQUEST_TIMEOUT", "1s");
        streaming("/count", request -> Response.text(Long.toString(count(request.stream()))));
        streaming("/stuck", request -> {
            new CountDownLatch(1).await();
            return Response.noContent();
        });
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /count HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 8\r\n\r\n");
            for (int i = 0; i < 8; i++) {
                Thread.sleep(300);
                socket.send("x");
            }
            assertThat(socket.readAll()).startsWith("HTTP/1.1 200").endsWith("8");
        }
        try (RawClient socket = connect()) {
            socket.send("POST /stuck HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nx");
            assertThat(socket.readAll()).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void writes_while_it_reads() throws Exception {
        streaming(
                "/upper",
                request -> Response.stream("text/plain", out -> {
                    InputStream in = request.stream();
                    for (int b = in.read(); b >= 0; b = in.read()) {
                        out.write(Character.toUpperCase(b));
                        out.flush();
                    }
                }));
        start();
        try (RawClient socket = connect()) {
            socket.send("POST /upper HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 3\r\n\r\na");
            socket.readUntil("\r\nA\r\n");
            socket.send("bc");
            assertThat(socket.readAll()).isEqualTo("01\r\nB\r\n01\r\nC\r\n0\r\n\r\n");
        }
    }

    @Test
    void holds_no_body_of_such_a_route_in_memory() throws Exception {
        streaming("/text", request -> Response.text(request.text()));
        start();
        assertThat(post("/text", HttpRequest.BodyPublishers.ofString("x")).statusCode())
                .isEqualTo(500);
        assertThat(routes.answer(Request.of("POST", "/text").withBody("text/plain", "x"))
                        .text())
                .isEqualTo("x");
    }

    @Test
    void reads_a_form_with_files() throws Exception {
        streaming("/form", request -> {
            Multipart form = request.multipart();
            StringBuilder seen = new StringBuilder();
            for (var part = form.next(); part.isPresent(); part = form.next()) {
                seen.append(part.get().name())
                        .append(' ')
                        .append(count(part.get().stream()))
                        .append('\n');
            }
            return Response.text(seen.toString());
        });
        start();
        String body =
                "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"
                        + "y".repeat(5_000_000) + "\r\n--b--\r\n";
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/form"))
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.body()).isEqualTo("a 1\nf 5000000\n");
        HttpResponse<String> next = post("/form", HttpRequest.BodyPublishers.ofString("x"));
        assertThat(next.statusCode()).isEqualTo(415);
    }
}
