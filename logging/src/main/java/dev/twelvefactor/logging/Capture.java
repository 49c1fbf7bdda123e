package dev.twelvefactor.logging;

import java.util.concurrent.atomic.AtomicBoolean;

/** Events that go to another stream for a while: see {@link EventLog#capture}. */
public final class Capture implements AutoCloseable {
    /** Of a log that is not logback's. */
    static final Capture NOTHING = new Capture(() -> {});

    private final Runnable end;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Capture(Runnable end) {
        this.end = end;
    }

    static Capture closedBy(Runnable end) {
        return new Capture(end);
    }

    /** Ends it; a second call does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            end.run();
        }
    }
}
