package dev.twelvefactor.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** How a component's name becomes the name that an operator writes. */
enum Names {
    /** {@code maxPoolSize} is {@code MAX_POOL_SIZE}. */
    VARIABLE("_") {
        @Override
        String of(String component) {
            return words(component).toUpperCase(Locale.ROOT);
        }
    },
    /** {@code olderThan} is {@code --older-than}. */
    OPTION("-") {
        @Override
        String of(String component) {
            return "--" + words(component).toLowerCase(Locale.ROOT);
        }
    };

    private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])");

    private final String separator;

    Names(String separator) {
        this.separator = separator;
    }

    abstract String of(String component);

    /** The name of a component of a record that is itself the component with the name {@code parent}. */
    String nested(String parent, String component) {
        return parent + separator + of(component).replaceFirst("^--", "");
    }

    final String words(String component) {
        return WORD_START.matcher(component).replaceAll(separator).replace("_", separator);
    }
}
