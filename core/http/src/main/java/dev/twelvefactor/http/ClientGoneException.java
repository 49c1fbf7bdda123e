package dev.twelvefactor.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The client has closed the connection, or takes nothing any more: nobody is left to be answered, and nothing is wrong with the app. */
final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1;

    ClientGoneException(@Nullable Throwable cause) {
        super("the client has gone", cause);
    }

    /** Whether this is at the bottom of what a handler has thrown. */
    static boolean isCauseOf(Throwable thrown) {
        Throwable cause = thrown;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof ClientGoneException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
