package dev.twelvefactor.testing;

import org.opentest4j.TestAbortedException;

/** A server cannot be had on this machine: a test that needs it is skipped, by this name. */
public final class ServerUnavailableException extends TestAbortedException {
    private static final long serialVersionUID = 1;

    ServerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
