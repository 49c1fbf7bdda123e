package dev.twelvefactor.logging;

import java.math.BigDecimal;
import java.math.BigInteger;

/** The values that an app adds to an event, SLF4J's key-value pairs and the MDC, as what JSON knows. */
final class AddedValues {
    private static final int LONGEST_NUMBER = 64;

    private AddedValues() {}

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
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            return true;
        }
        if (value instanceof Double number) {
            return Double.isFinite(number);
        }
        if (value instanceof Float number) {
            return Float.isFinite(number);
        }
        boolean large = value.getClass() == BigInteger.class || value.getClass() == BigDecimal.class;
        return large && value.toString().length() <= LONGEST_NUMBER;
    }
}
