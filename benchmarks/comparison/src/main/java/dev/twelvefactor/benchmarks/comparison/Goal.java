package dev.twelvefactor.benchmarks.comparison;

import java.util.Locale;
import java.util.Optional;

/**
 * What has to be reached, and what was seen.
 *
 * @param bound "at least" or "at most"
 * @param seen empty where figures are missing
 */
record Goal(String measure, Bound bound, double limit, int decimals, String unit, Optional<Interval> seen) {
    enum Bound {
        AT_LEAST,
        AT_MOST
    }

    String held() {
        return seen.map(interval -> {
                    boolean held = bound == Bound.AT_LEAST ? interval.median() >= limit : interval.median() <= limit;
                    return held ? "yes" : "no";
                })
                .orElse("not measured");
    }

    String goal() {
        return (bound == Bound.AT_LEAST ? "at least " : "at most ") + number(limit) + unit;
    }

    String shown() {
        return seen.map(interval -> number(interval.median()) + unit + " (" + number(interval.low()) + " to "
                        + number(interval.high()) + ")")
                .orElse("–");
    }

    private String number(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
