package dev.twelvefactor.config;

import java.util.Optional;

/**
 * A variable that a record reads.
 *
 * @param name such as {@code DATABASE_URL}
 * @param type what is written there, in words: {@code duration}, {@code port}, {@code list of text}
 * @param required whether the configuration is invalid without it
 * @param defaultValue the text that counts when it is absent, its secrets masked
 * @param doc what it is for; empty if its record does not say
 * @param secret whether its value is never shown
 */
public record Variable(
        String name, String type, boolean required, Optional<String> defaultValue, String doc, boolean secret) {
    /** Whether the name says that the value is a secret, such as {@code API_TOKEN}, whatever its type. */
    public boolean namesASecret() {
        return Shown.namesASecret(name);
    }

    Variable optional() {
        return new Variable(name, type, false, defaultValue, doc, secret);
    }
}
