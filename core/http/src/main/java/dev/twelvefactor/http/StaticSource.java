package dev.twelvefactor.http;

import java.io.IOException;
import java.util.Optional;

/** Where static files are found. */
interface StaticSource {
    /** Whether there is such a file. */
    boolean has(String path) throws IOException;

    /** Opens it. The caller closes it. */
    Optional<StaticFile> open(String path) throws IOException, InterruptedException;
}
