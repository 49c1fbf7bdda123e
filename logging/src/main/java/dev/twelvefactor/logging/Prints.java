package dev.twelvefactor.logging;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** What would bypass the log, turned into events: prints to {@code System.out}, {@code java.util.logging}, uncaught exceptions. */
public final class Prints {
    private Prints() {}

    /**
     * Takes over {@code System.out}, the root of {@code java.util.logging} and the default handler of uncaught exceptions, for the life of the
     * process. {@code System.err} stays what it is, and {@code System.out} too if the app has a logback file of its own.
     */
    public static void becomeEvents() {
        if (EventLog.writesEvents()) {
            // An appender of the app's own may write to System.out itself, and would meet its own events there.
            System.setOut(new EventPrints(new LinesToLog(LoggerFactory.getLogger("stdout"))));
            endLineAtTheEnd();
        }
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        LoggerContext context = EventLog.context();
        if (context != null) {
            // Else java.util.logging would go on leaving out what LOG_LEVELS asks for.
            LevelChangePropagator levels = new LevelChangePropagator();
            levels.setContext(context);
            levels.start();
            context.addListener(levels);
        }
        Logger uncaught = LoggerFactory.getLogger("uncaught");
        Thread.setDefaultUncaughtExceptionHandler((thread, e) ->
                uncaught.error("the thread {} ended with an exception that nothing caught", thread.getName(), e));
    }

    private static void endLineAtTheEnd() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(Prints::endLine, "end-of-prints"));
        } catch (IllegalStateException e) {
            // The JVM is ending already. Whoever ends the process in order ends the line, too.
        }
    }

    /** Makes an event of what was printed to {@code System.out} without an end of line; for the end of the process. */
    public static void endLine() {
        if (System.out instanceof EventPrints prints) {
            prints.flush();
            prints.lines.endLine();
        }
    }

    private static final class EventPrints extends PrintStream {
        private final LinesToLog lines;

        EventPrints(LinesToLog lines) {
            super(lines, true, StandardCharsets.UTF_8);
            this.lines = lines;
        }
    }
}
