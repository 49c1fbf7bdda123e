package dev.twelvefactor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The log of this process, once the app knows its settings and who it is.
 *
 * <p>Events go to stdout in groups: what comes while one is being written goes out with the next, so that a busy process does not pay a system call for each. A
 * quiet one writes each at once; an {@code ERROR} is out when its call returns, and everything is when the JVM ends. At most 1 MiB is in hand; then callers
 * wait for the reader.
 *
 * @see <a href="https://12factor.net/logs">The twelve-factor app, XI: logs</a>
 */
public final class EventLog {
    /**
     * The logger of what an operator does to a running process. Its events are written whatever the settings and {@link #setLevel} say, so that no change of a
     * level can hide itself.
     */
    public static final String MANAGEMENT = "dev.twelvefactor.management";

    private static final String APPENDER = "events";
    private static final String CAPTURE = "captured events";
    /** Libraries that say at INFO what no operator acts on. */
    private static final Map<String, Level> QUIET = Map.of(
            "org.xnio",
            Level.WARN,
            "org.jboss",
            Level.WARN,
            "io.undertow",
            Level.WARN,
            "com.zaxxer.hikari",
            Level.WARN,
            // One event with its stack for each connection that a dead database takes along; the attachment reports it
            // once.
            "com.zaxxer.hikari.pool.ProxyConnection",
            Level.ERROR);

    private EventLog() {}

    /**
     * Writes events from now on with these settings and to this stream, without losing one on the way. An app with a logback file of its own
     * keeps what that says.
     *
     * @param identity fields of every event: {@code service}, {@code version}, {@code release}, {@code process}
     * @param out where the events go, each of them out when its call returns; null is the stdout of the process, whatever {@code System.out} is
     */
    public static void use(LogSettings settings, Map<String, String> identity, @Nullable OutputStream out) {
        use(encoder(settings, identity), settings, out);
    }

    /**
     * The same with an identity that is still being found out: the first event waits for it. If it cannot be found out, events are written without it.
     */
    public static void use(LogSettings settings, Supplier<Map<String, String>> identity, @Nullable OutputStream out) {
        use(late(settings, identity), settings, out);
    }

    /**
     * Writes events to this stream in place of where they go now, until the capture is closed: for a test that runs an app in its own JVM.
     *
     * <p>Several captures may be open at once. The log is the JVM's, so each has the events of all, with the levels of the one that was opened last. When the
     * last is closed, the log is as it was before the first. What a logback file of the app's own writes is still written, and its levels hold.
     *
     * @param identity fields of every event, as in {@link #use(LogSettings, Supplier, OutputStream)}
     * @param out where the events go, each of them out when its call returns
     */
    public static Capture capture(LogSettings settings, Supplier<Map<String, String>> identity, OutputStream out) {
        LoggerContext context = context();
        if (context == null) {
            return Capture.NOTHING;
        }
        EventAppender process = appender(context);
        EventAppender appender = new EventAppender(new EventStream.Unbuffered(out));
        appender.setContext(context);
        appender.setName(CAPTURE);
        appender.use(late(settings, identity), null);
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        if (process != null) {
            process.pause(() -> explicitLevels(context));
            setLevels(context, settings);
        }
        return Capture.closedBy(() -> {
            if (process != null) {
                process.resume(before -> applyLevels(context, before));
            }
            // Not stopped: an event may be on its way to it, of which logback would then warn on stderr.
            root.detachAppender(appender);
        });
    }

    private static EventEncoder late(LogSettings settings, Supplier<Map<String, String>> identity) {
        return new LateEncoder(() -> {
            try {
                return encoder(settings, identity.get());
            } catch (Throwable e) {
                // An event that does not say which service wrote it is worth more than none.
                System.err.println("The log leaves the fields of the service out, since they cannot be found out: "
                        + e.getClass().getName());
                return encoder(settings, Map.of());
            }
        });
    }

    private static void use(EventEncoder encoder, LogSettings settings, @Nullable OutputStream out) {
        LoggerContext context = context();
        EventAppender appender = context == null ? null : appender(context);
        if (context != null && appender != null) {
            appender.use(encoder, out == null ? null : new EventStream.Unbuffered(out));
            setLevels(context, settings);
        }
    }

    /** Waits until all events so far are out. False if that takes longer than this: their reader has stopped reading. */
    public static boolean flush(Duration longest) {
        return stream().map(stream -> stream.flush(longest)).orElse(true);
    }

    /** What the log has done so far; nothing if the app has a logback file of its own. */
    public static LogStatistics statistics() {
        return stream().map(EventStream::statistics).orElse(LogStatistics.NONE);
    }

    /** The names of all loggers that exist, those of packages among them: the ones whose level can be changed. */
    public static SortedSet<String> loggers() {
        SortedSet<String> names = new TreeSet<>();
        LoggerContext context = context();
        if (context != null) {
            context.getLoggerList().forEach(logger -> names.add(logger.getName()));
            names.remove(MANAGEMENT);
        }
        return names;
    }

    /** The loggers that have a level of their own, with it; {@code ROOT} is the one that all others inherit from. */
    public static Map<String, LogLevel> levels() {
        Map<String, LogLevel> levels = new TreeMap<>();
        LoggerContext context = context();
        if (context != null) {
            for (Logger logger : context.getLoggerList()) {
                if (logger.getLevel() != null && !logger.getName().equals(MANAGEMENT)) {
                    levels.put(logger.getName(), level(logger.getLevel()));
                }
            }
        }
        return levels;
    }

    /**
     * Changes the level of a logger in the running process. It makes no logger: one that is made stays for good, so names that somebody invents would fill the
     * memory.
     *
     * @param logger the name of one of {@link #loggers}; {@code ROOT} for all that have none of their own
     * @param level empty to inherit again; {@code ROOT} then has {@code info}
     * @return false if there is no such logger, or if it is {@link #MANAGEMENT}
     */
    public static boolean setLevel(String logger, Optional<LogLevel> level) {
        LoggerContext context = context();
        boolean root = logger.equalsIgnoreCase(Logger.ROOT_LOGGER_NAME);
        Logger found = context == null ? null : context.exists(root ? Logger.ROOT_LOGGER_NAME : logger);
        if (found == null || logger.equals(MANAGEMENT)) {
            return false;
        }
        Level inherited = root ? Level.INFO : null;
        found.setLevel(level.map(EventLog::level).orElse(inherited));
        return true;
    }

    static void install(LoggerContext context, LogSettings settings, Map<String, String> identity, EventStream stdout) {
        EventAppender appender = new EventAppender(stdout);
        appender.setContext(context);
        appender.setName(APPENDER);
        appender.use(encoder(settings, identity), null);
        appender.start();
        ThrowableGuard guard = new ThrowableGuard();
        guard.setContext(context);
        guard.start();
        context.addTurboFilter(guard);
        SecretGuard secrets = new SecretGuard();
        secrets.setContext(context);
        secrets.start();
        context.addTurboFilter(secrets);
        setLevels(context, settings);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    /** Whether events are written as this class says, and not as a logback file of the app's own does. */
    static boolean writesEvents() {
        return stream().isPresent();
    }

    static @Nullable LoggerContext context() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext context ? context : null;
    }

    private static @Nullable EventAppender appender(LoggerContext context) {
        return context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER) instanceof EventAppender appender
                ? appender
                : null;
    }

    private static Optional<EventStream> stream() {
        return Optional.ofNullable(context()).map(EventLog::appender).map(EventAppender::stream);
    }

    static EventEncoder encoder(LogSettings settings, Map<String, String> identity) {
        return settings.logFormat() == LogFormat.TEXT
                ? new TextEncoder(settings.noColor().isEmpty() && Terminal.isStdout())
                : new JsonEncoder(new FieldNames(settings), identity);
    }

    private static Level level(LogLevel level) {
        return Level.valueOf(level.name());
    }

    private static LogLevel level(Level level) {
        return level.toInt() < Level.TRACE_INT ? LogLevel.TRACE : LogLevel.valueOf(level.toString());
    }

    /** Without lambdas: on the way to the first event the first ones cost some 10 ms. */
    private static void setLevels(LoggerContext context, LogSettings settings) {
        Level root = level(settings.logLevel());
        Map<String, Level> levels = new HashMap<>();
        for (Map.Entry<String, Level> quiet : QUIET.entrySet()) {
            if (quiet.getValue().levelInt > root.levelInt) {
                levels.put(quiet.getKey(), quiet.getValue());
            }
        }
        levels.put(Logger.ROOT_LOGGER_NAME, root);
        for (Map.Entry<String, LogLevel> asked : settings.logLevels().entrySet()) {
            levels.put(asked.getKey(), level(asked.getValue()));
        }
        levels.put(MANAGEMENT, Level.INFO);
        applyLevels(context, levels);
    }

    private static Map<String, Level> explicitLevels(LoggerContext context) {
        Map<String, Level> levels = new HashMap<>();
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null) {
                levels.put(logger.getName(), logger.getLevel());
            }
        }
        return levels;
    }

    /** A logger that has a level of its own and is not named inherits again. */
    private static void applyLevels(LoggerContext context, Map<String, Level> levels) {
        for (Logger logger : context.getLoggerList()) {
            if (logger.getLevel() != null && !levels.containsKey(logger.getName())) {
                logger.setLevel(null);
            }
        }
        for (Map.Entry<String, Level> level : levels.entrySet()) {
            context.getLogger(level.getKey()).setLevel(level.getValue());
        }
    }
}
