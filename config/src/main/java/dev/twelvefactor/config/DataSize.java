package dev.twelvefactor.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data. Text is bytes ({@code 512}), powers of 1000 ({@code kB MB GB TB}, SI) or of 1024 ({@code KiB MiB GiB TiB}, IEC
 * 80000-13); {@code K}, {@code M} and {@code G} alone mean one thing to one reader and another to the next, so they are refused.
 *
 * @param bytes the amount, 0 or more
 */
public record DataSize(long bytes) {
    private static final Pattern SYNTAX = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");
    private static final int LONGEST_PLAIN = 18;
    private static final Map<String, Long> UNITS = Map.of(
            "", 1L,
            "B", 1L,
            "kB", 1_000L,
            "MB", 1_000_000L,
            "GB", 1_000_000_000L,
            "TB", 1_000_000_000_000L,
            "KiB", 1L << 10,
            "MiB", 1L << 20,
            "GiB", 1L << 30,
            "TiB", 1L << 40);
    private static final List<String> SHOWN = List.of("TiB", "GiB", "MiB", "KiB");

    /** Refuses a negative amount. */
    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is 0 bytes or more, not " + bytes);
        }
    }

    /**
     * Reads the text form.
     *
     * @throws IllegalArgumentException if it is none, with a message that says what to write
     */
    public static DataSize parse(String text) {
        Matcher syntax = SYNTAX.matcher(text.strip());
        if (!syntax.matches()) {
            throw new IllegalArgumentException(
                    "is not a size; write bytes, or a number with kB, MB, GB, KiB, MiB or GiB");
        }
        String number = syntax.group(1);
        String unit = syntax.group(2);
        Long factor = UNITS.get(unit);
        if (factor == null) {
            throw new IllegalArgumentException(unknownUnit(number, unit));
        }
        try {
            boolean plain = number.indexOf('.') < 0 && number.length() <= LONGEST_PLAIN;
            return new DataSize(
                    plain
                            ? Math.multiplyExact(Long.parseLong(number), factor)
                            // To load its class takes long, and most sizes need it not.
                            : new BigDecimal(number)
                                    .multiply(BigDecimal.valueOf(factor))
                                    .longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("is not a whole number of bytes below 8 EiB", e);
        }
    }

    private static String unknownUnit(String number, String unit) {
        String prefix = unit.substring(0, 1).toUpperCase(Locale.ROOT);
        if (!"KMGT".contains(prefix)) {
            return "has an unknown unit; write bytes, or a number with kB, MB, GB, KiB, MiB or GiB";
        }
        String decimal = (prefix.equals("K") ? "k" : prefix) + "B";
        return "is ambiguous; write %s%s (powers of 1000) or %s%siB (powers of 1024)"
                .formatted(number, decimal, number, prefix);
    }

    /** The shortest exact spelling, such as {@code 2MiB} or {@code 1500}. */
    @Override
    public String toString() {
        for (String unit : SHOWN) {
            long factor = UNITS.getOrDefault(unit, 1L);
            if (bytes != 0 && bytes % factor == 0) {
                return bytes / factor + unit;
            }
        }
        return Long.toString(bytes);
    }
}
