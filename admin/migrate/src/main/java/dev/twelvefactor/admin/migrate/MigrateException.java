package dev.twelvefactor.admin.migrate;

import org.jspecify.annotations.Nullable;

/** Why a database was not migrated, and what to do, in sentences for an operator. */
final class MigrateException extends RuntimeException {
    private static final long serialVersionUID = 1;

    MigrateException(String message) {
        super(message);
    }

    MigrateException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
