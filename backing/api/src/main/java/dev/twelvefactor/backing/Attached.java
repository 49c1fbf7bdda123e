package dev.twelvefactor.backing;

/**
 * A service that is being attached.
 *
 * @param <T> the client that an app works with
 */
public interface Attached<T> {
    /** The name that the app gave it. */
    String name();

    /**
     * The client, the library's own; waits until it is open.
     *
     * @throws AttachException if the service could not be attached in time
     * @throws dev.twelvefactor.config.ConfigException if its URL is not one of such a service
     */
    T get();
}
