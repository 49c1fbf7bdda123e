package dev.twelvefactor.config;

import java.util.Optional;

/**
 * One thing that is wrong with the configuration. It never holds a secret's value.
 *
 * @param variable the variable (or option) to mend, or the record whose own check failed
 * @param message what is wrong and what to write instead
 * @param origin where the value came from, such as {@code .env:3}; empty if there is none
 */
public record Problem(String variable, String message, Optional<String> origin) {
    static Problem of(String variable, String message, String origin) {
        return new Problem(variable, message, Optional.of(origin));
    }

    static Problem missing(String variable, String message) {
        return new Problem(variable, message, Optional.empty());
    }

    @Override
    public String toString() {
        return variable + " " + sentence();
    }

    String sentence() {
        return message + origin.map(place -> " (" + place + ")").orElse("");
    }
}
