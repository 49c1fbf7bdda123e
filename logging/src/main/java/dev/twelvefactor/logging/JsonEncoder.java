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
    /** What an app adds behind this much is left out. */
    private static final int LONGEST_LINE = 1024 * 1024;

    private final boolean ecs;
    private final AddedNames ofAccess;
    private final AddedNames ofOthers;
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
        Set<String> own = new HashSet<>();
        this.ecs = names.ecs();
        this.time = own(names, own, "@timestamp");
        this.level = own(names, own, "level");
        this.logger = own(names, own, "logger");
        this.thread = own(names, own, "thread");
        this.message = own(names, own, "message");
        this.stackTrace = own(names, own, "stack_trace");
        this.errorType = ecs ? own(names, own, "error.type") : null;
        this.errorMessage = ecs ? own(names, own, "error.message") : null;
        LineBuffer fields = new LineBuffer();
        if (ecs) {
            fields.add(AddedNames.start(free(own, "ecs.version"))).addQuoted(FieldNames.ECS_VERSION, LONGEST_TEXT);
        }
        for (Map.Entry<String, String> field : identity.entrySet()) {
            String shown = names.own(field.getKey());
            if (shown != null) {
                fields.add(AddedNames.start(free(own, shown))).addQuoted(field.getValue(), LONGEST_TEXT);
            }
        }
        this.ofAccess = new AddedNames(names, own, true);
        this.ofOthers = new AddedNames(names, own, false);
        this.identity = Arrays.copyOf(fields.bytes(), fields.length());
    }

    private static byte @Nullable [] own(FieldNames names, Set<String> own, String name) {
        String shown = names.own(name);
        if (shown == null) {
            return null;
        }
        return AddedNames.start(free(own, shown));
    }

    /** A name that no other field of ours has: what is renamed may meet another. */
    private static String free(Set<String> own, String wanted) {
        String name = wanted;
        while (!own.add(name)) {
            name = name + "_";
        }
        return name;
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
            text(line, errorType, StackTraces.type(thrown));
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
        AddedNames names = event.getLoggerName().equals(FieldNames.ACCESS) ? ofAccess : ofOthers;
        AddedNames.Taken taken = new AddedNames.Taken();
        if (pairs != null) {
            for (int i = 0; i < pairs.size(); i++) {
                KeyValuePair pair = pairs.get(i);
                added(line, names, taken, pair.key, pair.value);
            }
        }
        for (Map.Entry<String, String> entry : context.entrySet()) {
            added(line, names, taken, entry.getKey(), entry.getValue());
        }
    }

    private void added(
            LineBuffer line, AddedNames names, AddedNames.Taken taken, @Nullable String key, @Nullable Object value) {
        if (key == null || value == null || line.length() > LONGEST_LINE) {
            return;
        }
        AddedNames.Name name = names.of(key, taken);
        if (name.dropped()) {
            return;
        }
        // Before the name is written: whatever foreign code does, the line stays whole.
        Object plain = AddedValues.plain(value);
        line.add(name.start());
        if (plain instanceof String text) {
            line.addQuoted(text, LONGEST_TEXT);
        } else if (ecs) {
            ecsValue(line, name.text(), plain);
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
        } else if (value instanceof Double number) {
            line.add(number.doubleValue());
        } else {
            line.addAscii(value.toString());
        }
    }
}
