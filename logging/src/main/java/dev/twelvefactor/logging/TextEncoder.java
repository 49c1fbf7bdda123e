package dev.twelvefactor.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/** An event as a short line for a person, a stack trace below it. The ids that only machines compare are left out. */
final class TextEncoder implements EventEncoder {
    private static final int LONGEST_TEXT = 16 * 1024;
    private static final int LOGGER_WIDTH = 18;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final Set<String> LEFT_OUT = Set.of("trace_id", "span_id", "request_id");

    private final boolean coloured;

    TextEncoder(boolean coloured) {
        this.coloured = coloured;
    }

    @Override
    public void encode(ILoggingEvent event, LineBuffer line) {
        StringBuilder text = new StringBuilder()
                .append(dim(TIME.format(event.getInstant())))
                .append(' ')
                .append(coloured(colour(event.getLevel()), String.format("%-5s", event.getLevel())))
                .append(' ')
                .append(dim(String.format("%-" + LOGGER_WIDTH + "s", shortened(event.getLoggerName()))))
                .append(' ')
                .append(Text.oneLine(String.valueOf(Text.message(event)), LONGEST_TEXT));
        event.getMDCPropertyMap().forEach((name, value) -> added(text, name, value));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            pairs.forEach(pair -> added(text, pair.key, pair.value));
        }
        if (event.getThrowableProxy() != null) {
            StackTraces.of(event).lines().forEach(frame -> text.append("\n    ")
                    .append(Text.oneLine(frame.replace("\t", "    "), LONGEST_TEXT)));
        }
        line.add(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    private void added(StringBuilder text, @Nullable String name, @Nullable Object value) {
        if (name != null && value != null && !LEFT_OUT.contains(name)) {
            text.append("  ")
                    .append(dim(Text.oneLine(name, AddedNames.LONGEST) + "="))
                    .append(Text.oneLine(AddedValues.plain(value).toString(), LONGEST_TEXT));
        }
    }

    /** A class without its packages, or the end of a name that is none. */
    private static String shortened(String logger) {
        String last = logger.substring(logger.lastIndexOf('.') + 1);
        String shown = !last.isEmpty() && Character.isUpperCase(last.charAt(0)) ? last : logger;
        String clean = Text.oneLine(shown, 1000);
        return clean.length() > LOGGER_WIDTH ? "…" + clean.substring(clean.length() - LOGGER_WIDTH + 1) : clean;
    }

    private static String colour(Level level) {
        return switch (level.toInt()) {
            case Level.ERROR_INT -> "31";
            case Level.WARN_INT -> "33";
            case Level.INFO_INT -> "32";
            default -> "36";
        };
    }

    private String dim(String text) {
        return coloured("2", text);
    }

    private String coloured(String colour, String text) {
        return coloured ? "\u001b[" + colour + "m" + text + "\u001b[0m" : text;
    }
}
