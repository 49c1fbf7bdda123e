package dev.twelvefactor.backing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Map;

/**
 * How one kind of service is opened, checked and closed. Each method takes bounded time, of a few seconds at the most: whoever calls it has no
 * other way to stop it.
 *
 * @param <T> the client that an app works with, a type of the client library
 */
public interface Connector<T> {
    /**
     * One attempt to connect. A client that was made and cannot connect is released here.
     *
     * @param name the attachment's name, for pools and threads
     */
    T open(String name) throws Exception;

    /** Asks the service for a sign of life. Returns if it answers. */
    void check(T client) throws Exception;

    /** Releases everything that {@link #open} made, its threads too. */
    void close(T client) throws Exception;

    /** What a failed attempt means, for a person. The sentence holds no secret. Unless a service has more to say, it is what {@link NetworkFailures} knows. */
    default Failure explain(Exception failure) {
        return NetworkFailures.explain(failure).orElse(Failure.passing("the server did not answer in time"));
    }

    /**
     * Whether an exception that an app met while it used the client means that the service is away, rather than that the app asked for something
     * wrong. The web process answers 503 then. Unless a service knows better, it is any {@link IOException}, except for those about
     * files and characters: these come from this machine.
     */
    default boolean isUnavailable(Throwable failure) {
        return failure instanceof IOException
                && !(failure instanceof FileSystemException
                        || failure instanceof FileNotFoundException
                        || failure instanceof CharacterCodingException);
    }

    /**
     * What the client says of itself when metrics are asked for, such as {@code pool_active}: names in snake case. It does not wait; nothing by default.
     */
    default Map<String, Double> gauges(T client) {
        return Map.of();
    }

    /** What an operator should know of a service that is open, such as that its certificate is not verified: sentences for the log. */
    default List<String> warnings() {
        return List.of();
    }

    /**
     * What a failed attempt means.
     *
     * @param sentence the cause, such as {@code the password of user "app" was refused}
     * @param permanent whether trying again is of no use, as with a wrong password
     */
    record Failure(String sentence, boolean permanent) {
        /** What may be over in a moment. */
        public static Failure passing(String sentence) {
            return new Failure(sentence, false);
        }

        /** What only a person can mend. */
        public static Failure permanent(String sentence) {
            return new Failure(sentence, true);
        }
    }
}
