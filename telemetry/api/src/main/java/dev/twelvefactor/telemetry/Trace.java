package dev.twelvefactor.telemetry;

import java.net.URLDecoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Which request, job or task a piece of work belongs to: the ids that stand in each of its log events and go along with the calls that it makes.
 *
 * <p>A request's handler, a worker's job and an admin task have theirs already. It follows into other threads by {@link #carried} and {@link #carrying}, and into
 * other processes by {@link #onto}:
 *
 * <pre>{@code
 * ExecutorService pool = Trace.carrying(Executors.newFixedThreadPool(4));
 * HttpRequest request = Trace.onto(HttpRequest.newBuilder(uri)).build();
 * }</pre>
 *
 * @see <a href="https://www.w3.org/TR/trace-context/">W3C Trace Context</a>
 * @see <a href="https://www.w3.org/TR/baggage/">W3C Baggage</a>
 */
public final class Trace {
    /** What a request's own id is called, coming and going. */
    public static final String REQUEST_ID = "X-Request-Id";

    private static final ThreadLocal<@Nullable Trace> CURRENT = new ThreadLocal<>();

    private static final Pattern REQUEST_IDS = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:+/=@-]{0,127}");
    private static final Pattern STATE = Pattern.compile(
            "[a-z0-9][a-z0-9_*/-]{0,255}(?:@[a-z][a-z0-9_*/-]{0,13})?=[\\x20-\\x2B\\x2D-\\x3C\\x3E-\\x7E]{0,255}[\\x21-\\x2B\\x2D-\\x3C\\x3E-\\x7E]");
    private static final int LONGEST_STATE = 512;
    private static final int MOST_STATES = 32;
    private static final int VERSION_0_LENGTH = 55;
    private static final int SAMPLED = 1;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private final String traceId;
    private final String spanId;
    private final boolean sampled;
    private final boolean continued;
    private final String requestId;
    private final String state;
    private final Baggage baggage;
    private final @Nullable Supplier<Scope> tracers;

    private Trace(
            String traceId,
            String spanId,
            boolean sampled,
            boolean continued,
            String requestId,
            String state,
            Baggage baggage,
            @Nullable Supplier<Scope> tracers) {
        this.traceId = traceId;
        this.spanId = spanId;
        this.sampled = sampled;
        this.continued = continued;
        this.requestId = requestId;
        this.state = state;
        this.baggage = baggage;
        this.tracers = tracers;
    }

    /** Work that nothing else has asked for. It is not sampled; its request id is its trace id. */
    public static Trace begin() {
        String traceId = randomId(2);
        return new Trace(traceId, randomId(1), false, false, traceId, "", Baggage.NONE, null);
    }

    /**
     * What the header fields of a request tell of the work that it is a part of. Whatever is not well-formed counts as absent: then a new trace begins.
     *
     * @param header the value of the field of a name, several of them joined by commas; null if there is none
     */
    public static Trace of(Function<String, @Nullable String> header) {
        String parent = header.apply("traceparent");
        String requestId = header.apply(REQUEST_ID);
        boolean continued = parent != null && isParent(parent);
        String traceId = continued ? parent.substring(3, 35) : randomId(2);
        String ownId = requestId != null && REQUEST_IDS.matcher(requestId).matches() ? requestId : traceId;
        Baggage baggage = Baggage.parse(header.apply("baggage"));
        if (!continued) {
            return new Trace(traceId, randomId(1), false, false, ownId, "", baggage, null);
        }
        boolean sampled = (Character.digit(parent.charAt(54), 16) & SAMPLED) != 0;
        return new Trace(
                traceId,
                parent.substring(36, 52),
                sampled,
                true,
                ownId,
                state(header.apply("tracestate")),
                baggage,
                null);
    }

    /** Section 3.2: a version that we do not know may have more behind what we do know. */
    private static boolean isParent(String value) {
        if (value.length() < VERSION_0_LENGTH
                || (value.startsWith("00") && value.length() > VERSION_0_LENGTH)
                || (value.length() > VERSION_0_LENGTH && value.charAt(VERSION_0_LENGTH) != '-')
                || value.startsWith("ff")) {
            return false;
        }
        for (int i = 0; i < VERSION_0_LENGTH; i++) {
            char c = value.charAt(i);
            boolean dash = i == 2 || i == 35 || i == 52;
            if (dash ? c != '-' : !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return !isZero(value, 3, 35) && !isZero(value, 36, 52);
    }

    private static boolean isZero(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    /** Section 3.3: what is not well-formed is dropped whole. */
    private static String state(@Nullable String value) {
        if (value == null || value.length() > LONGEST_STATE) {
            return "";
        }
        Map<String, String> members = new LinkedHashMap<>();
        for (String member : value.split(",", -1)) {
            String stripped = member.strip();
            if (stripped.isEmpty()) {
                continue;
            }
            String key = stripped.substring(0, Math.max(0, stripped.indexOf('=')));
            if (!STATE.matcher(stripped).matches() || members.put(key, stripped) != null) {
                return "";
            }
        }
        return members.size() > MOST_STATES ? "" : String.join(",", members.values());
    }

    private static String randomId(int longs) {
        byte[] digits = new byte[longs * 16];
        for (int i = 0; i < longs; i++) {
            long random = 0;
            while (random == 0) {
                random = ThreadLocalRandom.current().nextLong();
            }
            for (int digit = 15; digit >= 0; digit--) {
                digits[i * 16 + digit] = DIGITS[(int) (random & 15)];
                random >>>= 4;
            }
        }
        return new String(digits, StandardCharsets.ISO_8859_1);
    }

    /** The trace of the work that this thread is at, if it is at any. */
    public static Optional<Trace> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** A part of this work, with a span id of its own. */
    public Trace child() {
        return new Trace(traceId, randomId(1), sampled, continued, requestId, state, baggage, tracers);
    }

    /**
     * The same work with the ids that a tracer has given it.
     *
     * @param tracers makes it the tracer's own current work too, wherever this is opened
     */
    public Trace tracedAs(String tracedTraceId, String tracedSpanId, boolean isSampled, Supplier<Scope> tracers) {
        String id = requestId.equals(traceId) ? tracedTraceId : requestId;
        return new Trace(tracedTraceId, tracedSpanId, isSampled, continued, id, state, baggage, tracers);
    }

    /** Whether it is a part of what began in another process. */
    public boolean continued() {
        return continued;
    }

    /** All work that began with the same cause, wherever: 32 hexadecimal digits. */
    public String traceId() {
        return traceId;
    }

    /** This part of it: 16 hexadecimal digits. */
    public String spanId() {
        return spanId;
    }

    /** Whether somebody records it. */
    public boolean sampled() {
        return sampled;
    }

    /** The request's own id, from its {@value #REQUEST_ID} if that is well-formed, else its trace id. */
    public String requestId() {
        return requestId;
    }

    /** What {@code tracestate} says, to be passed on as it is; empty if nothing. */
    public String state() {
        return state;
    }

    /** What {@code baggage} says: values that those before us want everybody behind them to know. They come from outside, and are not in the log. */
    public Map<String, String> baggage() {
        return baggage.values();
    }

    /** This work as {@code traceparent} tells of it. */
    public String traceParent() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    /** The header fields by which a call tells the one it calls of this work. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("traceparent", traceParent());
        if (!state.isEmpty()) {
            headers.put("tracestate", state);
        }
        if (!baggage.text().isEmpty()) {
            headers.put("baggage", baggage.text());
        }
        headers.put(REQUEST_ID, requestId);
        return headers;
    }

    /** Adds the current work's header fields to a call of the JDK's client; nothing if there is no current work. */
    public static HttpRequest.Builder onto(HttpRequest.Builder call) {
        current().ifPresent(trace -> trace.headers().forEach(call::setHeader));
        return call;
    }

    /** Makes this the work that the thread is at, in its log events too, until it is closed, on the same thread. */
    public Scope open() {
        return new Opened(this);
    }

    /** For how long a trace is the thread's current one. What the thread has added to its MDC meanwhile goes with it. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Opened implements Scope {
        private final @Nullable Trace before;
        private final @Nullable Map<String, String> contextBefore;
        private final @Nullable Scope tracers;

        private Opened(Trace trace) {
            before = CURRENT.get();
            contextBefore = MDC.getCopyOfContextMap();
            CURRENT.set(trace);
            MDC.put("trace_id", trace.traceId);
            MDC.put("span_id", trace.spanId);
            MDC.put("request_id", trace.requestId);
            tracers = trace.tracers == null ? null : trace.tracers.get();
        }

        @Override
        public void close() {
            if (tracers != null) {
                tracers.close();
            }
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
            if (contextBefore == null || contextBefore.isEmpty()) {
                MDC.clear();
            } else {
                MDC.setContextMap(contextBefore);
            }
        }
    }

    /** The same task, with the work that this thread is at now, on whichever thread it runs. */
    public static Runnable carried(Runnable task) {
        Trace trace = CURRENT.get();
        if (trace == null) {
            return task;
        }
        return () -> {
            try (Scope unused = trace.open()) {
                task.run();
            }
        };
    }

    /** The same for a task with a result. */
    public static <T> Callable<T> carried(Callable<T> task) {
        Trace trace = CURRENT.get();
        if (trace == null) {
            return task;
        }
        return () -> {
            try (Scope unused = trace.open()) {
                return task.call();
            }
        };
    }

    /** The same pool, whose tasks run with the work that their submitter was at. */
    public static ExecutorService carrying(ExecutorService pool) {
        return new CarryingExecutor(pool);
    }

    @Override
    public String toString() {
        return traceParent();
    }

    /** The values of {@code baggage}, and their text as it is passed on. */
    record Baggage(Map<String, String> values, String text) {
        static final Baggage NONE = new Baggage(Map.of(), "");
        private static final int MAX_BYTES = 8192;
        private static final int MAX_MEMBERS = 64;
        /** Possessive, so that it never looks at a character twice: the blanks on both sides of an empty value would take quadratic time. */
        private static final Pattern MEMBER = Pattern.compile(
                "[ \\t]*+([!#$%&'*+.^_`|~0-9A-Za-z-]++)[ \\t]*+=[ \\t]*+([\\x21\\x23-\\x2B\\x2D-\\x3A\\x3C-\\x5B\\x5D-\\x7E]*+)"
                        + "[ \\t]*+((?:;[\\x20-\\x2B\\x2D-\\x7E\\t]*+)?+)");

        static Baggage parse(@Nullable String header) {
            if (header == null || header.length() > MAX_BYTES) {
                return NONE;
            }
            Map<String, String> values = new LinkedHashMap<>();
            List<String> kept = new ArrayList<>();
            for (String member : header.split(",", -1)) {
                if (kept.size() == MAX_MEMBERS) {
                    break;
                }
                var parts = MEMBER.matcher(member);
                String value = parts.matches() ? decoded(parts.group(2)) : null;
                if (value != null) {
                    values.put(parts.group(1), value);
                    kept.add(member.strip());
                }
            }
            return kept.isEmpty() ? NONE : new Baggage(Map.copyOf(values), String.join(",", kept));
        }

        /** UTF-8 with percent signs, in which a plus is a plus; null if it is not well-formed. */
        private static @Nullable String decoded(String text) {
            try {
                String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
                return decoded.indexOf('\uFFFD') < 0 ? decoded : null;
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
    }
}
