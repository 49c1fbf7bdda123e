package dev.twelvefactor.config;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How a value is shown to a person: short, on one line, without secrets. */
final class Shown {
    private static final int LONGEST = 60;
    private static final List<String> SECRET_PARTS =
            List.of("PASSW", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "SIGNATURE");

    private static final String SECRET_INITIALS = "PSTC";
    private static final Set<String> SECRET_WORDS = Set.of("PASS", "PWD", "AUTH", "SALT", "DSN");

    /** Shorter secrets occur in words that are none: to mask them there would tell what they are. */
    private static final int SHORTEST_TO_MASK = 4;

    private Shown() {}

    static String quoted(String value) {
        return '"' + plain(value) + '"';
    }

    static String plain(String value) {
        String masked = withoutUserInfo(value);
        StringBuilder shown = new StringBuilder();
        masked.codePoints().limit(LONGEST).forEach(c -> {
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return masked.codePointCount(0, masked.length()) > LONGEST ? shown + "…" : shown.toString();
    }

    /** Up to the last @: one that is not encoded is part of the password. */
    private static String withoutUserInfo(String value) {
        int start = value.indexOf("//") + 2;
        int end = value.lastIndexOf('@');
        return start < 2 || end < start ? value : value.substring(0, start) + Secret.MASK + value.substring(end);
    }

    /** Whether a name says that its value is a secret, though its type does not. */
    static boolean namesASecret(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        int start = 0;
        for (int i = 0; i <= upper.length(); i++) {
            char c = i == upper.length() ? '_' : upper.charAt(i);
            if (SECRET_INITIALS.indexOf(c) >= 0 && beginsASecret(upper, i)) {
                return true;
            }
            if (c == '_' || c == '-') {
                String word = upper.substring(start, i);
                if (SECRET_WORDS.contains(word) || word.endsWith("KEY") || word.endsWith("KEYS")) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    private static boolean beginsASecret(String name, int at) {
        for (String part : SECRET_PARTS) {
            if (name.startsWith(part, at)) {
                return true;
            }
        }
        return false;
    }

    /** The message without any of the secrets, wherever it came from. */
    static String without(Collection<String> secrets, String message) {
        String clean = message;
        for (String given : secrets) {
            String secret = given.strip();
            if (secret.isEmpty() || !clean.contains(secret)) {
                continue;
            }
            if (secret.length() < SHORTEST_TO_MASK) {
                return "was refused by its own check, in words that would tell a secret";
            }
            clean = clean.replace(given, Secret.MASK).replace(secret, Secret.MASK);
        }
        return clean;
    }
}
