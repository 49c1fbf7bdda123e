package dev.twelvefactor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/** Keeps quiet what tells passwords: Redis's client shows at TRACE what it sends, the login too. No setting of the log's levels brings it back. */
final class SecretGuard extends TurboFilter {
    private static final Set<String> TELL_AT_TRACE = Set.of("io.lettuce.core.protocol.CommandEncoder");

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        return level.levelInt <= Level.TRACE_INT && TELL_AT_TRACE.contains(logger.getName())
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
