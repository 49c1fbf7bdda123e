package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * What an app adds to an event: SLF4J's key-value pairs and the MDC. Foreign code ({@code toString}) runs here, before a byte is written, so
 * that whatever it does cannot tear an event.
 */
final class EventFields {
    private static final int LONGEST_NAME = 256;

    private EventFields() {}

    /** The added fields, in their order; a name that is taken already gets an underscore behind it, since JSON wants names once. */
    static Map<String, Object> added(ILoggingEvent event, Iterable<String> taken) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        taken.forEach(name -> fields.put(name, null));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> put(fields, pair.key, pair.value));
        }
        event.getMDCPropertyMap().forEach((name, value) -> put(fields, name, value));
        Map<String, Object> added = new LinkedHashMap<>();
        fields.forEach((name, value) -> {
            if (value != null) {
                added.put(name, value);
            }
        });
        return added;
    }

    private static void put(Map<String, @Nullable Object> fields, @Nullable String key, @Nullable Object value) {
        if (key == null || value == null) {
            return;
        }
        String name = Text.clean(key, LONGEST_NAME);
        while (fields.containsKey(name)) {
            name = name + "_";
        }
        fields.put(name, plain(value));
    }

    private static Object plain(Object value) {
        return value instanceof Boolean || isPlainNumber(value) ? value : text(value);
    }

    private static boolean isPlainNumber(Object value) {
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof Byte
                || (value instanceof Double number && Double.isFinite(number))
                || (value instanceof Float number && Float.isFinite(number))
                || value.getClass() == BigInteger.class
                || value.getClass() == BigDecimal.class;
    }

    private static String text(Object value) {
        try {
            return String.valueOf(value);
        } catch (Throwable e) {
            // Whatever foreign code throws, an Error too: to log must not fail what is being logged.
            return "[" + value.getClass().getName() + ".toString() failed: "
                    + e.getClass().getName() + "]";
        }
    }
}
