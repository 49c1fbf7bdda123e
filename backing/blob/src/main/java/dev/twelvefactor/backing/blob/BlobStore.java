package dev.twelvefactor.backing.blob;

import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Blobs under keys, such as {@code invoices/2026/17.pdf}. What one instance of the app puts, every other reads. A blob is there as a whole or not at all.
 *
 * <p>A key has 1 to 1,024 bytes of UTF-8 in segments of at most 255 with a slash between them; none is empty, {@code .} or {@code ..}, none begins with {@code .unfinished-}, and there are no control characters, no
 * backslash and no Unicode noncharacters such as U+FFFE. No key may be the beginning of another, up to one of its slashes: {@code a} and {@code a/b} do not go together, since in a directory one of them would be a file and a
 * directory.
 *
 * <p>Every method throws {@link IllegalArgumentException} for what is no such key, and {@link BlobException} if the store does not do it, in bounded time. "Not there" is what the store has
 * seen, never what it could not look at. After a {@code BlobException} of {@code put} or {@code delete} the blob is as it was before or as it was to be, as a whole: both may be repeated.
 */
public interface BlobStore {
    /** Puts a blob in the place of what was there. The type is that of a link's answer, such as {@code image/png}; a directory does not keep it. */
    void put(String key, byte[] content, String contentType);

    /** The same from a stream, of at most 78 GiB with S3, read to its end and not closed; if it throws, nothing is put, and the exception's cause is what it threw. */
    void put(String key, InputStream content, String contentType);

    /** A blob, all of it in memory. */
    Optional<byte[]> get(String key);

    /** A blob as a stream, to be closed. It ends with an {@code IOException}, not early, if the way to the store is lost. */
    Optional<InputStream> stream(String key);

    /** The keys that begin so, in the order of their UTF-8 bytes; all of them for an empty text. The result is to be closed. */
    Stream<Blob> list(String prefix);

    /** Whether there is a blob. */
    boolean exists(String key);

    /** Removes a blob, if it is there. */
    void delete(String key);

    /** A link by which anybody may read the blob for this long, of at most seven days; empty if the store has no such, or there is no such blob. */
    Optional<URI> link(String key, Duration valid);

    /**
     * One of a list.
     *
     * @param key its key
     * @param size in bytes
     */
    record Blob(String key, long size) {}
}
