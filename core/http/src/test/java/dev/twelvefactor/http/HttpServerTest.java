package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.lifecycle.DrainReport;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.VirtualThreads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpServerTest {
    private final Routes routes = new Routes();
    private final Map<String, String> environment = new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Socket> sockets = new ArrayList<>();
    private Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private RunningServer server;

    private void start() {
        server = new RunningServer(routes, environment, lifecycle);
    }

    @AfterEach
    void stop() throws IOException {
        lifecycle.drain();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private HttpRequest.Builder request(String path) {
        return server.request(path);
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Everything up to the close, or one whole response if it has a length. */
    private static String readResponse(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (true) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            bytes.write(b);
            String text = bytes.toString(StandardCharsets.ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            if (head >= 0) {
                Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(text.substring(0, head));
                if (length.find() && text.length() >= head + 4 + Integer.parseInt(length.group(1))) {
                    break;
                }
            }
        }
        return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void answers_blocking_and_nonblocking_handlers() throws Exception {
        routes.get("/blocking", request -> Response.text(Thread.currentThread().getName()));
        routes.nonBlocking(group -> group.get(
                "/quick", request -> Response.text(Thread.currentThread().getName())));
        routes.post("/echo", request -> Response.bytes("application/octet-stream", request.body()));
        start();
        assertThat(send(request("/blocking").build()).body()).startsWith("request");
        assertThat(send(request("/quick").build()).body()).startsWith("http I/O");
        String large = "x".repeat(500_000);
        assertThat(send(request("/echo")
                                .POST(HttpRequest.BodyPublishers.ofString(large))
                                .build())
                        .body())
                .isEqualTo(large);
        assertThat(send(request("/echo")
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build())
                        .body())
                .isEmpty();
        HttpResponse<String> head = send(request("/blocking")
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void splits_a_path_before_it_decodes_it() throws Exception {
        routes.get("/p/{x}", request -> Response.text(request.path() + " " + request.path("x")));
        routes.get("/admin", request -> Response.text("admin"));
        start();
        assertThat(send(request("/p/a%2Fb").build()).body()).isEqualTo("/p/a/b a/b");
        assertThat(send(request("/p/a%252Fb").build()).body()).isEqualTo("/p/a%2Fb a%2Fb");
        assertThat(send(request("/p/gr%C3%BC%C3%9F+e;v=1?q=1").build()).body()).isEqualTo("/p/grüß+e;v=1 grüß+e;v=1");
        assertThat(send(request("/p/%E4").build()).statusCode()).isEqualTo(400);
        assertThat(send(request("/admin;x").build()).statusCode()).isEqualTo(404);
        Socket socket = connect();
        write(socket, "GET http://h/p/z HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(socket)).endsWith("/p/z z");
    }

    @Test
    void decodes_once_what_browsers_leave_as_it_is() throws Exception {
        routes.get(
                "/p/{x}",
                request -> Response.text(
                        request.path("x") + " " + request.query("q").orElse("")));
        routes.undertow("/raw", exchange -> exchange.getResponseSender()
                .send(exchange.getRequestURI() + " " + exchange.getQueryString()));
        start();
        Socket socket = connect();
        write(socket, "GET /p/a|%257C%2F^?q={%257D}|^`\\%2B+ HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(socket)).endsWith("a|%7C/^ {%7D}|^`\\+ ");
        write(socket, "GET /raw/a|%257C%2F^?q={%257D}| HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(socket)).endsWith("/raw/a|%257C%2F^ q={%257D}|");
    }

    @Test
    void answers_pipelined_requests_in_their_order() throws Exception {
        routes.get("/{n}", request -> Response.text("<" + request.path("n") + ">"));
        start();
        Socket socket = connect();
        write(
                socket,
                "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(all).containsSubsequence("<1>", "<2>", "<3>");
    }

    @Test
    void asks_for_the_body_of_a_client_that_waits_to_send_it() throws Exception {
        routes.post("/echo", request -> Response.text(request.text()));
        start();
        Socket socket = connect();
        write(socket, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        byte[] interim = socket.getInputStream().readNBytes("HTTP/1.1 100 Continue\r\n\r\n".length());
        assertThat(new String(interim, StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 100");
        write(socket, "abc");
        assertThat(readResponse(socket)).startsWith("HTTP/1.1 200").endsWith("abc");
    }

    @Test
    void refuses_a_body_over_the_limit_so_that_the_client_can_read_it() throws Exception {
        environment.put("HTTP_MAX_BODY", "1000");
        routes.post("/echo", request -> Response.text(request.text()));
        start();
        Socket announced = connect();
        write(announced, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000000\r\n\r\n");
        assertThat(readResponse(announced)).startsWith("HTTP/1.1 413").contains("The body is larger than 1000 bytes.");
        Socket waiting = connect();
        write(waiting, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
        assertThat(new String(waiting.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 413");
        Socket chunked = connect();
        write(chunked, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 3; i++) {
            write(chunked, "200\r\n" + "x".repeat(0x200) + "\r\n");
        }
        assertThat(readResponse(chunked)).startsWith("HTTP/1.1 413");
    }

    @Test
    void takes_a_body_as_large_as_it_is_told_to() throws Exception {
        environment.put("HTTP_MAX_BODY", "5MiB");
        routes.post("/echo", request -> Response.text("" + request.body().length));
        start();
        HttpRequest.BodyPublisher threeMegabytes = HttpRequest.BodyPublishers.ofByteArray(new byte[3 << 20]);
        assertThat(send(request("/echo").POST(threeMegabytes).build()).body()).isEqualTo("3145728");
        HttpRequest.BodyPublisher chunked = HttpRequest.BodyPublishers.fromPublisher(threeMegabytes);
        assertThat(send(request("/echo").POST(chunked).build()).body()).isEqualTo("3145728");
    }

    @Test
    void refuses_a_body_that_comes_too_slowly() throws Exception {
        environment.put("HTTP_PARSE_TIMEOUT", "300ms");
        environment.put("HTTP_MIN_BODY_RATE", "1MiB");
        routes.post("/echo", request -> Response.text(request.text()));
        start();
        Socket socket = connect();
        write(socket, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 408")
                .contains("The body comes too slowly.");
    }

    @Test
    void closes_a_connection_that_lies_idle() throws Exception {
        environment.put("HTTP_IDLE_TIMEOUT", "300ms");
        routes.get("/", request -> Response.text("quick"));
        start();
        Socket fresh = connect();
        Socket used = connect();
        write(used, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(used)).endsWith("quick");
        assertThat(used.getInputStream().read()).isEqualTo(-1);
        assertThat(fresh.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void announces_that_a_connection_of_http_1_0_is_kept_to_a_client_that_asks_for_it() throws Exception {
        routes.get("/", request -> Response.text("quick"));
        routes.get("/stream", request -> Response.stream("text/plain", out -> out.write('x')));
        routes.nonBlocking(group -> group.get("/none", request -> Response.noContent()));
        routes.undertow("/raw", exchange -> exchange.getResponseSender().send("raw"));
        start();
        Socket kept = connect();
        for (String path : new String[] {"/", "/raw", "/", "/raw"}) {
            write(kept, "GET " + path + " HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            assertThat(readResponse(kept)).as(path).contains("\r\nConnection: keep-alive\r\n");
        }
        write(kept, "HEAD / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        // Its end is the close, since there is no length.
        write(kept, "GET /stream HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        assertThat(new String(kept.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .contains("\r\nConnection: close\r\n")
                .endsWith("\r\n\r\nx");
        Socket closed = connect();
        write(closed, "GET / HTTP/1.0\r\n\r\n");
        assertThat(new String(closed.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .contains("\r\nConnection: close\r\n")
                .endsWith("quick");
        Socket modern = connect();
        write(modern, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(modern)).doesNotContain("Connection:");
    }

    @Test
    void says_close_in_http_1_0_while_it_drains() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch draining = new CountDownLatch(1);
        routes.get("/", request -> {
            begun.countDown();
            draining.await();
            return Response.text("last");
        });
        start();
        Socket socket = connect();
        write(socket, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        begun.await();
        lifecycle.onDrainRequest(draining::countDown);
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(readResponse(socket)).contains("\r\nConnection: close\r\n").endsWith("last");
    }

    @Test
    void makes_room_for_a_connection_by_closing_an_idle_one_and_refuses_it_if_there_is_none() throws Exception {
        environment.put("HTTP_MAX_CONNECTIONS", "2");
        AtomicInteger posted = new AtomicInteger();
        routes.post("/", request -> Response.text("" + posted.incrementAndGet()));
        routes.get("/", request -> Response.text("quick"));
        start();
        Socket idle = connect();
        write(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(idle)).endsWith("quick");
        Socket first = connect();
        write(first, "GET / HTTP/1.1\r\nHo");
        Socket second = connect();
        write(second, "GET / HTTP/1.1\r\nHo");
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
        Socket third = connect();
        write(third, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        assertThat(new String(third.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 503")
                .contains("Retry-After: 1");
        assertThat(posted).hasValue(0);
        write(first, "st: h\r\n\r\n");
        assertThat(readResponse(first)).endsWith("quick");
    }

    @Test
    void makes_room_for_a_connection_whichever_io_thread_has_the_idle_one() throws Exception {
        environment.put("HTTP_MAX_CONNECTIONS", "1");
        environment.put("HTTP_IO_THREADS", "3");
        routes.get("/", request -> Response.text("quick"));
        start();
        Socket idle = connect();
        for (int i = 0; i < 50; i++) {
            write(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(readResponse(idle)).startsWith("HTTP/1.1 200");
            Socket next = connect();
            assertThat(idle.getInputStream().read()).isEqualTo(-1);
            idle = next;
        }
    }

    @Test
    void shares_its_connections_among_its_io_threads() throws Exception {
        environment.put("HTTP_IO_THREADS", "3");
        routes.nonBlocking(group ->
                group.get("/", request -> Response.text(Thread.currentThread().getName())));
        start();
        Set<String> threads = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Socket client = connect();
            write(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            String[] response = readResponse(client).split("\r\n");
            threads.add(response[response.length - 1]);
        }
        assertThat(threads).containsExactlyInAnyOrder("http I/O-1", "http I/O-2", "http I/O-3");
    }

    @Test
    void refuses_more_requests_than_may_be_at_work_and_keeps_health_up() throws Exception {
        environment.put("HTTP_MAX_CONCURRENT_REQUESTS", "1");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        routes.get("/slow", request -> {
            begun.countDown();
            finish.await();
            return Response.text("slow");
        });
        start();
        CompletableFuture<HttpResponse<String>> slow =
                client.sendAsync(request("/slow").build(), HttpResponse.BodyHandlers.ofString());
        begun.await();
        HttpResponse<String> shed = send(request("/slow").build());
        assertThat(shed.statusCode()).isEqualTo(503);
        assertThat(shed.headers().firstValue("Retry-After")).contains("1");
        assertThat(send(request("/health/ready").build()).statusCode()).isEqualTo(200);
        finish.countDown();
        assertThat(slow.get().body()).isEqualTo("slow");
        finish.countDown();
    }

    @Test
    void answers_more_requests_that_come_at_once_than_may_be_at_work_if_each_takes_a_moment() throws Exception {
        int places = 4 * Runtime.getRuntime().availableProcessors();
        environment.put("HTTP_MAX_CONCURRENT_REQUESTS", Integer.toString(places));
        environment.put("HTTP_IO_THREADS", "1");
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        routes.get("/", request -> Response.text("quick"));
        routes.nonBlocking(group -> group.get("/busy", request -> {
            busy.countDown();
            go.await();
            return Response.text("done");
        }));
        start();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 10 * places; i++) {
            Socket client = connect();
            write(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(readResponse(client)).endsWith("quick");
            clients.add(client);
        }
        // While the IO thread is held up, as by a pause of the whole process, all of them send.
        write(connect(), "GET /busy HTTP/1.1\r\nHost: h\r\n\r\n");
        busy.await();
        for (Socket client : clients) {
            write(client, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        }
        go.countDown();
        int answered = 0;
        for (Socket client : clients) {
            String response = readResponse(client);
            answered += response.endsWith("quick") ? 1 : 0;
        }
        // A pool has a queue, which is what is bounded there.
        int least = VirtualThreads.factory("any").isPresent() ? clients.size() : places;
        assertThat(answered).isGreaterThanOrEqualTo(least);
    }

    @Test
    void answers_for_a_handler_that_takes_too_long_and_interrupts_it() throws Exception {
        environment.put("HTTP_REQUEST_TIMEOUT", "300ms");
        CountDownLatch interrupted = new CountDownLatch(1);
        routes.get("/stuck", request -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return Response.text("too late");
        });
        routes.get(
                "/",
                request -> Response.text(Boolean.toString(Thread.currentThread().isInterrupted())));
        start();
        Socket socket = connect();
        write(socket, "GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(socket)).startsWith("HTTP/1.1 503").contains("The answer took too long");
        interrupted.await();
        for (int i = 0; i < 100; i++) {
            write(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(readResponse(socket)).endsWith("false");
        }
    }

    @Test
    void refuses_a_head_that_takes_too_long() throws Exception {
        environment.put("HTTP_PARSE_TIMEOUT", "300ms");
        start();
        Socket socket = connect();
        write(socket, "GET / HTTP/1.1\r\nHo");
        assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                .startsWith("HTTP/1.1 408");
    }

    @Test
    void says_that_a_port_is_taken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("PORT", Integer.toString(taken.getLocalPort()));
            assertThatThrownBy(this::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasCauseInstanceOf(BindException.class);
        }
    }

    @Test
    void serves_health_at_a_port_of_its_own_if_it_has_one() throws Exception {
        environment.put("MANAGEMENT_PORT", "0");
        routes.get("/", request -> Response.text("main"));
        start();
        URI management =
                URI.create("http://127.0.0.1:" + server.managementPort().orElseThrow() + "/health/ready");
        assertThat(send(HttpRequest.newBuilder(management).build()).body())
                .isEqualTo("{\"status\":\"ready\",\"services\":[]}");
        assertThat(send(request("/health/ready").build()).statusCode()).isEqualTo(404);
    }

    @Test
    void loses_no_request_in_a_drain() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        routes.get("/slow", request -> {
            begun.countDown();
            finish.await();
            return Response.text("slow");
        });
        routes.get("/", request -> Response.text("quick"));
        start();
        Socket idle = connect();
        write(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(readResponse(idle)).endsWith("quick").doesNotContain("Connection: close");
        Socket half = connect();
        write(half, "GET / HTTP/1.1\r\nHo");
        Socket slow = connect();
        write(slow, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
        begun.await();

        CompletableFuture<DrainReport> drain = CompletableFuture.supplyAsync(lifecycle::drain);
        assertThat(idle.getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> {
                    while (true) {
                        new Socket(InetAddress.getLoopbackAddress(), server.port()).close();
                    }
                })
                .isInstanceOf(IOException.class);
        write(half, "st: h\r\n\r\n");
        assertThat(readResponse(half))
                .startsWith("HTTP/1.1 200")
                .contains("Connection: close")
                .endsWith("quick");
        assertThat(drain).isNotDone();
        finish.countDown();
        assertThat(readResponse(slow))
                .startsWith("HTTP/1.1 200")
                .contains("Connection: close")
                .endsWith("slow");
        assertThat(drain.get().complete()).isTrue();
    }

    @Test
    void is_not_ready_while_it_drains_and_goes_on_serving_for_the_delay() throws Exception {
        lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ofSeconds(1));
        routes.get("/", request -> Response.text("quick"));
        start();
        CompletableFuture<DrainReport> drain = CompletableFuture.supplyAsync(lifecycle::drain);
        while (lifecycle.state() != Lifecycle.State.DRAINING) {
            Thread.onSpinWait();
        }
        assertThat(send(request("/health/ready").build()).statusCode()).isEqualTo(503);
        HttpResponse<String> during = send(request("/").build());
        assertThat(during.body()).isEqualTo("quick");
        assertThat(during.headers().firstValue("Connection")).contains("close");
        assertThat(send(request("/health/live").build()).statusCode()).isEqualTo(200);
        assertThat(drain.get().complete()).isTrue();
    }

    @Test
    void says_of_each_response_in_the_drain_that_the_connection_is_closed() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> requests = new ArrayList<>();
        for (String method : new String[] {"GET", "HEAD"}) {
            for (String status : new String[] {"200", "204", "205", "304"}) {
                for (String version : new String[] {"1.0", "1.1"}) {
                    requests.add(method + " /" + status + " HTTP/" + version);
                }
            }
        }
        CountDownLatch begun = new CountDownLatch(requests.size());
        routes.get("/{status}", request -> {
            begun.countDown();
            goOn.await();
            return Response.status(request.path("status", Integer::valueOf));
        });
        start();
        Map<String, Socket> sockets = new LinkedHashMap<>();
        for (String request : requests) {
            Socket socket = connect();
            write(socket, request + "\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
            sockets.put(request, socket);
        }
        begun.await();
        CompletableFuture<DrainReport> drain = CompletableFuture.supplyAsync(lifecycle::drain);
        while (lifecycle.state() != Lifecycle.State.DRAINING) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        for (Map.Entry<String, Socket> each : sockets.entrySet()) {
            assertThat(readResponse(each.getValue()))
                    .as(each.getKey())
                    .containsOnlyOnce("Connection:")
                    .contains("Connection: close\r\n");
        }
        assertThat(drain.get().complete()).isTrue();
    }

    @Test
    void names_the_request_that_misses_the_deadline_and_interrupts_it() throws Exception {
        lifecycle = new Lifecycle(Duration.ofSeconds(1), Duration.ZERO);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        routes.get("/stuck", request -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return Response.noContent();
        });
        start();
        write(connect(), "GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n");
        begun.await();
        DrainReport report = lifecycle.drain();
        assertThat(report.unfinished())
                .extracting(unfinished -> unfinished.what())
                .containsExactly("GET /stuck");
        assertThat(report.unfinished().get(0).thread()).isPresent();
        interrupted.await();
    }

    @Test
    void names_the_io_thread_that_a_handler_waits_on_and_interrupts_it() throws Exception {
        lifecycle = new Lifecycle(Duration.ofSeconds(1), Duration.ZERO);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        routes.nonBlocking(group -> group.get("/stuck", request -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return Response.noContent();
        }));
        start();
        write(connect(), "GET /stuck HTTP/1.1\r\nHost: h\r\n\r\n");
        begun.await();
        DrainReport report = lifecycle.drain();
        assertThat(report.complete()).isFalse();
        assertThat(report.unfinished()).singleElement().satisfies(unfinished -> {
            assertThat(unfinished.what())
                    .isEqualTo("a handler that waits on its IO thread (declared by nonBlocking or undertow)");
            assertThat(unfinished.thread().orElseThrow().getName()).startsWith("http I/O-");
        });
        interrupted.await();
    }

    @Test
    void names_a_request_of_which_only_a_part_has_come_by_the_deadline() throws Exception {
        lifecycle = new Lifecycle(Duration.ofSeconds(1), Duration.ZERO);
        routes.get("/", request -> Response.text("quick"));
        routes.post("/echo", request -> Response.text(request.text()));
        start();
        Socket head = connect();
        write(head, "GET / HTTP/1.1\r\nHo");
        Socket body = connect();
        write(body, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
        assertThat(send(request("/").build()).body()).isEqualTo("quick");
        DrainReport report = lifecycle.drain();
        assertThat(report.unfinished())
                .extracting(unfinished -> unfinished.what())
                .containsExactlyInAnyOrder(
                        "a request of which only a part has come", "POST /echo (on its way to or from the client)");
        assertThat(report.complete()).isFalse();
        assertThat(head.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void answers_what_waits_in_the_accept_queue() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        routes.nonBlocking(group -> group.get("/block", request -> {
            blocked.countDown();
            release.await();
            return Response.text("unblocked");
        }));
        routes.get("/", request -> Response.text("quick"));
        start();
        write(connect(), "GET /block HTTP/1.1\r\nHost: h\r\n\r\n");
        blocked.await();
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Socket socket = connect();
            write(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            waiting.add(socket);
        }
        CompletableFuture<DrainReport> drain = CompletableFuture.supplyAsync(lifecycle::drain);
        while (lifecycle.state() != Lifecycle.State.DRAINING) {
            Thread.onSpinWait();
        }
        release.countDown();
        for (Socket socket : waiting) {
            assertThat(readResponse(socket)).startsWith("HTTP/1.1 200");
        }
        assertThat(drain.get().complete()).isTrue();
    }
}
