package dev.twelvefactor.testing;

import java.io.IOException;

/** A test's server that can be lost and come back, for tests of what an app does meanwhile. */
public interface RestartableServer extends TestServer {
    /** Ends it as the loss of its machine would: at once, with all its connections, and without a word to anybody. */
    void kill() throws IOException;

    /** Starts it again after {@link #kill}, on the same port and with what it had stored; returns when it takes connections. */
    void startAgain() throws IOException, InterruptedException;
}
