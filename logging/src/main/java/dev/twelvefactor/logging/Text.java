package dev.twelvefactor.logging;

import ch.qos.logback.classic.spi.ILoggingEvent;
import org.jspecify.annotations.Nullable;

/** Untrusted text, made fit for a line. */
final class Text {
    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /** The message with its arguments, or what has become of it. */
    static @Nullable String message(ILoggingEvent event) {
        try {
            return event.getFormattedMessage();
        } catch (Throwable e) {
            // Whatever foreign code throws, an Error too: to log must not fail what is being logged.
            return event.getMessage() + " [an argument's toString() failed: "
                    + e.getClass().getName() + "]";
        }
    }

    /** Where the first so many characters of a text end: not within a pair of surrogates. */
    static int end(String text, int most) {
        if (text.length() <= most) {
            return text.length();
        }
        boolean withinPair = most > 0
                && Character.isHighSurrogate(text.charAt(most - 1))
                && Character.isLowSurrogate(text.charAt(most));
        return withinPair ? most - 1 : most;
    }

    /** What follows a text of which only the beginning is shown. */
    static String cutOff(int length) {
        return "… (" + length + " characters)";
    }

    /** At most so many characters on one line: control characters are shown, not done, a lone surrogate becomes U+FFFD, what is cut off is counted. */
    static String oneLine(String text, int most) {
        int end = end(text, most);
        StringBuilder line = new StringBuilder(end + 16);
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < end && Character.isLowSurrogate(text.charAt(i + 1))) {
                line.append(c).append(text.charAt(++i));
            } else if (Character.isISOControl(c)) {
                line.append(String.format("\\u%04x", (int) c));
            } else {
                line.append(Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return end < text.length() ? line.append(cutOff(text.length())).toString() : line.toString();
    }
}
