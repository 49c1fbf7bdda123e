package dev.twelvefactor.config;

import java.util.function.Supplier;

/**
 * A secret that may change while the process runs. Where {@code X_FILE} names a file, {@link #current()} reads it again once it has changed; where the variable itself
 * holds the secret, it is what it was at the start, as everything else that comes from the environment.
 *
 * <pre>{@code
 * record Settings(RotatingSecret apiToken) {}      // API_TOKEN or API_TOKEN_FILE
 * }</pre>
 */
public final class RotatingSecret {
    private final Supplier<String> text;

    RotatingSecret(Supplier<String> text) {
        this.text = text;
    }

    /** One that does not rotate, for a test. */
    public static RotatingSecret of(String text) {
        return new RotatingSecret(() -> text);
    }

    /** The secret as it is now. Not to be kept: ask again for each use. */
    public Secret current() {
        return Secret.of(text.get());
    }

    @Override
    public String toString() {
        return Secret.MASK;
    }
}
