package dev.twelvefactor.backing.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;

/** A connection with the client that it belongs to, since a connection does not give that back. */
record RedisSession(AbstractRedisClient client, StatefulConnection<String, String> connection) {

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

    /** What a server answers when it is well: a cluster with a part that nobody serves says {@code fail}. */
    RedisFuture<String> signOfLife() {
        return connection instanceof StatefulRedisClusterConnection
                ? cluster().async().clusterInfo()
                : single().async().ping();
    }
}
