package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** An event as a short line for a person, a stack trace below it. */
final class TextEncoder implements EventAppender.Encoder {
    private static final int LONGEST_TEXT = 16 * 1024;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    private final StackTraces stackTraces = new StackTraces();

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder()
                .append(TIME.format(event.getInstant()))
                .append(String.format(" %-5s ", event.getLevel()))
                .append(Text.oneLine(String.valueOf(event.getFormattedMessage()), LONGEST_TEXT));
        EventFields.added(event, List.of()).forEach((name, value) -> line.append("  ")
                .append(Text.oneLine(name, LONGEST_TEXT))
                .append('=')
                .append(Text.oneLine(value.toString(), LONGEST_TEXT)));
        String stackTrace = stackTraces.of(event);
        if (stackTrace != null) {
            stackTrace.lines().forEach(frame -> line.append("\n    ")
                    .append(Text.oneLine(frame.replace("\t", "    "), LONGEST_TEXT)));
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }
}
