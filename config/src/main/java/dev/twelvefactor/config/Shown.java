package dev.twelvefactor.config;

import java.util.Collection;
import java.util.regex.Pattern;

/** How a value is shown to a person: short, on one line, without secrets. */
final class Shown {
    private static final int LONGEST = 60;
    private static final Pattern USER_INFO = Pattern.compile("(?<=//)[^/?#\\s]*@");
    private static final Pattern SECRET_NAME =
            Pattern.compile("(?i).*(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE)_?KEY).*");

    private Shown() {}

    static String quoted(String value) {
        return '"' + plain(value) + '"';
    }

    static String plain(String value) {
        String masked = USER_INFO.matcher(value).replaceAll(Secret.MASK + "@");
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

    /** Whether a name says that its value is a secret, though its type does not. */
    static boolean namesASecret(String name) {
        return SECRET_NAME.matcher(name).matches();
    }

    /** The message without any of the secrets, wherever it came from. */
    static String without(Collection<String> secrets, String message) {
        String clean = message;
        for (String secret : secrets) {
            if (!secret.isBlank()) {
                clean = clean.replace(secret, Secret.MASK);
            }
        }
        return clean;
    }
}
