package dev.twelvefactor.http;

/** Text made safe for HTML. */
public final class Html {
    private Html() {}

    /** The text with {@code & < > " '} as character references: safe in element content and in a quoted attribute. */
    public static String escape(String text) {
        return plainUpTo(text, 0) == text.length()
                ? text
                : escape(new StringBuilder(text.length() + 32), text).toString();
    }

    /** Appends the same to a page, without a text in between. */
    public static StringBuilder escape(StringBuilder page, String text) {
        int from = 0;
        for (int to = plainUpTo(text, 0); to < text.length(); to = plainUpTo(text, from)) {
            page.append(text, from, to).append(reference(text.charAt(to)));
            from = to + 1;
        }
        return page.append(text, from, text.length());
    }

    private static int plainUpTo(String text, int from) {
        int i = from;
        while (i < text.length() && reference(text.charAt(i)).isEmpty()) {
            i++;
        }
        return i;
    }

    private static String reference(char c) {
        return switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            default -> "";
        };
    }
}
