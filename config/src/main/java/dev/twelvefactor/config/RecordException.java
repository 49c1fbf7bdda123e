package dev.twelvefactor.config;

/** A record that cannot be bound, whatever the environment says: the developer has something to mend. */
public final class RecordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RecordException(String what) {
        super(what);
    }

    RecordException(Class<?> type, String what) {
        super(type.getName() + ": " + what);
    }
}
