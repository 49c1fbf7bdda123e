package dev.twelvefactor.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What happens if a request is not answered in time, once, unless something goes on meanwhile. */
final class Alarm {
    private Duration time = Duration.ZERO;
    private long at;
    private @Nullable Runnable action;

    void set(Duration after, Runnable late) {
        time = after;
        action = late;
        restart();
    }

    /** Something has gone on. */
    void restart() {
        at = System.nanoTime() + time.toNanos();
    }

    void clear() {
        action = null;
    }

    boolean isLate(long now) {
        return action != null && now - at > 0;
    }

    void postpone(Pause pause) {
        at = pause.postponed(at - time.toNanos()) + time.toNanos();
    }

    void ringIfLate(long now) {
        Runnable late = action;
        if (late != null && isLate(now)) {
            action = null;
            late.run();
        }
    }
}
