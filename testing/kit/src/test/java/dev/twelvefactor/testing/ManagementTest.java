package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.twelvefactor.app.App;
import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.telemetry.Trace;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator is told of a running process, and what is told of each request. */
@Timeout(60)
class ManagementTest {
    private static final Logger LOG = LoggerFactory.getLogger("shop.orders");

    private final HttpClient client = HttpClient.newHttpClient();
    private TestApp app;
    private URI management;

    @BeforeEach
    void start() {
        app = TestApp.start(
                App.of("shop").web(routes -> routes.get("/orders/{id}", request -> {
                            LOG.debug("looking for an order");
                            return Response.text(Trace.current().orElseThrow().requestId());
                        })
                        .nonBlocking(quick -> quick.get("/quick", request -> {
                            LOG.info("quick");
                            return Response.text("");
                        }))
                        .streaming(
                                DataSize.parse("1KiB"),
                                large -> large.post(
                                        "/upload",
                                        request -> Response.text(
                                                "" + request.stream().readAllBytes().length)))
                        .post("/orders", request -> Response.text("" + request.body().length))
                        .undertow("/raw", exchange -> {
                            LOG.info("raw");
                            exchange.getResponseSender().send("raw");
                        })
                        .get("/fails", request -> {
                            throw new IllegalStateException("no");
                        })
                        .get(
                                "/streams/{when}",
                                request -> Response.stream(
                                        "text/plain",
                                        () -> {
                                            throw new IOException("it cannot be closed");
                                        },
                                        out -> {
                                            out.write('x');
                                            if (request.path("when").equals("after")) {
                                                out.flush();
                                            }
                                            throw new IllegalStateException("the source has gone");
                                        }))),
                Map.of(
                        "MANAGEMENT_PORT", "0",
                        "RELEASE_ID", "v7",
                        "DYNO", "web.3",
                        "HTTP_LOG_QUERY", "page",
                        "HTTP_LOG_HEADERS", "Accept-Language"));
        management = app.managementAddress().orElseThrow();
    }

    @AfterEach
    void stop() {
        app.close();
    }

    private HttpResponse<String> manage(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(management.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private List<Map<String, Object>> accesses() {
        return Events.parse(app.events()).stream()
                .filter(event -> event.get("logger").equals("http.access"))
                .toList();
    }

    @Test
    void measures_requests_by_their_template_and_status_and_the_process_itself() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(app.get("/orders/" + i).statusCode()).isEqualTo(200);
        }
        assertThat(app.get("/fails").statusCode()).isEqualTo(500);
        assertThat(app.get("/nowhere/" + "x".repeat(20)).statusCode()).isEqualTo(404);
        HttpResponse<String> metrics = manage("GET", "/metrics", "");
        assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain; version=0.0.4");
        assertThat(metrics.body())
                .contains(
                        "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/orders/{id}\"} 3\n",
                        "http_server_request_duration_seconds_bucket{http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/orders/{id}\",le=\"+Inf\"} 3\n",
                        "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"500\",http_route=\"/fails\"} 1\n",
                        "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_response_status_code=\"404\",http_route=\"\"} 1\n",
                        "http_server_active_requests 0.0\n",
                        "app_info{process=\"web.3\",release=\"v7\",service=\"shop\",version=",
                        "app_ready 1.0\n",
                        "app_draining 0.0\n",
                        "log_in_hand_bytes ",
                        "jvm_memory_used_bytes{area=\"heap\"} ",
                        "jvm_gc_collection_seconds_count{gc=",
                        "process_resident_memory_bytes ")
                .doesNotContain("health", "/metrics", "xxx");
    }

    @Test
    void speaks_openmetrics_to_those_who_prefer_it() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(management.resolve("/metrics"))
                .header("Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5")
                .build();
        HttpResponse<String> metrics = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("application/openmetrics-text");
        assertThat(metrics.body()).endsWith("# EOF\n");
    }

    @Test
    void has_none_of_it_on_the_port_for_everybody() throws Exception {
        assertThat(app.get("/metrics").statusCode()).isEqualTo(404);
        assertThat(app.get("/log/levels").statusCode()).isEqualTo(404);
        assertThat(app.get("/health/live").statusCode()).isEqualTo(404);
    }

    @Test
    void changes_the_level_of_a_logger_while_the_process_runs_and_takes_it_back() throws Exception {
        app.get("/orders/1");
        HttpResponse<String> changed = manage("PUT", "/log/levels/shop.orders", "{\"level\":\"debug\"}");
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).contains("\"shop.orders\":\"debug\"", "\"ROOT\":\"info\"");
        app.get("/orders/2");
        assertThat(manage("DELETE", "/log/levels/shop.orders", "").body()).doesNotContain("shop.orders");
        app.get("/orders/3");
        assertThat(app.events().stream().filter(line -> line.contains("looking for an order")))
                .hasSize(1);
        assertThat(app.events().stream().filter(line -> line.contains("the level of a logger")))
                .hasSize(2);
        HttpResponse<String> wrong = manage("PUT", "/log/levels/shop.orders", "{\"level\":\"loud\"}");
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("must be one of trace, debug, info, warn, error, off.");
    }

    @Test
    void tells_of_each_request_once_and_of_nothing_that_was_not_named() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(app.address().resolve("/orders/7?page=2&token=hunter2"))
                .header("User-Agent", "probe/1.0")
                .header("Accept-Language", "de")
                .header("Authorization", "Bearer hunter3")
                .header("X-Request-Id", "abc-1")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .build();
        HttpResponse<String> answer = app.send(request);
        assertThat(answer.body()).isEqualTo("abc-1");
        assertThat(answer.headers().firstValue("X-Request-Id")).contains("abc-1");
        assertThat(accesses()).hasSize(1);
        Map<String, Object> access = accesses().get(0);
        assertThat(access)
                .containsEntry("method", "GET")
                .containsEntry("path", "/orders/7")
                .containsEntry("route", "/orders/{id}")
                .containsEntry("status", 200)
                .containsEntry("bytes", 5)
                .containsEntry("remote_address", "127.0.0.1")
                .containsEntry("user_agent", "probe/1.0")
                .containsEntry("query.page", "2")
                .containsEntry("header.accept_language", "de")
                .containsEntry("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
                .containsEntry("request_id", "abc-1")
                .containsEntry("process", "web.3")
                .containsKeys("duration_ms", "span_id");
        assertThat(String.join("\n", app.events())).doesNotContain("hunter");
    }

    @Test
    void gives_every_event_of_a_request_its_ids_on_every_thread_and_leaves_none_behind() throws Exception {
        app.get("/quick");
        String first = app.get("/orders/1").body();
        String second = app.get("/orders/1").body();
        assertThat(first).isNotEqualTo(second);
        Map<String, Object> quick = Events.parse(app.events()).stream()
                .filter(event -> event.get("message").equals("quick"))
                .findFirst()
                .orElseThrow();
        Object[] ids = accesses().stream().map(event -> event.get("request_id")).toArray();
        assertThat(Arrays.asList(ids)).containsExactly(quick.get("request_id"), first, second);
        assertThat(Events.parse(app.events()).stream()
                        .filter(event -> event.get("message").equals("ready")))
                .allSatisfy(event -> assertThat(event).doesNotContainKey("trace_id"));
    }

    /** Sends bytes as they are and gives the status of the answer, 0 if none comes. */
    private int raw(String text, boolean leave) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), app.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            if (leave) {
                return 0;
            }
            byte[] head = socket.getInputStream().readNBytes(12);
            return Integer.parseInt(new String(head, StandardCharsets.US_ASCII).substring(9));
        }
    }

    private Map<String, Object> onlyAccess() {
        await().atMost(Duration.ofSeconds(30)).until(() -> !accesses().isEmpty());
        assertThat(accesses()).hasSize(1);
        return accesses().get(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/upload", "/orders"})
    void tells_once_of_a_request_whose_body_is_refused_in_the_middle(String path) throws Exception {
        String piece = "800\r\n" + "x".repeat(2048) + "\r\n";
        String body = path.equals("/upload") ? piece : piece.repeat(600);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), app.address().getPort())) {
            String head = "POST " + path
                    + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            String going = "HTTP/1.1 100 Continue\r\n\r\n";
            assertThat(new String(socket.getInputStream().readNBytes(going.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(going);
            socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 413");
        }
        assertThat(onlyAccess())
                .containsEntry("status", 413)
                .containsEntry("route", path)
                .containsKeys("request_id", "duration_ms", "detail");
        assertThat(manage("GET", "/metrics", "").body())
                .contains("http_response_status_code=\"413\",http_route=\"" + path + "\"} 1\n");
    }

    @Test
    void tells_of_a_request_whose_client_goes_in_the_middle_of_its_body() throws Exception {
        assertThat(raw("POST /orders HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n0123456789", true))
                .isZero();
        assertThat(onlyAccess()).containsEntry("status", 400).containsEntry("route", "/orders");
    }

    @Test
    void tells_of_a_request_that_is_refused_before_it_has_a_route() throws Exception {
        assertThat(raw("GET /orders/1 HTTP/1.1\r\nHost: h\r\nHost: g\r\n\r\n", false))
                .isEqualTo(400);
        assertThat(onlyAccess())
                .containsEntry("status", 400)
                .containsEntry("method", "GET")
                .containsEntry("path", "/orders/1")
                .containsEntry("remote_address", "127.0.0.1");
        assertThat(manage("GET", "/metrics", "").body())
                .contains("http_server_refused_requests_total{http_response_status_code=\"400\"} 1.0\n");
    }

    @Test
    void tells_of_a_request_that_undertow_rejects_by_itself() throws Exception {
        assertThat(raw("GET http://a/orders/1 HTTP/1.1\r\nHost: b\r\n\r\n", false))
                .isEqualTo(400);
        assertThat(onlyAccess())
                .containsEntry("message", "request refused")
                .containsEntry("status", 400)
                .containsEntry("method", "GET")
                .containsEntry("path", "/orders/1")
                .containsEntry("detail", "The request is malformed.")
                .containsEntry("remote_address", "127.0.0.1");
        assertThat(manage("GET", "/metrics", "").body())
                .contains("http_server_refused_requests_total{http_response_status_code=\"400\"} 1.0\n");
    }

    @Test
    void tells_of_what_a_handler_of_undertows_answers_and_gives_it_the_ids_too() throws Exception {
        HttpResponse<String> answer = app.get("/raw");
        assertThat(answer.body()).isEqualTo("raw");
        String id = answer.headers().firstValue("X-Request-Id").orElseThrow();
        assertThat(onlyAccess())
                .containsEntry("status", 200)
                .containsEntry("route", "/raw")
                .containsEntry("bytes", 3)
                .containsEntry("request_id", id);
        assertThat(Events.parse(app.events()).stream()
                        .filter(event -> event.get("message").equals("raw")))
                .allSatisfy(event -> assertThat(event).containsEntry("request_id", id))
                .hasSize(1);
    }

    @Test
    void gives_the_failure_of_a_streamed_response_the_ids_of_its_request() throws Exception {
        HttpResponse<String> before = app.get("/streams/before");
        assertThat(before.statusCode()).isEqualTo(500);
        assertThatThrownBy(() -> client.send(
                        HttpRequest.newBuilder(app.address().resolve("/streams/after"))
                                .header("X-Request-Id", "abc-2")
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        String id = before.headers().firstValue("X-Request-Id").orElseThrow();
        await().untilAsserted(() -> assertThat(failures())
                .containsExactlyInAnyOrder(
                        "a request failed " + id,
                        "what a handler opened for its response could not be closed " + id,
                        "a response broke off abc-2",
                        "what a handler opened for its response could not be closed abc-2"));
    }

    private List<String> failures() {
        return Events.parse(app.events()).stream()
                .filter(event -> event.containsKey("stack_trace"))
                .map(event -> event.get("message") + " " + event.get("request_id"))
                .toList();
    }

    @Test
    void measures_a_body_with_the_time_that_it_took_to_come() throws Exception {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), app.address().getPort())) {
            socket.getOutputStream()
                    .write("POST /orders HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n1"
                            .getBytes(StandardCharsets.US_ASCII));
            Thread.sleep(300);
            socket.getOutputStream().write('2');
            assertThat(socket.getInputStream().read()).isEqualTo('H');
        }
        assertThat((Double) onlyAccess().get("duration_ms")).isGreaterThan(250);
    }

    @Test
    void serves_what_the_app_has_registered_and_not_what_is_there_already() throws Exception {
        PrometheusRegistry registry = PrometheusRegistry.defaultRegistry;
        List<Collector> registered =
                List.of(() -> gauge("shop_open_orders"), () -> gauge("jvm_threads_current"), () -> {
                    throw new IllegalStateException("no");
                });
        try {
            registered.subList(0, 2).forEach(registry::register);
            HttpRequest protobuf = HttpRequest.newBuilder(management.resolve("/metrics"))
                    .header("Accept", "application/vnd.google.protobuf;encoding=delimited,text/plain;q=0.5")
                    .build();
            HttpResponse<String> metrics = client.send(protobuf, HttpResponse.BodyHandlers.ofString());
            assertThat(metrics.statusCode()).isEqualTo(200);
            assertThat(metrics.body()).contains("shop_open_orders 7.0\n", "jvm_threads_current ");
            registry.register(registered.get(2));
            assertThat(manage("GET", "/metrics", "").body()).contains("app_ready 1.0\n");
        } finally {
            registered.forEach(registry::unregister);
        }
    }

    private static MetricSnapshot gauge(String name) {
        return GaugeSnapshot.builder()
                .name(name)
                .dataPoint(
                        GaugeSnapshot.GaugeDataPointSnapshot.builder().value(7).build())
                .build();
    }
}
