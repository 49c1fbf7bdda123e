package dev.twelvefactor.http;

import java.io.OutputStream;

/** Writes a body to the client. */
@FunctionalInterface
public interface BodyWriter {
    /**
     * Writes all of it. Each call of {@link OutputStream#write} waits until the client has taken what came before. The thread is interrupted when the client
     * has gone, so that a writer that waits for something else ends, too.
     *
     * @throws Exception if it cannot be finished
     */
    void write(OutputStream out) throws Exception;
}
