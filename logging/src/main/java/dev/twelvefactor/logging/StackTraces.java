package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import net.logstash.logback.stacktrace.ShortenedThrowableConverter;

/** A throwable as text: the root cause first, 60 frames a throwable, 16,000 characters in all. */
final class StackTraces {
    private static final String COPY = ThrowableGuard.Copy.class.getName();

    private StackTraces() {}

    /** The class of a throwable, or of the one that it stands for. */
    static String type(IThrowableProxy thrown) {
        String message = thrown.getMessage();
        return thrown.getClassName().equals(COPY) && message != null
                ? message.split("[: ]", 2)[0]
                : thrown.getClassName();
    }

    /** Made when the first exception is logged: most processes start without one. */
    private static final class Converter {
        static final ShortenedThrowableConverter INSTANCE = new ShortenedThrowableConverter();

        static {
            INSTANCE.setRootCauseFirst(true);
            INSTANCE.setMaxDepthPerThrowable(60);
            INSTANCE.setMaxLength(16_000);
            INSTANCE.setLineSeparator("\n");
            INSTANCE.start();
        }
    }

    /** The trace of an event that has a throwable. */
    static String of(ILoggingEvent event) {
        // A copy has the name of its original in its text.
        return Converter.INSTANCE.convert(event).replace(COPY + ": ", "");
    }
}
