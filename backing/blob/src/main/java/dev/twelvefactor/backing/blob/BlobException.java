package dev.twelvefactor.backing.blob;

/** A store did not do what it was asked for. The cause says why; whether the store is away, the web process knows. */
public final class BlobException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BlobException(String message, Throwable cause) {
        super(message, cause);
    }
}
