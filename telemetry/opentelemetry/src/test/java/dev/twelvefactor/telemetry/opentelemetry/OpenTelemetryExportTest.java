package dev.twelvefactor.telemetry.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.telemetry.Trace;
import dev.twelvefactor.testing.Events;
import dev.twelvefactor.testing.TestApp;
import io.opentelemetry.api.trace.Span;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenTelemetryExportTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    /** What came to each path of the collector, one after the other. */
    private final Map<String, ByteArrayOutputStream> received = new ConcurrentHashMap<>();

    private HttpServer collector;

    @BeforeEach
    void start_a_collector() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            received.computeIfAbsent(exchange.getRequestURI().getPath(), unused -> new ByteArrayOutputStream())
                    .writeBytes(body);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop_it() {
        collector.stop(0);
    }

    private static App<?> app() {
        return App.of("shop").telemetry(OpenTelemetryExport.of()).web(routes -> routes.get(
                        "/hello/{name}",
                        request -> Response.text(Trace.current().orElseThrow().traceParent() + " "
                                + Span.current().getSpanContext().getSpanId()))
                .get("/fails", request -> {
                    throw new IllegalStateException("no");
                }));
    }

    private Map<String, String> environment() {
        return Map.of(
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://127.0.0.1:" + collector.getAddress().getPort(),
                "OTEL_EXPORTER_OTLP_PROTOCOL",
                "http/protobuf");
    }

    /** Protocol Buffers write texts and ids as they are. */
    private String sentTo(String path) {
        return received.getOrDefault(path, new ByteArrayOutputStream()).toString(StandardCharsets.ISO_8859_1);
    }

    private static String bytes(String hexadecimal) {
        return new String(HexFormat.of().parseHex(hexadecimal), StandardCharsets.ISO_8859_1);
    }

    @Test
    void sends_spans_with_the_ids_of_the_log_and_the_metrics_when_the_environment_asks_for_it() throws Exception {
        try (TestApp app = TestApp.start(app(), environment())) {
            HttpRequest request = HttpRequest.newBuilder(app.address().resolve("/hello/world"))
                    .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                    .build();
            String[] answer = app.send(request).body().split(" ", -1);
            String spanId = answer[0].substring(36, 52);
            assertThat(answer[0]).isEqualTo("00-" + TRACE + "-" + spanId + "-01");
            assertThat(answer[1]).isEqualTo(spanId);
            String own = app.get("/hello/again").body().substring(3, 35);
            assertThat(app.get("/fails").statusCode()).isEqualTo(500);
            assertThat(app.stop()).isZero();

            assertThat(sentTo("/v1/traces"))
                    .contains("GET /hello/{name}", "GET /fails", "service.name", "shop", "http.response.status_code")
                    .contains(bytes(TRACE), bytes(spanId), bytes("00f067aa0ba902b7"), bytes(own));
            assertThat(sentTo("/v1/metrics"))
                    .contains("http.server.request.duration", "http.route", "/hello/{name}", "jvm_memory_used_bytes");
            assertThat(sentTo("/v1/logs")).isEmpty();
            assertThat(Events.parse(app.events())).anySatisfy(event -> assertThat(event)
                    .containsEntry("path", "/hello/world")
                    .containsEntry("trace_id", TRACE)
                    .containsEntry("span_id", spanId));
        }
    }

    @Test
    void is_off_without_a_variable_that_asks_for_it_and_when_it_is_disabled() throws Exception {
        assertThat(OpenTelemetryExport.of().start(Map.of("OTEL_SERVICE_NAME", "x"), Map.of()))
                .isEmpty();
        assertThat(OpenTelemetryExport.of()
                        .start(
                                Map.of("OTEL_SDK_DISABLED", "true", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost"),
                                Map.of()))
                .isEmpty();
        try (TestApp app = TestApp.start(app(), Map.of())) {
            assertThat(app.get("/hello/world").body()).endsWith("-00 0000000000000000");
        }
        assertThat(received).isEmpty();
    }

    @Test
    void goes_on_and_stops_in_time_without_its_collector() throws Exception {
        collector.stop(0);
        try (TestApp app = TestApp.start(app(), environment())) {
            assertThat(app.get("/hello/world").statusCode()).isEqualTo(200);
            assertThat(app.stop()).isZero();
        }
    }

    @Test
    void carries_the_span_of_the_sdk_into_pools_too() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        App<?> app = App.of("shop")
                .telemetry(OpenTelemetryExport.of())
                .web(routes -> routes.get("/", request -> {
                    String there = Trace.carrying(one)
                            .submit(() -> Span.current().getSpanContext().getSpanId())
                            .get();
                    return Response.text(Span.current().getSpanContext().getSpanId() + " " + there);
                }));
        try (TestApp running = TestApp.start(app, environment())) {
            String[] ids = running.get("/").body().split(" ", -1);
            assertThat(ids[1]).isEqualTo(ids[0]).isNotEqualTo("0".repeat(16));
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void is_not_turned_on_by_turning_a_part_of_it_off() {
        assertThat(OpenTelemetryExport.of().start(Map.of("OTEL_TRACES_EXPORTER", "none"), Map.of()))
                .isEmpty();
    }

    @Test
    void says_what_it_does_not_understand_as_a_problem_of_the_configuration() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = TwelveFactorApp.execute(
                app(),
                List.of("web"),
                Map.of("PORT", "0", "OTEL_TRACES_EXPORTER", "bogus"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        assertThat(status).isEqualTo(78);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("OTEL_*").contains("bogus");
    }

    @Test
    void holds_up_no_drain_for_a_collector_that_never_answers() throws Exception {
        try (ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TestApp app = TestApp.start(
                        app(),
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                "http://127.0.0.1:" + hole.getLocalPort(),
                                "DRAIN_TIMEOUT",
                                "1s"))) {
            assertThat(app.get("/hello/world").statusCode()).isEqualTo(200);
            assertThat(app.stop()).isZero();
        }
    }

    @Test
    void repeats_no_secret_of_what_it_does_not_understand() {
        for (Map<String, String> wrong : List.of(
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://user:hunter2@collector"),
                Map.of(
                        "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318",
                        "OTEL_EXPORTER_OTLP_HEADERS", "hunter2"))) {
            assertThatThrownBy(() -> OpenTelemetryExport.of().start(wrong, Map.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("; write ")
                    .hasMessageNotContaining("hunter2");
        }
    }
}
