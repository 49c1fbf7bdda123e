package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import dev.twelvefactor.telemetry.Tracer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/** What is told of one request: its access event, its span, its part in the counts. They are told once, when it ends. */
final class Observation {
    private static final Logger ACCESS = LoggerFactory.getLogger("http.access");
    private static final HttpString REQUEST_ID = new HttpString(Trace.REQUEST_ID);
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int LONGEST_VALUE = 256;

    private final HttpServerExchange undertow;
    private final Request.Head head;
    private final RequestMeters.Meter meter;
    private final How how;
    private final Tracer.Span span;
    private final long start = System.nanoTime();
    private volatile boolean upgraded;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * How requests are told of.
     *
     * @param level of the access event; the one for health is not written by default
     * @param query the parameters of the query whose values are told; others may hold what is nobody's business
     * @param headers the same for header fields
     */
    record How(Tracer tracer, Level level, List<String> query, List<String> headers) {}

    private Observation(HttpServerExchange undertow, Request.Head head, RequestMeters.Meter meter, How how) {
        this.undertow = undertow;
        this.head = head;
        this.meter = meter;
        this.how = how;
        this.span = how.tracer().begin(Tracer.Kind.SERVER, meter.name(), Trace.of(name -> value(head.fields(), name)));
    }

    /** Of a request whose head is here. Whatever ends its connection early, knows of it from here on. */
    static Observation begin(HttpServerExchange undertow, Request.Head head, RequestMeters.Meter meter, How how) {
        Observation begun = new Observation(undertow, head, meter, how);
        Connection.of(undertow).observed(begun);
        return begun;
    }

    private static @Nullable String value(Fields fields, String name) {
        List<String> values = fields.all(name);
        return switch (values.size()) {
            case 0 -> null;
            case 1 -> values.get(0);
            default -> String.join(",", values);
        };
    }

    Trace trace() {
        return span.trace();
    }

    /** Makes it the work that the thread is at. */
    Trace.Scope open() {
        return span.open();
    }

    /** Names the request to its client, unless the app has done so in its own way. */
    void nameTo(HttpServerExchange answered) {
        HeaderMap fields = answered.getResponseHeaders();
        if (!fields.contains(REQUEST_ID)) {
            fields.put(REQUEST_ID, trace().requestId());
        }
    }

    /** The same for an answer that the connection itself gives. */
    Response named(Response response) {
        return response.header(Trace.REQUEST_ID).isPresent()
                ? response
                : response.withHeader(Trace.REQUEST_ID, trace().requestId());
    }

    void ended(int status, long bytes) {
        ended(status, bytes, Map.of());
    }

    /** It was answered by the connection itself, in the place of whoever was at work on it. */
    void refused(int status, long bytes, String detail) {
        ended(status, bytes, Map.of("detail", detail));
    }

    /** It has become a WebSocket: how long that lives is not the duration of a request. */
    void upgraded() {
        upgraded = true;
        meter.record(SWITCHING_PROTOCOLS, System.nanoTime() - start);
    }

    /** The WebSocket has ended. */
    void closed(WebSocketEnd.Status end, long received, long sent) {
        ended(
                SWITCHING_PROTOCOLS,
                0,
                Map.of("close_code", end.code(), "messages_received", received, "messages_sent", sent));
    }

    private void ended(int status, long bytes, Map<String, Object> more) {
        if (!told.compareAndSet(false, true)) {
            return;
        }
        long took = System.nanoTime() - start;
        if (!upgraded) {
            meter.record(status, took);
        }
        logAccess(status, bytes, took, more);
        if (span.recording()) {
            span.set("http.request.method", head.method());
            span.set("http.route", meter.template());
            span.set("url.path", undertow.getRequestPath());
            span.set("url.scheme", head.client().secure() ? "https" : "http");
            span.set("http.response.status_code", (long) status);
            span.set("client.address", head.client().address());
        }
        span.end(null);
    }

    private void logAccess(int status, long bytes, long took, Map<String, Object> more) {
        LoggingEventBuilder event = ACCESS.atLevel(how.level());
        if (event instanceof NOPLoggingEventBuilder) {
            return;
        }
        Trace trace = trace();
        event = event.addKeyValue("method", head.method())
                .addKeyValue("path", undertow.getRequestPath())
                .addKeyValue("route", meter.template())
                .addKeyValue("status", status)
                .addKeyValue("bytes", bytes)
                .addKeyValue("duration_ms", Millis.of(took))
                .addKeyValue("remote_address", head.client().address());
        Optional<String> agent = head.fields().first("User-Agent");
        if (agent.isPresent()) {
            event = event.addKeyValue("user_agent", shortened(agent.get()));
        }
        for (Map.Entry<String, Object> each : new TreeMap<>(more).entrySet()) {
            event = event.addKeyValue(each.getKey(), each.getValue());
        }
        for (String name : how.query()) {
            List<String> values = head.query().apply(name);
            if (!values.isEmpty()) {
                event = event.addKeyValue("query." + name, shortened(String.join(",", values)));
            }
        }
        for (String name : how.headers()) {
            List<String> values = head.fields().all(name);
            if (!values.isEmpty()) {
                event = event.addKeyValue(
                        "header." + name.toLowerCase(Locale.ROOT).replace('-', '_'),
                        shortened(String.join(",", values)));
            }
        }
        event.addKeyValue("trace_id", trace.traceId())
                .addKeyValue("span_id", trace.spanId())
                .addKeyValue("request_id", trace.requestId())
                .log("request");
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "…";
    }
}
