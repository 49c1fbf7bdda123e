package dev.twelvefactor.config;

import java.util.Locale;

/** How a component's name becomes the name that an operator writes. */
enum Names {
    /** {@code maxPoolSize} is {@code MAX_POOL_SIZE}. */
    VARIABLE("", "_"),
    /** {@code olderThan} is {@code --older-than}. */
    OPTION("--", "-");

    private final String prefix;
    private final String separator;

    Names(String prefix, String separator) {
        this.prefix = prefix;
        this.separator = separator;
    }

    String of(String component) {
        String words = words(component);
        return prefix + (this == VARIABLE ? words.toUpperCase(Locale.ROOT) : words.toLowerCase(Locale.ROOT));
    }

    /** The name of a component of a record that is itself the component with the name {@code parent}. */
    String nested(String parent, String component) {
        return parent + separator + of(component).substring(prefix.length());
    }

    /** A word begins at a capital behind a small letter or a digit, and at the last of several capitals that a small letter follows: {@code httpURLPath}. */
    final String words(String component) {
        StringBuilder words = new StringBuilder(component.length() + 4);
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            boolean capital = isCapital(c);
            boolean behindCapital = i > 0 && isCapital(component.charAt(i - 1));
            boolean behindSmall = i > 0 && isSmallOrDigit(component.charAt(i - 1));
            boolean beforeSmall =
                    i + 1 < component.length() && component.charAt(i + 1) >= 'a' && component.charAt(i + 1) <= 'z';
            if (capital && (behindSmall || (behindCapital && beforeSmall))) {
                words.append(separator);
            }
            if (c == '_') {
                words.append(separator);
            } else {
                words.append(c);
            }
        }
        return words.toString();
    }

    private static boolean isCapital(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isSmallOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
