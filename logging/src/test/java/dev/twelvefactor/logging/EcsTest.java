package dev.twelvefactor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The names and types of the Elastic Common Schema, as its field reference publishes them. */
class EcsTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("@timestamp", "date"),
            Map.entry("message", "text"),
            Map.entry("ecs.version", "keyword"),
            Map.entry("log.level", "keyword"),
            Map.entry("log.logger", "keyword"),
            Map.entry("process.thread.name", "keyword"),
            Map.entry("service.name", "keyword"),
            Map.entry("service.version", "keyword"),
            Map.entry("service.node.name", "keyword"),
            Map.entry("trace.id", "keyword"),
            Map.entry("span.id", "keyword"),
            Map.entry("http.request.id", "keyword"),
            Map.entry("http.request.method", "keyword"),
            Map.entry("http.response.status_code", "long"),
            Map.entry("http.response.body.bytes", "long"),
            Map.entry("url.path", "wildcard"),
            Map.entry("user_agent.original", "keyword"),
            Map.entry("client.ip", "ip"),
            Map.entry("event.duration", "long"),
            Map.entry("error.type", "keyword"),
            Map.entry("error.message", "text"),
            Map.entry("error.stack_trace", "wildcard"));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void write_to_memory() {
        EventLog.use(
                LogSettings.of(LogLevel.INFO, LogFormat.ECS),
                Map.of("service", "shop", "version", "1.2", "release", "v7", "process", "web.1"),
                out);
    }

    @AfterEach
    void write_to_stdout_again() {
        MDC.clear();
        EventLog.use(LogSettings.defaults(), Map.of(), null);
    }

    private JsonNode event() {
        return JSON.readTree(out.toString(StandardCharsets.UTF_8));
    }

    private static void assertValid(JsonNode event) {
        event.properties().forEach(field -> assertThat(fits(field.getKey(), field.getValue()))
                .as(field.toString())
                .isTrue());
    }

    private static boolean fits(String name, JsonNode value) {
        if (name.startsWith("labels.")) {
            return value.isString() && !name.substring(7).contains(".");
        }
        return switch (TYPES.getOrDefault(name, "no field of the schema")) {
            case "keyword", "text", "wildcard" -> value.isString();
            case "long" -> value.isIntegralNumber();
            case "date" -> !Instant.parse(value.asString()).isBefore(Instant.EPOCH);
            case "ip" -> isAddress(value.asString());
            default -> false;
        };
    }

    private static boolean isAddress(String text) {
        try {
            return text.matches("[0-9a-f.:]+")
                    && InetAddress.getByName(text).getHostAddress().length() > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Test
    void has_a_field_of_the_schema_for_all_of_an_access_event() {
        LoggerFactory.getLogger("http.access")
                .atInfo()
                .addKeyValue("method", "GET")
                .addKeyValue("path", "/orders/7")
                .addKeyValue("route", "/orders/{id}")
                .addKeyValue("status", 200)
                .addKeyValue("bytes", 12L)
                .addKeyValue("duration_ms", 1.25)
                .addKeyValue("remote_address", "192.0.2.7")
                .addKeyValue("user_agent", "probe/1.0")
                .addKeyValue("query.page", "2")
                .addKeyValue("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
                .addKeyValue("span_id", "00f067aa0ba902b7")
                .addKeyValue("request_id", "r1")
                .log("request");
        JsonNode event = event();
        assertValid(event);
        assertThat(event.get("event.duration").asLong()).isEqualTo(1_250_000);
        assertThat(event.get("http.response.status_code").asInt()).isEqualTo(200);
        assertThat(event.get("client.ip").asString()).isEqualTo("192.0.2.7");
        assertThat(event.get("labels.query_page").asString()).isEqualTo("2");
        assertThat(event.get("labels.route").asString()).isEqualTo("/orders/{id}");
        assertThat(event.get("labels.release").asString()).isEqualTo("v7");
        assertThat(event.get("service.node.name").asString()).isEqualTo("web.1");
        assertThat(event.get("trace.id").asString()).startsWith("4bf9");
    }

    @Test
    void makes_a_label_of_whatever_an_app_adds_even_under_the_name_of_a_field() {
        MDC.put("tenant", "acme");
        LoggerFactory.getLogger("shop.orders")
                .atError()
                .addKeyValue("status", "shipped")
                .addKeyValue("count", 3)
                .addKeyValue("a.b", true)
                .setCause(new IllegalStateException("no"))
                .log("m");
        JsonNode event = event();
        assertValid(event);
        assertThat(event.get("labels.status").asString()).isEqualTo("shipped");
        assertThat(event.get("labels.count").asString()).isEqualTo("3");
        assertThat(event.get("labels.a_b").asString()).isEqualTo("true");
        assertThat(event.get("labels.tenant").asString()).isEqualTo("acme");
        assertThat(event.get("error.type").asString()).isEqualTo("java.lang.IllegalStateException");
        assertThat(event.get("error.message").asString()).isEqualTo("no");
        assertThat(event.get("error.stack_trace").asString()).startsWith("java.lang.IllegalStateException: no\n");
    }
}
