package dev.twelvefactor.logging;

import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the log reads from the environment.
 *
 * @param logLevel {@code LOG_LEVEL}: the least level that is written, {@code info} unless set
 * @param logLevels {@code LOG_LEVELS}: other levels for single loggers, such as {@code com.zaxxer=warn,org.flywaydb=debug}
 * @param logFormat {@code LOG_FORMAT}: {@code json} unless set
 * @param logRenameFields {@code LOG_RENAME_FIELDS}: other names for fields, such as {@code level=severity,@timestamp=time}
 * @param logDropFields {@code LOG_DROP_FIELDS}: fields that are left out, such as {@code thread,span_id}
 * @param noColor {@code NO_COLOR}: whatever it is set to, text has no colour, on a terminal neither (no-color.org)
 */
public record LogSettings(
        @Default("info") @Doc("least level of the events that are written")
        LogLevel logLevel,

        @Default("") @Doc("levels of single loggers: com.zaxxer=warn,org.flywaydb=debug")
        Map<String, LogLevel> logLevels,

        @Default("json") @Doc("json or ecs for the platform, text for a person")
        LogFormat logFormat,

        @Default("") @Doc("other names for fields: level=severity,@timestamp=time")
        Map<String, String> logRenameFields,

        @Default("") @Doc("fields that are left out: thread,span_id")
        List<String> logDropFields,

        @Doc("set to anything: no colour on a terminal") Optional<String> noColor) {

    @SuppressWarnings("unchecked")
    static LogSettings fromComponents(Object[] values) {
        return new LogSettings(
                (LogLevel) values[0],
                (Map<String, LogLevel>) values[1],
                (LogFormat) values[2],
                (Map<String, String>) values[3],
                (List<String>) values[4],
                (Optional<String>) values[5]);
    }

    /** What holds when nothing is set. */
    public static LogSettings defaults() {
        return of(LogLevel.INFO, LogFormat.JSON);
    }

    /** The same in another format. */
    public LogSettings withFormat(LogFormat format) {
        return new LogSettings(logLevel, logLevels, format, logRenameFields, logDropFields, noColor);
    }

    /** What holds when nothing but the level and the format is set. */
    public static LogSettings of(LogLevel level, LogFormat format) {
        return new LogSettings(level, Map.of(), format, Map.of(), List.of(), Optional.empty());
    }
}
