package dev.twelvefactor.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** A file or a resource that was opened once: what its headers say and what its body sends are the same bytes, whatever takes its place meanwhile. */
interface StaticFile extends Closeable {
    long length();

    /** A hash of the content; empty if it is not known, or if the file was changed while it was read. */
    Optional<String> hash();

    /** The bytes from there on; the stream closes the file when it is closed. */
    InputStream from(long start) throws IOException;
}
