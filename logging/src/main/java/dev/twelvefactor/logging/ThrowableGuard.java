package dev.twelvefactor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.DefaultLoggingEvent;
import org.slf4j.event.LoggingEvent;

/**
 * Keeps a throwable from breaking the call that logs it: logback asks each for its message and goes down its causes by recursion, before any appender sees the
 * event. One that throws from there, or has thousands of causes, is logged as a copy that does not.
 */
final class ThrowableGuard extends TurboFilter {
    private static final int MOST_CAUSES = 100;
    private static final int MOST_IN_ALL = 1000;
    private static final int LONGEST_CHAIN = 100_000;
    private static final int KEPT_AT_EACH_END = 20;

    /** What is logged in the place of a throwable that cannot be. */
    static final class Copy extends Throwable {
        private static final long serialVersionUID = 1;

        Copy(String message, @Nullable Throwable cause, StackTraceElement[] trace) {
            super(message, cause, false, true);
            setStackTrace(trace);
        }
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable throwable) {
        Throwable thrown = throwable != null ? throwable : lastOf(arguments);
        if (thrown == null || !level.isGreaterOrEqual(logger.getEffectiveLevel()) || isHarmless(thrown)) {
            return FilterReply.NEUTRAL;
        }
        Object @Nullable [] kept = arguments;
        if (throwable == null && arguments != null) {
            kept = Arrays.copyOf(arguments, arguments.length, Object[].class);
            kept[kept.length - 1] = copy(thrown);
        }
        logger.log(
                marker,
                Logger.FQCN,
                Level.toLocationAwareLoggerInteger(level),
                format,
                kept,
                throwable == null ? null : copy(thrown));
        return FilterReply.DENY;
    }

    @Override
    public FilterReply decide(Logger logger, LoggingEvent event) {
        if (event instanceof DefaultLoggingEvent built) {
            Throwable thrown = built.getThrowable();
            if (thrown != null && !isHarmless(thrown)) {
                built.setThrowable(copy(thrown));
            }
            List<Object> arguments = built.getArguments();
            int last = arguments == null ? -1 : arguments.size() - 1;
            if (last >= 0 && arguments.get(last) instanceof Throwable argument && !isHarmless(argument)) {
                arguments.set(last, copy(argument));
            }
        }
        return FilterReply.NEUTRAL;
    }

    private static @Nullable Throwable lastOf(Object @Nullable [] arguments) {
        return arguments != null && arguments.length > 0 && arguments[arguments.length - 1] instanceof Throwable last
                ? last
                : null;
    }

    /** Whether all that hangs on a throwable is few, and tells its text and its trace. */
    private static boolean isHarmless(Throwable throwable) {
        if (throwable instanceof Copy) {
            return true;
        }
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> left = new ArrayList<>(List.of(throwable));
        try {
            while (!left.isEmpty()) {
                Throwable next = left.remove(left.size() - 1);
                for (int depth = 0; next != null && seen.add(next); depth++) {
                    if (depth > MOST_CAUSES || seen.size() > MOST_IN_ALL) {
                        return false;
                    }
                    String unused = next.getMessage() + next;
                    if (trace(next) != next.getStackTrace().length) {
                        return false;
                    }
                    left.addAll(List.of(next.getSuppressed()));
                    next = next.getCause();
                }
            }
            return true;
        } catch (Throwable e) {
            return false;
        }
    }

    /** How many frames it has; fewer if one of them is null. */
    private static int trace(Throwable throwable) {
        return (int) Arrays.stream(throwable.getStackTrace())
                .filter(Objects::nonNull)
                .count();
    }

    private static StackTraceElement[] safeTrace(Throwable throwable) {
        try {
            return Arrays.stream(throwable.getStackTrace())
                    .filter(Objects::nonNull)
                    .toArray(StackTraceElement[]::new);
        } catch (Throwable e) {
            return new StackTraceElement[0];
        }
    }

    private static Throwable copy(Throwable throwable) {
        List<Throwable> chain = chain(throwable);
        Throwable copy = null;
        for (int i = chain.size() - 1; i >= 0; i--) {
            if (i >= KEPT_AT_EACH_END && i < chain.size() - KEPT_AT_EACH_END) {
                copy = new Copy(
                        "… (" + (chain.size() - 2 * KEPT_AT_EACH_END) + " more causes)",
                        copy,
                        new StackTraceElement[0]);
                i = KEPT_AT_EACH_END;
                continue;
            }
            copy = new Copy(text(chain.get(i)), copy, safeTrace(chain.get(i)));
        }
        return copy == null ? new Copy("", null, new StackTraceElement[0]) : copy;
    }

    private static List<Throwable> chain(Throwable throwable) {
        Set<Throwable> chain = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Throwable> ordered = new ArrayList<>();
        Throwable next = throwable;
        while (next != null && chain.size() < LONGEST_CHAIN && chain.add(next)) {
            ordered.add(next);
            try {
                next = next.getCause();
            } catch (Throwable e) {
                break;
            }
        }
        return ordered;
    }

    private static String text(Throwable throwable) {
        try {
            return throwable.toString();
        } catch (Throwable e) {
            return throwable.getClass().getName() + " [its message cannot be had: "
                    + e.getClass().getName() + "]";
        }
    }
}
