package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * An event as one JSON object on one line. The fields are those of the logstash encoder, which itself is not on the way: it builds an object
 * mapper that doubles the time to the first event, serialises a bean's getters, and writes a name twice when an app uses one of its own.
 */
final class JsonEncoder implements EventAppender.Encoder {
    private static final int LONGEST_TEXT = 256 * 1024;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final List<String> OWN =
            List.of("@timestamp", "level", "logger", "thread", "message", "stack_trace");

    private final JsonFactory json = new JsonFactory();
    private final StackTraces stackTraces = new StackTraces();
    private final Map<String, String> identity;
    private final List<String> taken;

    /** Every event carries {@code identity}: which service and release wrote it. */
    JsonEncoder(Map<String, String> identity) {
        this.identity = new LinkedHashMap<>(identity);
        this.taken = new ArrayList<>(OWN);
        this.taken.addAll(identity.keySet());
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String message = message(event);
        String stackTrace = stackTraces.of(event);
        Map<String, Object> added = EventFields.added(event, taken);
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), line)) {
            out.writeStartObject();
            out.writeStringProperty("@timestamp", TIME.format(event.getInstant()));
            out.writeStringProperty("level", event.getLevel().toString());
            text(out, "logger", event.getLoggerName());
            text(out, "thread", event.getThreadName());
            text(out, "message", message);
            text(out, "stack_trace", stackTrace);
            identity.forEach((name, value) -> text(out, name, value));
            added.forEach((name, value) -> value(out, name, value));
            out.writeEndObject();
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static @Nullable String message(ILoggingEvent event) {
        try {
            return event.getFormattedMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return event.getMessage() + " [an argument's toString() failed: "
                    + e.getClass().getName() + "]";
        }
    }

    private static void text(JsonGenerator out, String name, @Nullable String value) {
        if (value != null) {
            out.writeStringProperty(name, Text.clean(value, LONGEST_TEXT));
        }
    }

    private static void value(JsonGenerator out, String name, Object value) {
        out.writeName(name);
        if (value instanceof Boolean flag) {
            out.writeBoolean(flag);
        } else if (value instanceof Double number) {
            out.writeNumber(number);
        } else if (value instanceof Float number) {
            out.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
            out.writeNumber(number);
        } else if (value instanceof BigInteger number) {
            out.writeNumber(number);
        } else if (value instanceof Number number) {
            out.writeNumber(number.longValue());
        } else {
            out.writeString(Text.clean(value.toString(), LONGEST_TEXT));
        }
    }
}
