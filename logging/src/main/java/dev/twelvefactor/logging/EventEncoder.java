package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;

/** How an event becomes bytes, newline included. */
@FunctionalInterface
interface EventEncoder {
    void encode(ILoggingEvent event, LineBuffer line);
}
