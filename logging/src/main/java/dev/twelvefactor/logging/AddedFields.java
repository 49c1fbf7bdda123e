package dev.twelvefactor.logging;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What an app adds to an event: SLF4J's key-value pairs and the MDC. JSON wants each name once: one that is taken gets an underscore behind it. */
final class AddedFields {
    static final int LONGEST_NAME = 256;
    private static final int LONGEST_NUMBER = 64;

    private final Set<String> own;
    private final @Nullable String[] names;
    private int count;
    /** A bit for each name that is here: most names are new, and this tells so without a comparison. */
    private long seen;

    AddedFields(Set<String> own, int most) {
        this.own = own;
        this.names = new @Nullable String[most];
    }

    String unique(String wanted) {
        String name = wanted.length() > LONGEST_NAME ? wanted.substring(0, LONGEST_NAME) : wanted;
        while (own.contains(name) || isThere(name)) {
            name = name + "_";
        }
        seen |= 1L << name.hashCode();
        names[count++] = name;
        return name;
    }

    private boolean isThere(String name) {
        if ((seen & (1L << name.hashCode())) != 0) {
            for (int i = 0; i < count; i++) {
                if (name.equals(names[i])) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A number or a boolean as it is; the text of anything else, or what has become of it. */
    static Object plain(Object value) {
        if (value instanceof String || value instanceof Boolean || isPlainNumber(value)) {
            return value;
        }
        try {
            return String.valueOf(value.toString());
        } catch (Throwable e) {
            // Whatever foreign code throws, an Error too: to log must not fail what is being logged.
            return "[" + value.getClass().getName() + ".toString() failed: "
                    + e.getClass().getName() + "]";
        }
    }

    private static boolean isPlainNumber(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return Double.isFinite(((Number) value).doubleValue());
        }
        if (value.getClass() == BigInteger.class || value.getClass() == BigDecimal.class) {
            return value.toString().length() <= LONGEST_NUMBER;
        }
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }
}
