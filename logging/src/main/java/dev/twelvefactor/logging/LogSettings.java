package dev.twelvefactor.logging;

import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import java.util.Map;

/**
 * What the log reads from the environment.
 *
 * @param logLevel {@code LOG_LEVEL}: the least level that is written, {@code info} unless set
 * @param logLevels {@code LOG_LEVELS}: other levels for single loggers, such as {@code com.zaxxer=warn,org.flywaydb=debug}
 * @param logFormat {@code LOG_FORMAT}: {@code json} unless set
 */
public record LogSettings(
        @Default("info") @Doc("least level of the events that are written")
        LogLevel logLevel,

        @Default("") @Doc("levels of single loggers: com.zaxxer=warn,org.flywaydb=debug")
        Map<String, LogLevel> logLevels,

        @Default("json") @Doc("json for the platform, text for a person")
        LogFormat logFormat) {

    /** What holds when nothing is set. */
    public static LogSettings defaults() {
        return new LogSettings(LogLevel.INFO, Map.of(), LogFormat.JSON);
    }
}
