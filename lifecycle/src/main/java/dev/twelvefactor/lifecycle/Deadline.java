package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A moment by which something has to be done, on a clock that only runs forward. */
public final class Deadline {
    private final LongSupplier nanoClock;
    private final long end;

    private Deadline(LongSupplier nanoClock, long end) {
        this.nanoClock = nanoClock;
        this.end = end;
    }

    /** The moment that is this far from now. */
    public static Deadline after(Duration time) {
        return after(time, System::nanoTime);
    }

    static Deadline after(Duration time, LongSupplier nanoClock) {
        return new Deadline(nanoClock, nanoClock.getAsLong() + time.toNanos());
    }

    /** A moment this much before this one. */
    public Deadline earlier(Duration time) {
        return new Deadline(nanoClock, end - time.toNanos());
    }

    /** The time that is left; zero once it is over. */
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, end - nanoClock.getAsLong()));
    }

    /** Whether no time is left. */
    public boolean expired() {
        return remaining().isZero();
    }
}
