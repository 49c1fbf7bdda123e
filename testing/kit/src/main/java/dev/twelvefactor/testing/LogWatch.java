package dev.twelvefactor.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Reads every event of every library, at all levels, in the place of the log, and finds those that tell a secret. */
final class LogWatch implements AutoCloseable {
    private final Optional<Logger> root;
    private final List<Appender<ILoggingEvent>> before = new ArrayList<>();
    private final @Nullable Level levelBefore;
    private final Search search;

    LogWatch(String secret) {
        this.search = new Search(secret);
        this.root = LoggerFactory.getILoggerFactory() instanceof LoggerContext context && !secret.isEmpty()
                ? Optional.of(context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                : Optional.empty();
        this.levelBefore = root.map(Logger::getLevel).orElse(null);
        root.ifPresent(this::begin);
    }

    private void begin(Logger logger) {
        Iterator<Appender<ILoggingEvent>> appenders = logger.iteratorForAppenders();
        appenders.forEachRemaining(before::add);
        before.forEach(logger::detachAppender);
        search.setContext(logger.getLoggerContext());
        search.start();
        logger.addAppender(search);
        logger.setLevel(Level.TRACE);
    }

    /** The loggers and the levels of events in which the secret stands. */
    List<String> found() {
        return List.copyOf(search.found);
    }

    @Override
    public void close() {
        root.ifPresent(logger -> {
            logger.setLevel(levelBefore);
            boolean unused = logger.detachAppender(search);
            before.forEach(logger::addAppender);
        });
    }

    private static final class Search extends AppenderBase<ILoggingEvent> {
        private final String secret;
        private final ConcurrentLinkedQueue<String> found = new ConcurrentLinkedQueue<>();

        Search(String secret) {
            this.secret = secret;
        }

        @Override
        protected void append(ILoggingEvent event) {
            boolean told = tells(event.getFormattedMessage())
                    || (event.getKeyValuePairs() != null
                            && tells(event.getKeyValuePairs().toString()))
                    || tells(event.getThrowableProxy());
            if (told) {
                found.add(event.getLevel() + " " + event.getLoggerName());
            }
        }

        private boolean tells(@Nullable String text) {
            return text != null && text.contains(secret);
        }

        private boolean tells(@Nullable IThrowableProxy failure) {
            for (IThrowableProxy cause = failure; cause != null; cause = cause.getCause()) {
                if (tells(Objects.requireNonNullElse(cause.getMessage(), ""))) {
                    return true;
                }
                for (IThrowableProxy suppressed : cause.getSuppressed()) {
                    if (tells(suppressed)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }
}
