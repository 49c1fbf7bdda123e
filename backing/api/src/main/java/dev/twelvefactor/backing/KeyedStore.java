package dev.twelvefactor.backing;

import java.time.Duration;
import java.util.Optional;

/**
 * Short texts under keys, each for a limited time: what sessions live in. An instance is shared by all threads; what one instance of the app
 * writes, every other reads.
 *
 * <p>Every method throws the client library's own unchecked exception, in bounded time, when the service does not answer.
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

    /** Puts a text in the place of what is under a key. False, and nothing is put, if nothing is there. */
    boolean replace(String key, String value, Duration timeToLive);

    /** Lets what is under the key live this long from now. False if nothing is there. */
    boolean touch(String key, Duration timeToLive);

    /** Removes what is under the key. False if nothing is there. */
    boolean delete(String key);
}
