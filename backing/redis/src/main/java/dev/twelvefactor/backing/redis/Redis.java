package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.KeyedStore;
import dev.twelvefactor.config.ServiceUrl;
import io.lettuce.core.api.StatefulRedisConnection;

/** Redis. */
public final class Redis {
    private Redis() {}

    /**
     * A connection to {@code redis://user:password@host:6379/0}, or {@code rediss:} for TLS; one serves all threads. Parameters: {@code
     * timeout_ms} (2000: how long a command waits for its answer). While the server is away commands fail at once instead of queueing, and
     * Lettuce connects again by itself.
     *
     * @throws dev.twelvefactor.config.ConfigException if the URL is of another kind, incomplete or has an unknown parameter
     */
    public static Attachment<StatefulRedisConnection<String, String>> client(ServiceUrl url) {
        return Attachment.of(url, () -> new RedisConnector(url, RedisAddress.of(url)));
    }

    /** Short texts under keys in this Redis, for sessions and the like; every key gets {@code prefix} in front. */
    public static KeyedStore keyedStore(StatefulRedisConnection<String, String> connection, String prefix) {
        return new RedisKeyedStore(connection, prefix);
    }
}
