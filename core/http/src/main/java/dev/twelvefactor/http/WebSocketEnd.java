package dev.twelvefactor.http;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a WebSocket has ended, and how: the first to say so counts. For any thread, but for what says otherwise. */
final class WebSocketEnd {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private final AtomicReference<@Nullable Status> first = new AtomicReference<>();
    private volatile boolean draining;
    private Runnable actions = () -> {};

    /** The close code and its reason. */
    record Status(int code, String reason) {}

    /** It ends in this way, unless it has ended already. Gives how it has. */
    Status decide(int code, String reason) {
        Status own = new Status(code, reason);
        Status before = first.compareAndExchange(null, own);
        return before == null ? own : before;
    }

    Optional<Status> status() {
        return Optional.ofNullable(first.get());
    }

    /** No message comes any more, but those that have been read may still be answered. */
    void drain() {
        draining = true;
    }

    boolean draining() {
        return draining;
    }

    /** Whether messages go both ways. */
    boolean isOpen() {
        return first.get() == null && !draining;
    }

    /** What happens at its end; at once if that is past. On the IO thread. */
    void then(Runnable action) {
        if (!isOpen()) {
            safely(action);
            return;
        }
        Runnable before = actions;
        actions = () -> {
            before.run();
            safely(action);
        };
    }

    /** On the IO thread. */
    void runActions() {
        Runnable all = actions;
        actions = () -> {};
        all.run();
    }

    private static void safely(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).log("what was to happen at the end of a WebSocket failed");
        }
    }
}
