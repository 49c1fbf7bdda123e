package dev.twelvefactor.admin.migrate;

import org.flywaydb.core.api.logging.Log;
import org.flywaydb.core.api.logging.LogCreator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** For Flyway, which makes it by its name. What it tells of its steps and failures stays at debug, since the task tells that itself. */
public final class FlywayLog implements LogCreator {
    /** For Flyway. */
    public FlywayLog() {}

    @Override
    public Log createLogger(Class<?> of) {
        return new ToSlf4j(LoggerFactory.getLogger(of));
    }

    private record ToSlf4j(Logger logger) implements Log {
        @Override
        public void debug(String message) {
            logger.trace("{}", message);
        }

        @Override
        public void info(String message) {
            logger.debug("{}", message);
        }

        @Override
        public void notice(String message) {
            logger.debug("{}", message);
        }

        @Override
        public void warn(String message) {
            logger.warn("{}", message);
        }

        @Override
        public void error(String message) {
            logger.debug("{}", message);
        }

        @Override
        public void error(String message, Exception failure) {
            logger.debug("{}", message, failure);
        }
    }
}
