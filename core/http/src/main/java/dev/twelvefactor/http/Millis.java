package dev.twelvefactor.http;

/** Times as logs and health show them. */
final class Millis {
    private Millis() {}

    /** Nanoseconds as milliseconds, with three decimals. */
    static double of(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
