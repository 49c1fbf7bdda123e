package dev.twelvefactor.backing.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.resource.ClientResources;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.util.Set;

/** A connection with the client that it belongs to, since a connection does not give that back. */
record RedisSession(
        AbstractRedisClient client,
        ClientResources resources,
        Set<Channel> channels,
        StatefulConnection<String, String> connection) {

    /** Ends the sockets, upon which Lettuce connects again: one whose other end is gone without a word would be waited for until the system gives up, a quarter of an hour later. */
    void reconnect() {
        for (Channel channel : channels) {
            ChannelFuture unused = channel.close();
        }
    }

    @SuppressWarnings("unchecked") // A client of strings gives no other.
    StatefulRedisConnection<String, String> single() {
        return (StatefulRedisConnection<String, String>) connection;
    }

    @SuppressWarnings("unchecked") // The same.
    StatefulRedisClusterConnection<String, String> cluster() {
        return (StatefulRedisClusterConnection<String, String>) connection;
    }

    RedisClusterCommands<String, String> commands() {
        return connection instanceof StatefulRedisClusterConnection ? cluster().sync() : single().sync();
    }

    RedisClusterAsyncCommands<String, String> asyncCommands() {
        return connection instanceof StatefulRedisClusterConnection ? cluster().async() : single().async();
    }

    /** What a server answers when it is well: a cluster with a part that nobody serves says {@code fail}. */
    RedisFuture<String> signOfLife() {
        return connection instanceof StatefulRedisClusterConnection
                ? cluster().async().clusterInfo()
                : single().async().ping();
    }
}
