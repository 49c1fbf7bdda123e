package dev.twelvefactor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Encodes on the caller's thread, outside of every lock, and keeps its place while what it writes to and how is exchanged. */
final class EventAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
    private static final int BUFFERS = 32;

    private final AtomicReferenceArray<@Nullable LineBuffer> buffers = new AtomicReferenceArray<>(BUFFERS);
    private final EventStream stdout;
    private volatile @Nullable Target target;
    /** While there are any, events go to them alone. */
    private volatile int captures;

    private Map<String, Level> levelsBefore = Map.of();

    EventAppender(EventStream stdout) {
        this.stdout = stdout;
    }

    private record Target(EventEncoder encoder, EventStream stream) {}

    /** Writes so from now on; to stdout if no other stream is given. */
    void use(EventEncoder encoder, @Nullable EventStream other) {
        target = new Target(encoder, other == null ? stdout : other);
    }

    /** Writes nothing from now on, for one more capture; the first keeps the levels that hold now. */
    synchronized void pause(Supplier<Map<String, Level>> levels) {
        if (captures == 0) {
            levelsBefore = levels.get();
        }
        captures = captures + 1;
    }

    /** One capture less; with the last, events are written again and the levels are as they were before. */
    synchronized void resume(Consumer<Map<String, Level>> restore) {
        captures = captures - 1;
        if (captures == 0) {
            restore.accept(levelsBefore);
        }
    }

    EventStream stream() {
        return Objects.requireNonNull(target).stream();
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (captures > 0) {
            return;
        }
        Target now = Objects.requireNonNull(target);
        int slot = slot();
        // An event within an event, as of a toString that logs, finds the slot empty.
        LineBuffer kept = buffers.getAndSet(slot, null);
        LineBuffer line = kept == null ? new LineBuffer() : kept;
        encode(now.encoder(), event, line);
        now.stream().write(line.bytes(), line.length(), event.getLevel().isGreaterOrEqual(Level.ERROR));
        if (line.bytes().length <= LineBuffer.KEPT) {
            line.clear();
            buffers.set(slot, line);
        }
    }

    @SuppressWarnings("deprecation") // Its successor is there from JDK 19 on.
    private static int slot() {
        long id = Thread.currentThread().getId();
        return (int) (id ^ (id >>> 5)) & (BUFFERS - 1);
    }

    /** To log must not fail what is being logged: whatever an encoder meets, something is written. */
    private static void encode(EventEncoder encoder, ILoggingEvent event, LineBuffer line) {
        try {
            encoder.encode(event, line);
        } catch (Throwable e) {
            line.clear();
            line.add("{\"level\":\"ERROR\",\"logger\":\"log\",\"message\":".getBytes(StandardCharsets.US_ASCII));
            line.addQuoted(
                    "an event of " + event.getLoggerName() + " cannot be written: "
                            + e.getClass().getName(),
                    1000);
            line.add('}').add('\n');
        }
    }
}
