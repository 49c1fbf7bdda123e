package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.BinaryCache;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The server's executables, unpacked once for all runs. The library never mends what an interrupted run left, so this tells it from what is whole. */
final class UnpackedPostgres {
    private static final String WORKING_DIRECTORY = "ot.epg.working-dir";
    private static final String WHOLE = ".whole";

    private final BinaryCache cache;
    private final Path path;

    UnpackedPostgres(BinaryCache cache) throws IOException {
        this.cache = cache;
        this.path = Files.createDirectories(cache.path().resolve("postgres"));
    }

    /** Unpacks if need be, and uses it while no other process does. */
    <T> T use(Callable<T> start) throws Exception {
        return cache.locked(() -> {
            for (Path unpacked : unpacked()) {
                if (!Files.exists(mark(unpacked))) {
                    delete(unpacked);
                }
            }
            T started = start.call();
            for (Path unpacked : unpacked()) {
                if (!Files.exists(mark(unpacked))) {
                    Files.createFile(mark(unpacked));
                }
            }
            return started;
        });
    }

    /** A builder that unpacks here: it reads the place from a system property, at the moment at which it is made. */
    EmbeddedPostgres.Builder builder() throws IOException {
        String before = System.getProperty(WORKING_DIRECTORY);
        System.setProperty(WORKING_DIRECTORY, path.toString());
        try {
            return EmbeddedPostgres.builder().setOverrideWorkingDirectory(path.toFile());
        } finally {
            if (before == null) {
                System.clearProperty(WORKING_DIRECTORY);
            } else {
                System.setProperty(WORKING_DIRECTORY, before);
            }
        }
    }

    private List<Path> unpacked() throws IOException {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("PG-")
                            && !entry.getFileName().toString().endsWith(WHOLE))
                    .toList();
        }
    }

    /** Beside what it marks: a newer file inside would make the library wait. */
    private static Path mark(Path unpacked) {
        return unpacked.resolveSibling(unpacked.getFileName() + WHOLE);
    }

    private static void delete(Path tree) throws IOException {
        try (Stream<Path> entries = Files.walk(tree)) {
            for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        }
    }
}
