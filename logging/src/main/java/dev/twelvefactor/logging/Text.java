package dev.twelvefactor.logging;

/** Untrusted text, made fit for a line. */
final class Text {
    private static final char REPLACEMENT = '\uFFFD';

    private Text() {}

    /** Well-formed Unicode of at most so many characters: a lone surrogate becomes U+FFFD, what is cut off is counted. */
    static String clean(String text, int most) {
        int length = Math.min(text.length(), most);
        StringBuilder clean = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean pair =
                    Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                clean.append(c).append(text.charAt(++i));
            } else {
                clean.append(Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
        return length < text.length()
                ? clean.append("… (")
                        .append(text.length())
                        .append(" characters)")
                        .toString()
                : clean.toString();
    }

    /** The same on one line: control characters are shown, not done. */
    static String oneLine(String text, int most) {
        StringBuilder line = new StringBuilder();
        clean(text, most).chars().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append(String.format("\\u%04x", c));
            } else {
                line.append((char) c);
            }
        });
        return line.toString();
    }
}
