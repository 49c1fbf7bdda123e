package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Encodes outside the stream's lock, and keeps its place while what it writes to and how is exchanged. */
final class EventAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private volatile @Nullable Target target;

    /** How an event becomes bytes, newline included. It does not throw. */
    @FunctionalInterface
    interface Encoder {
        byte[] encode(ILoggingEvent event);
    }

    private record Target(Encoder encoder, EventStream stream) {}

    void use(Encoder encoder, EventStream stream) {
        target = new Target(encoder, stream);
    }

    @Override
    protected void append(ILoggingEvent event) {
        Target now = Objects.requireNonNull(target);
        now.stream().write(now.encoder().encode(event));
    }
}
