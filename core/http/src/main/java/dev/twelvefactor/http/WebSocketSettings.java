package dev.twelvefactor.http;

import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import java.time.Duration;
import java.util.List;

/**
 * The limits of WebSockets; each component's variable is its name in upper case after {@code WEBSOCKET_}.
 *
 * @param maxMessage the largest message from a client, with all of its fragments; a larger one closes the connection with 1009
 * @param idleTimeout a client that sends nothing for half of this gets a ping; if it sends nothing for the other half either, the connection is closed with
 *     1001
 * @param maxConnections the most WebSockets at once; more get 503
 * @param origins the origins besides the server's own whose pages may connect, as browsers send them: {@code https://shop.example.org}; {@code *} is every
 *     origin. A page of another origin gets 403
 */
public record WebSocketSettings(
        @Default("1MiB") @Doc("largest message from a client; a larger one closes with 1009")
        DataSize maxMessage,

        @Default("60s") @Doc("a client that sends nothing, and no pong either, for this long is closed")
        Duration idleTimeout,

        @Default("2000") @Doc("most WebSockets at once; more get 503")
        int maxConnections,

        @Default("") @Doc("other origins whose pages may connect: https://shop.example.org")
        List<String> origins) {
    private static final long MAX_MESSAGE = 256L << 20;
    private static final int MAX_CONNECTIONS = 1_000_000;
    private static final Duration MIN_IDLE = Duration.ofMillis(500);
    private static final Duration MAX_IDLE = Duration.ofHours(24);

    /** Rejects limits that would let nothing through, or everything, and what no browser sends as an origin. */
    public WebSocketSettings {
        if (maxMessage.bytes() < 1 || maxMessage.bytes() > MAX_MESSAGE) {
            throw new IllegalArgumentException(
                    "WEBSOCKET_MAX_MESSAGE in bytes is " + maxMessage.bytes() + "; write 1 to " + MAX_MESSAGE);
        }
        if (idleTimeout.compareTo(MIN_IDLE) < 0 || idleTimeout.compareTo(MAX_IDLE) > 0) {
            throw new IllegalArgumentException("WEBSOCKET_IDLE_TIMEOUT is " + idleTimeout + "; write 500ms to 24h");
        }
        if (maxConnections < 1 || maxConnections > MAX_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "WEBSOCKET_MAX_CONNECTIONS is " + maxConnections + "; write 1 to " + MAX_CONNECTIONS);
        }
        origins = origins.stream().map(Cors::asSent).toList();
    }

    static WebSocketSettings fromComponents(Object[] values) {
        @SuppressWarnings("unchecked")
        List<String> origins = (List<String>) values[3];
        return new WebSocketSettings((DataSize) values[0], (Duration) values[1], (int) values[2], origins);
    }

    int maxMessageBytes() {
        return (int) maxMessage.bytes();
    }
}
