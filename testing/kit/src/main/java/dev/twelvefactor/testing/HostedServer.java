package dev.twelvefactor.testing;

import java.io.IOException;

/** A server on something that can be killed and started: a process of this machine, or a container. */
public abstract class HostedServer implements RestartableServer {
    private final String url;
    private final String description;
    private final Host host;

    /** What it runs on. */
    public interface Host {
        /** Ends it at once. */
        void kill() throws IOException;

        /** Starts it again, on the same port; returns when it is ready. */
        void startAgain() throws IOException, InterruptedException;

        /** Stops it and removes all that it has written. */
        void close();
    }

    /** A server that runs and is ready. */
    protected HostedServer(String url, String description, Host host) {
        this.url = url;
        this.description = description;
        this.host = host;
    }

    @Override
    public final String url() {
        return url;
    }

    @Override
    public final String description() {
        return description;
    }

    @Override
    public final void kill() throws IOException {
        host.kill();
    }

    @Override
    public final void startAgain() throws IOException, InterruptedException {
        host.startAgain();
    }

    @Override
    public final void close() {
        host.close();
    }

    @Override
    public final String toString() {
        return description;
    }
}
