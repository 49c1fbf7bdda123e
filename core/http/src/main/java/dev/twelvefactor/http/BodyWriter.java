package dev.twelvefactor.http;

import java.io.OutputStream;

/** Writes a body to the client. */
@FunctionalInterface
public interface BodyWriter {
    /**
     * Writes all of it. Each call of {@link OutputStream#write} waits until the client has taken what came before.
     *
     * @throws Exception if it cannot be finished
     */
    void write(OutputStream out) throws Exception;
}
