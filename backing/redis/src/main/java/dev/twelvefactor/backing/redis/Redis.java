package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.KeyedStore;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;

/**
 * Redis, by Lettuce. One connection serves all threads, and another one the checks. While the server is away commands fail at once instead of queueing, and Lettuce connects again by itself, with
 * the credentials of {@link ServiceUrl#current()}.
 *
 * <p>URLs: {@code redis://user:password@host:6379/0}, {@code rediss:} for TLS, {@code redis-sentinel://user:password@host:26379,host/0?sentinelMasterId=name},
 * {@code redis-socket:///path/of/socket?db=0} (with Netty's epoll or kqueue on the class path), and for a cluster {@code redis://user:password@host,host?cluster=true}.
 * A password alone is {@code redis://:password@host}.
 *
 * <p>A transaction ({@code MULTI}) and a blocking command ({@code BLPOP}, {@code XREAD BLOCK}) have a connection to themselves: attach one more, for the one thread that uses it. On a
 * connection that others use too, their commands become part of the transaction, or wait for the end of the blocking command and time out.
 *
 * <p>Parameters: {@code timeout} ({@code 2s}: how long a command waits for its answer; a blocking one has in addition the time that it asks the server to wait), {@code connect_timeout} ({@code 3s}), {@code db}, {@code client_name}, {@code
 * cluster}, {@code lease.ttl} ({@code 30s}), {@code sentinelMasterId}, {@code sentinelUser}, {@code sentinelPassword}, and those of {@link dev.twelvefactor.backing.Tls}. Anything else, and a URL of
 * another kind, is a problem of the configuration.
 */
public final class Redis {
    private Redis() {}

    /** A connection to one server, or to the master that sentinels name. */
    public static Attachment<StatefulRedisConnection<String, String>> client(ServiceUrl url) {
        return Attachment.of(url, () -> new RedisConnector<>(RedisAddress.single(url), RedisSession::single) {});
    }

    /** A connection to a cluster. */
    public static Attachment<StatefulRedisClusterConnection<String, String>> cluster(ServiceUrl url) {
        return Attachment.of(url, () -> new RedisConnector<>(RedisAddress.cluster(url), RedisSession::cluster) {});
    }

    /** The commands that a server and a cluster have in common, so that the URL alone decides which it is. */
    public static Attachment<RedisClusterCommands<String, String>> commands(ServiceUrl url) {
        return Attachment.of(url, () -> new RedisConnector<>(RedisAddress.of(url), RedisSession::commands) {});
    }

    /**
     * Short texts under keys in this Redis, for sessions and the like; every key gets {@code prefix} in front. Works with Redis 5 and later, and in a
     * cluster. The user has to be allowed {@code +get +set +pexpire +del +eval} of the keys {@code prefix*}, since an atomic replacement is a script;
     * {@code +getex} saves a round trip.
     */
    public static KeyedStore keyedStore(RedisClusterCommands<String, String> commands, String prefix) {
        return new RedisKeyedStore(commands, prefix);
    }

    /**
     * Leases in this Redis, on a connection of their own: under the key {@code lease:} and its name is a text of the holder's that expires {@code lease.ttl} after its last word. A word is sent each third of that
     * time. Beside what every client does, the user has to be allowed {@code +eval +get +set +pexpire +del} of {@code lease:*}. A replica that takes the place of its master may not have heard of a lease; where that must not be, use a database's.
     */
    public static Attachment<Leases> leases(ServiceUrl url) {
        return Attachment.of(url, () -> RedisConnector.ofLeases(url));
    }
}
