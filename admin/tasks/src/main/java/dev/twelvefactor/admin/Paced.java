package dev.twelvefactor.admin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Progress that is told now and then, and at its end. */
final class Paced implements TaskOutput.Progress {
    private final Clock clock;
    private final Duration pause;
    private final long total;
    private final Telling telling;
    private long done;
    private boolean closed;
    private Instant next;

    /** How it is told. */
    @FunctionalInterface
    interface Telling {
        void tell(long done, boolean last);
    }

    Paced(Clock clock, Duration pause, long total, Telling telling) {
        this.clock = clock;
        this.pause = pause;
        this.total = total;
        this.telling = telling;
        this.next = clock.instant().plus(pause);
    }

    @Override
    public synchronized void advance(long more) {
        done = Math.min(total, done + more);
        Instant now = clock.instant();
        if (!closed && !now.isBefore(next)) {
            next = now.plus(pause);
            telling.tell(done, false);
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            telling.tell(done, true);
        }
    }
}
