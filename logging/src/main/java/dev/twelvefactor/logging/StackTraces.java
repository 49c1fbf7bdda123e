package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import net.logstash.logback.stacktrace.ShortenedThrowableConverter;
import org.jspecify.annotations.Nullable;

/** A throwable as text: the root cause first, 60 frames a throwable, 16,000 characters in all. */
final class StackTraces {
    private final ShortenedThrowableConverter converter = new ShortenedThrowableConverter();

    StackTraces() {
        converter.setRootCauseFirst(true);
        converter.setMaxDepthPerThrowable(60);
        converter.setMaxLength(16_000);
        converter.setLineSeparator("\n");
        converter.start();
    }

    @Nullable
    String of(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? null : converter.convert(event);
    }
}
