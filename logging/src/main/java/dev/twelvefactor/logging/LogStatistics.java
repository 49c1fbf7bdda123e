package dev.twelvefactor.logging;

import java.time.Duration;

/**
 * What the log has done since the process began.
 *
 * @param events how many events it took
 * @param bytes how many bytes it wrote
 * @param writes in how many writes
 * @param bytesInHand how many bytes are taken and not written yet: 1 MiB at the most
 * @param blocked how long all callers together waited for a reader that is too slow
 * @param bytesLost how many bytes could not be written since the stream was closed
 */
public record LogStatistics(long events, long bytes, long writes, long bytesInHand, Duration blocked, long bytesLost) {
    static final LogStatistics NONE = new LogStatistics(0, 0, 0, 0, Duration.ZERO, 0);
}
