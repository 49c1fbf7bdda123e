package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * An event as one JSON object on one line. The fields are those of the logstash encoder, which itself is not on the way: it builds an object
 * mapper that doubles the time to the first event, takes several times as long for each, serialises a bean's getters, and writes a name twice when an app uses
 * one of its own.
 */
final class JsonEncoder implements EventEncoder {
    private static final int LONGEST_TEXT = 256 * 1024;
    private final FieldNames names;
    private final Set<String> own = new HashSet<>();
    private final byte @Nullable [] time;
    private final byte @Nullable [] level;
    private final byte @Nullable [] logger;
    private final byte @Nullable [] thread;
    private final byte @Nullable [] message;
    private final byte @Nullable [] stackTrace;
    private final byte @Nullable [] errorType;
    private final byte @Nullable [] errorMessage;
    private final byte[] identity;
    private volatile Second second = new Second(Long.MIN_VALUE, "");

    /** The beginning of a time, for all events of one second. */
    private record Second(long epoch, String text) {}

    /** Every event carries {@code identity}: which service and release wrote it. */
    JsonEncoder(FieldNames names, Map<String, String> identity) {
        this.names = names;
        this.time = own("@timestamp");
        this.level = own("level");
        this.logger = own("logger");
        this.thread = own("thread");
        this.message = own("message");
        this.stackTrace = own("stack_trace");
        this.errorType = names.ecs() ? own("error.type") : null;
        this.errorMessage = names.ecs() ? own("error.message") : null;
        LineBuffer fields = new LineBuffer();
        for (Map.Entry<String, String> field : names.identity(identity).entrySet()) {
            own.add(field.getKey());
            fields.add(start(field.getKey())).addQuoted(field.getValue(), LONGEST_TEXT);
        }
        this.identity = Arrays.copyOf(fields.bytes(), fields.length());
    }

    private byte @Nullable [] own(String name) {
        String shown = names.own(name);
        if (shown == null) {
            return null;
        }
        own.add(shown);
        return start(shown);
    }

    /** {@code ,"name":} in bytes. */
    private static byte[] start(String name) {
        LineBuffer start = new LineBuffer()
                .add(',')
                .addQuoted(name, AddedFields.LONGEST_NAME)
                .add(':');
        return Arrays.copyOf(start.bytes(), start.length());
    }

    @Override
    public void encode(ILoggingEvent event, LineBuffer line) {
        time(line, event.getInstant());
        text(line, level, event.getLevel().toString());
        text(line, logger, event.getLoggerName());
        text(line, thread, event.getThreadName());
        text(line, message, Text.message(event));
        line.add(identity);
        added(line, event);
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            text(line, errorType, thrown.getClassName());
            text(line, errorMessage, thrown.getMessage());
            text(line, stackTrace, StackTraces.of(event));
        }
        line.begin('{').add('}').add('\n');
    }

    private void time(LineBuffer line, Instant instant) {
        if (time == null) {
            return;
        }
        Second now = second;
        if (now.epoch() != instant.getEpochSecond()) {
            now = new Second(instant.getEpochSecond(), second(instant));
            second = now;
        }
        line.add(time)
                .add('"')
                .addAscii(now.text())
                .addDigits(instant.getNano(), 9)
                .add('Z')
                .add('"');
    }

    /** Without a formatter, whose classes would be a good part of the time to the first event. */
    private static String second(Instant instant) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, ZoneOffset.UTC);
        // A second of zero is left out by its own text.
        String text = time.toString();
        return (time.getSecond() == 0 ? text + ":00." : text + ".");
    }

    private static void text(LineBuffer line, byte @Nullable [] start, @Nullable String value) {
        if (start != null && value != null) {
            line.add(start).addQuoted(value, LONGEST_TEXT);
        }
    }

    private void added(LineBuffer line, ILoggingEvent event) {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        Map<String, String> context = event.getMDCPropertyMap();
        if (pairs == null && context.isEmpty()) {
            return;
        }
        boolean access = event.getLoggerName().equals(FieldNames.ACCESS);
        AddedFields fields = new AddedFields(own, (pairs == null ? 0 : pairs.size()) + context.size());
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                added(line, fields, access, pair.key, pair.value);
            }
        }
        for (Map.Entry<String, String> entry : context.entrySet()) {
            added(line, fields, access, entry.getKey(), entry.getValue());
        }
    }

    private void added(
            LineBuffer line, AddedFields fields, boolean access, @Nullable String key, @Nullable Object value) {
        if (key == null || value == null) {
            return;
        }
        String name = names.added(key, access);
        if (name == null) {
            return;
        }
        // Before the name is written: whatever foreign code does, the line stays whole.
        Object plain = AddedFields.plain(value);
        line.add(',').addQuoted(fields.unique(name), AddedFields.LONGEST_NAME).add(':');
        if (plain instanceof String text) {
            line.addQuoted(text, LONGEST_TEXT);
        } else if (names.ecs()) {
            ecsValue(line, name, plain);
        } else {
            number(line, plain);
        }
    }

    /** A label is a keyword whatever it says, a duration counts nanoseconds. */
    private static void ecsValue(LineBuffer line, String name, Object value) {
        if (name.equals("event.duration") && value instanceof Number millis) {
            line.add(Math.round(millis.doubleValue() * 1e6));
        } else if (name.startsWith("labels.")) {
            line.addQuoted(value.toString(), LONGEST_TEXT);
        } else {
            number(line, value);
        }
    }

    private static void number(LineBuffer line, Object value) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            line.add(((Number) value).longValue());
        } else {
            line.addAscii(value.toString());
        }
    }
}
