package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import net.logstash.logback.stacktrace.ShortenedThrowableConverter;

/** A throwable as text: the root cause first, 60 frames a throwable, 16,000 characters in all. */
final class StackTraces {
    private StackTraces() {}

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
        return Converter.INSTANCE.convert(event);
    }
}
