package dev.twelvefactor.backing;

/** A service could not be attached. The message says which, where and why, and holds no secret. */
public final class AttachException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AttachException(String message) {
        // No cause: drivers repeat URLs and properties in what they throw.
        super(message);
    }
}
