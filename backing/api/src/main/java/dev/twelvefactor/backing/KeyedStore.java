package dev.twelvefactor.backing;

import java.time.Duration;
import java.util.Optional;

/**
 * Short texts under keys, each for a limited time: what sessions live in. An instance is shared by all threads; what one instance of the app
 * writes, every other reads.
 *
 * <p>A time to live is positive, and zero or less is an {@link IllegalArgumentException}. A service with a coarser clock rounds it up, so that a text
 * never lives shorter than it should.
 *
 * <p>Every method throws the client library's own unchecked exception, in bounded time, when the service does not answer. It is unknown then whether a
 * write has taken place.
 *
 * <p>{@code KeyedStoreContract} of {@code twelvefactor-testing} tests an implementation.
 */
public interface KeyedStore {
    /** The text under a key, if its time is not over. */
    Optional<String> get(String key);

    /** The text under a key, which lives this long from now. A service that can do so tells both in one round trip. */
    default Optional<String> getAndTouch(String key, Duration timeToLive) {
        return get(key).filter(value -> touch(key, timeToLive));
    }

    /** Puts a text under a key for this long, in place of what was there. */
    void put(String key, String value, Duration timeToLive);

    /**
     * Puts a text under a key for this long if {@code expected} is there, as one atomic step: of several callers that expect the same text and put
     * different ones, one succeeds.
     *
     * @return false, and nothing is changed, if another text or none is there
     */
    boolean replace(String key, String expected, String value, Duration timeToLive);

    /** Lets what is under the key live this long from now. False if nothing is there. */
    boolean touch(String key, Duration timeToLive);

    /** Removes what is under the key. False if nothing is there. */
    boolean delete(String key);
}
