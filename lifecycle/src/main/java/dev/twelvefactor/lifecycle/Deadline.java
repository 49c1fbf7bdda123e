package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A moment by which something has to be done, on a clock that only runs forward. */
public final class Deadline {
    /** Far enough from the end of the clock's range, and longer than anybody waits. */
    private static final Duration LONGEST = Duration.ofDays(365);

    private final LongSupplier nanoClock;
    private final long end;

    private Deadline(LongSupplier nanoClock, long end) {
        this.nanoClock = nanoClock;
        this.end = end;
    }

    /** The moment that is this far from now, at most a year. */
    public static Deadline after(Duration time) {
        return after(time, System::nanoTime);
    }

    static Deadline after(Duration time, LongSupplier nanoClock) {
        Duration bounded = time.compareTo(LONGEST) < 0 ? time : LONGEST;
        return new Deadline(nanoClock, nanoClock.getAsLong() + bounded.toNanos());
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
