package dev.twelvefactor.app;

import dev.twelvefactor.logging.Capture;
import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogSettings;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where the events of a run go. A run within a test leaves the log of its JVM as it was. */
final class RunLog implements AutoCloseable {
    private final @Nullable PrintStream out;
    private @Nullable Capture capture;

    /** @param out stdout of a run within a test; null if the process is the run's own */
    private RunLog(@Nullable PrintStream out) {
        this.out = out;
    }

    static RunLog ofProcess() {
        return new RunLog(null);
    }

    static RunLog ofTest(PrintStream out) {
        RunLog log = new RunLog(out);
        log.capture = EventLog.capture(LogSettings.defaults(), Map::of, out);
        return log;
    }

    /** To stdout from now on. */
    void use(LogSettings settings, Supplier<Map<String, String>> identity) {
        use(settings, identity, out);
    }

    /** To this stream from now on. */
    void use(LogSettings settings, Supplier<Map<String, String>> identity, @Nullable PrintStream to) {
        if (out == null || to == null) {
            EventLog.use(settings, identity, to);
            return;
        }
        Capture before = capture;
        capture = EventLog.capture(settings, identity, to);
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void close() {
        if (capture != null) {
            capture.close();
        }
    }
}
