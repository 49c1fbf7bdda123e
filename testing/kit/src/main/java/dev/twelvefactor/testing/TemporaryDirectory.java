package dev.twelvefactor.testing;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A directory as a service with a {@code file:} URL; it goes away with this JVM. */
public final class TemporaryDirectory implements TestServer {
    private final ServerDirectory directory;

    private TemporaryDirectory(ServerDirectory directory) {
        this.directory = directory;
    }

    /** Makes one. */
    public static TemporaryDirectory start() {
        try {
            return new TemporaryDirectory(ServerDirectory.create("files"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String url() {
        return "file://" + directory.path();
    }

    @Override
    public String description() {
        return "Files: " + directory.path();
    }

    @Override
    public void close() {
        directory.close();
    }
}
