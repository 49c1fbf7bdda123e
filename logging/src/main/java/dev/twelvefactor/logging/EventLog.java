package dev.twelvefactor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The log of this process, once the app knows its settings and who it is. */
public final class EventLog {
    private static final String APPENDER = "events";
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
     * @param out where the events go; null is the stdout of the process, whatever {@code System.out} is
     */
    public static void use(LogSettings settings, Map<String, String> identity, @Nullable OutputStream out) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
            EventStream stream = out == null ? EventStream.stdout() : new EventStream(out);
            if (root.getAppender(APPENDER) instanceof EventAppender appender) {
                appender.use(encoder(settings, identity), stream);
                setLevels(context, settings);
            }
        }
    }

    static void install(LoggerContext context, LogSettings settings, Map<String, String> identity, EventStream stream) {
        EventAppender appender = new EventAppender();
        appender.setContext(context);
        appender.setName(APPENDER);
        appender.use(encoder(settings, identity), stream);
        appender.start();
        setLevels(context, settings);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private static EventAppender.Encoder encoder(LogSettings settings, Map<String, String> identity) {
        return settings.logFormat() == LogFormat.TEXT ? new TextEncoder() : new JsonEncoder(identity);
    }

    private static void setLevels(LoggerContext context, LogSettings settings) {
        Level root = Level.valueOf(settings.logLevel().name());
        Map<String, Level> levels = new HashMap<>(QUIET);
        levels.values().removeIf(root::isGreaterOrEqual);
        levels.put(Logger.ROOT_LOGGER_NAME, root);
        settings.logLevels().forEach((name, level) -> levels.put(name, Level.valueOf(level.name())));
        // A logger whose level an earlier call set and this one does not name inherits again.
        context.getLoggerList().stream()
                .filter(logger -> logger.getLevel() != null && !levels.containsKey(logger.getName()))
                .forEach(logger -> logger.setLevel(null));
        levels.forEach((name, level) -> context.getLogger(name).setLevel(level));
    }
}
