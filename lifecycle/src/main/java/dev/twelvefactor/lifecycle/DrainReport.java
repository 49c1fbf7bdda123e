package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.List;

/**
 * How a drain went.
 *
 * @param unfinished what missed the deadline
 * @param failures the names of the participants that failed, each with why
 * @param took the time from the request to the end
 */
public record DrainReport(List<Unfinished> unfinished, List<String> failures, Duration took) {
    /** Whether everything finished in time. */
    public boolean complete() {
        return unfinished.isEmpty();
    }
}
