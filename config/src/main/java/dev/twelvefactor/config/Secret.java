package dev.twelvefactor.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A value that must not be shown: its {@code toString} is {@code ***}; only {@link #reveal()} gives the text. */
public final class Secret {
    /** What stands in the place of a secret wherever one would be shown. */
    public static final String MASK = "***";

    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /** A secret that holds this text. */
    public static Secret of(String text) {
        return new Secret(Objects.requireNonNull(text, "text"));
    }

    /** The text itself, for the one place that has to hand it to a client library. */
    public String reveal() {
        return text;
    }

    /** Compares in constant time. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        text.getBytes(StandardCharsets.UTF_8), that.text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return MASK;
    }
}
