package dev.twelvefactor.app;

import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogLevel;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The levels of loggers that an operator has changed in the running process. Each change reverts after a while, since the operator who forgets a {@code debug}
 * fills the disk, and one who forgets an {@code off} hides the next incident. Each event is written before its change, on a logger that cannot be switched off.
 */
final class LevelChanges {
    static final Duration DEFAULT_DURATION = Duration.ofMinutes(10);
    static final Duration MAX_DURATION = Duration.ofHours(24);

    private static final Logger LOG = LoggerFactory.getLogger(EventLog.MANAGEMENT);

    private final InstantSource clock;
    private final Timer timer;
    private final Map<String, Change> changes = new TreeMap<>();
    /** What reverts each of the changes. */
    private final Map<String, Future<?>> reverts = new HashMap<>();

    /** Runs a task after a time, unless it is cancelled. */
    interface Timer {
        Future<?> after(Duration time, Runnable task);
    }

    /**
     * A change that has not reverted yet.
     *
     * @param before the logger's own level, to which it reverts; empty if it inherited one
     */
    record Change(LogLevel level, Optional<LogLevel> before, Instant until) {}

    LevelChanges(InstantSource clock, Timer timer) {
        this.clock = clock;
        this.timer = timer;
    }

    static String shown(LogLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    /** By the clock of the system. */
    static LevelChanges bySystemClock() {
        // A thread of its own: those that the JVM shares may be held up by the very thing that the operator is looking
        // for.
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "log levels");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return new LevelChanges(
                InstantSource.system(), (time, task) -> timer.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS));
    }

    /** The changes that have not reverted yet, by logger. */
    synchronized Map<String, Change> current() {
        return new TreeMap<>(changes);
    }

    /**
     * Changes a level for a while. A second change of the same logger replaces the first, and reverts to the level before both.
     *
     * @param logger one of {@link EventLog#loggers}
     * @param by the address that asked for it
     */
    synchronized void change(String logger, LogLevel level, Duration time, String by) {
        Change replaced = changes.get(logger);
        Optional<LogLevel> before =
                replaced == null ? Optional.ofNullable(EventLog.levels().get(logger)) : replaced.before();
        Change change = new Change(level, before, clock.instant().plus(time));
        LOG.atWarn()
                .addKeyValue("changed_logger", logger)
                .addKeyValue("changed_level", shown(level))
                .addKeyValue("until", change.until().toString())
                .addKeyValue("remote_address", by)
                .log("the level of a logger is changed");
        changes.put(logger, change);
        EventLog.setLevel(logger, Optional.of(level));
        cancel(reverts.put(logger, timer.after(time, () -> expire(logger, change))));
    }

    private static void cancel(@Nullable Future<?> replaced) {
        if (replaced != null) {
            replaced.cancel(false);
        }
    }

    private synchronized void expire(String logger, Change change) {
        // Another one that has replaced it has a time of its own.
        if (change.equals(changes.get(logger))) {
            revert(logger, "the time is over");
        }
    }

    /** Reverts a change before its time is over; a logger that was not changed stays as it is. */
    synchronized void revert(String logger, String by) {
        Change change = changes.remove(logger);
        cancel(reverts.remove(logger));
        if (change != null) {
            LOG.atWarn()
                    .addKeyValue("changed_logger", logger)
                    .addKeyValue(
                            "changed_level",
                            change.before().map(LevelChanges::shown).orElse("inherited"))
                    .addKeyValue("cause", by)
                    .log("the level of a logger reverts");
            EventLog.setLevel(logger, change.before());
        }
    }
}
