package dev.twelvefactor.backing.blob;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A directory as a service. */
final class DirectoryConnector implements Connector<BlobStore> {
    /** Nobody writes to a blob for that long without a byte. */
    private static final Duration MAX_UNFINISHED = Duration.ofDays(1);

    private final Path directory;

    DirectoryConnector(Path directory) {
        this.directory = directory;
    }

    static Path path(ServiceUrl url) {
        String path = url.path().orElse("");
        if (path.isEmpty() || !url.hosts().isEmpty() || url.user().isPresent()) {
            throw url.refused("names no absolute path; write file:///path, with three slashes");
        }
        UrlParameters.of(url).end();
        return Path.of("/" + path);
    }

    @Override
    public BlobStore open(String name) throws IOException {
        DirectoryStore store = new DirectoryStore(Files.createDirectories(directory));
        check(store);
        sweep(store);
        return store;
    }

    /** On a thread of its own: a directory with a million names would take longer than a start may. */
    private static void sweep(DirectoryStore store) {
        Thread thread = new Thread(
                () -> {
                    try {
                        store.sweep(Instant.now().minus(MAX_UNFINISHED));
                    } catch (IOException | DirectoryIteratorException e) {
                        // A directory that this process may not read still takes blobs.
                    }
                },
                "blob-sweep");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void check(BlobStore store) throws IOException {
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new IOException(directory.toString());
        }
    }

    @Override
    public void close(BlobStore store) {
        // There is nothing to release.
    }

    @Override
    public List<String> warnings() {
        return DirectoryStore.NAMES_ARE_UTF8 ? List.of() : List.of(DirectoryStore.ASCII_NAMES_ONLY);
    }

    @Override
    public Failure explain(Exception failure) {
        return failure instanceof FileAlreadyExistsException
                ? Failure.permanent(directory + " is no directory")
                : Failure.permanent(directory + " is not there, or may not be written");
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return false;
    }
}
