package dev.twelvefactor.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a duration: {@code 30s}, {@code 1h30m}, {@code 0.5s}, {@code PT30S}; a bare number has no meaning but 0. */
final class Durations {
    private static final String EXPECTED = "write a number with ns, us, ms, s, m, h or d, such as 30s or 1h30m";
    /** Made when the first duration needs it: a start has better uses for the time. */
    private static final class Syntax {
        static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ns|us|[µμ]s|ms|s|m|h|d)");
    }

    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    /** In so many characters there is no number that overflows in whatever unit. */
    private static final int LONGEST_PLAIN = 12;

    private Durations() {}

    static Duration parse(String given) {
        String text = given.strip();
        boolean negative = text.startsWith("-");
        String unsigned = negative || text.startsWith("+") ? text.substring(1) : text;
        boolean iso = unsigned.startsWith("P") || unsigned.startsWith("p");
        if (!iso && unsigned.matches("0+")) {
            return Duration.ZERO;
        }
        if (!iso && unsigned.matches("\\d+(\\.\\d+)?")) {
            throw new IllegalArgumentException("has no unit; write %ss, or %sms, or %sm".formatted(text, text, text));
        }
        try {
            Duration duration = iso ? Duration.parse(unsigned) : sumOfParts(unsigned);
            return negative ? duration.negated() : duration;
        } catch (ArithmeticException | DateTimeParseException e) {
            throw new IllegalArgumentException("is not a duration; " + EXPECTED, e);
        }
    }

    /** A number and how many nanoseconds one is. */
    private record Part(String number, long unit) {}

    private static Duration sumOfParts(String text) {
        List<Part> parts = parts(text);
        return text.indexOf('.') < 0 && text.length() <= LONGEST_PLAIN ? plain(parts) : Exact.sum(parts);
    }

    private static List<Part> parts(String text) {
        Matcher part = Syntax.PART.matcher(text);
        List<Part> parts = new ArrayList<>();
        int end = 0;
        while (end < text.length() && part.find() && part.start() == end) {
            parts.add(new Part(part.group(1), NANOS.getOrDefault(part.group(2), 0L)));
            end = part.end();
            while (end < text.length() && text.charAt(end) == ' ') {
                end++;
            }
            part.region(end, text.length());
        }
        if (text.isEmpty() || end < text.length()) {
            throw new IllegalArgumentException("is not a duration; " + EXPECTED);
        }
        return parts;
    }

    /** Whole numbers that are far from overflowing. */
    private static Duration plain(List<Part> parts) {
        Duration sum = Duration.ZERO;
        for (Part part : parts) {
            long number = Long.parseLong(part.number());
            sum = part.unit() >= NANOS_PER_SECOND
                    ? sum.plusSeconds(number * (part.unit() / NANOS_PER_SECOND))
                    : sum.plusSeconds(number / (NANOS_PER_SECOND / part.unit()))
                            .plusNanos(number % (NANOS_PER_SECOND / part.unit()) * part.unit());
        }
        return sum;
    }

    /** Whatever is larger, or no whole number. Apart, since to load {@link BigDecimal} takes longer than all else that is done here. */
    private static final class Exact {
        static Duration sum(List<Part> parts) {
            BigDecimal nanos = BigDecimal.ZERO;
            for (Part part : parts) {
                nanos = nanos.add(new BigDecimal(part.number()).multiply(BigDecimal.valueOf(part.unit())));
            }
            if (nanos.signum() != 0 && nanos.compareTo(BigDecimal.ONE) < 0) {
                throw new IllegalArgumentException("is less than a nanosecond; " + EXPECTED);
            }
            BigDecimal[] split =
                    nanos.setScale(0, RoundingMode.HALF_UP).divideAndRemainder(BigDecimal.valueOf(NANOS_PER_SECOND));
            return Duration.ofSeconds(split[0].longValueExact(), split[1].longValue());
        }
    }

    /** The way back: what {@code --help} and {@code admin config} show. */
    static String format(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        Duration rest = duration.abs();
        StringBuilder text = new StringBuilder(duration.isNegative() ? "-" : "");
        append(text, rest.toDays(), "d");
        append(text, rest.toHoursPart(), "h");
        append(text, rest.toMinutesPart(), "m");
        append(text, rest.toSecondsPart(), "s");
        append(text, rest.toMillisPart(), "ms");
        append(text, rest.toNanosPart() % 1_000_000, "ns");
        return text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount != 0) {
            text.append(amount).append(unit);
        }
    }
}
