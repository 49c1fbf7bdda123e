package dev.twelvefactor.http;

import java.time.Duration;

/** How long a connection waits for its client, and how fast a body comes meanwhile; times are those of {@link System#nanoTime}. */
final class ClientPace {
    private long since = System.nanoTime();
    /** For how long, before {@link #since}. */
    private long waitedNanos;

    private long bodyBytes;
    /** Whether the client is what a body waits for, and not the handler that reads it. */
    private boolean awaited = true;

    /** Something new begins: a head, a body, or the time until the next request. */
    void restart() {
        since = System.nanoTime();
        waitedNanos = 0;
        bodyBytes = 0;
    }

    /** So many bytes of a body have come. */
    void came(int bytes) {
        bodyBytes += bytes;
    }

    /** Whether the clock runs for a client whose body is being read. */
    void awaits(boolean body) {
        if (body != awaited) {
            long now = System.nanoTime();
            waitedNanos += awaited ? now - since : 0;
            since = now;
            awaited = body;
        }
    }

    void postpone(Pause pause) {
        since = pause.postponed(since);
    }

    boolean isOver(Duration longest, long now) {
        return Duration.ofNanos(now - since).compareTo(longest) > 0;
    }

    /** Whether a stretch of a body took this long. */
    boolean isStretchOver(Duration stretch, long now) {
        return awaited && waited(now).compareTo(stretch) > 0;
    }

    private Duration waited(long now) {
        return Duration.ofNanos(now - since + waitedNanos);
    }

    /** Whether a stretch of a body took this long and had less. Each counts by itself: a quick beginning is no credit for a stop. */
    boolean isTooSlow(Duration stretch, long bytesPerSecond, long now) {
        if (!isStretchOver(stretch, now)) {
            return false;
        }
        Duration waited = waited(now);
        boolean slow = bodyBytes < bytesPerSecond * waited.toMillis() / 1000;
        since = now;
        waitedNanos = 0;
        bodyBytes = 0;
        return slow;
    }
}
