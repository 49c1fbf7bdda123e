package dev.twelvefactor.backing.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.Set;

/**
 * A connection with the client that it belongs to, since a connection does not give that back.
 *
 * @param watches the sockets of both connections
 * @param connection the app's
 * @param probe what checks use: on the app's connection a check would become part of its transactions, and would wait for its blocking commands
 */
record RedisSession(
        AbstractRedisClient client,
        ClientResources resources,
        Set<AnswerWatch> watches,
        StatefulConnection<String, String> connection,
        StatefulConnection<String, String> probe) {

    /** Whether the app's connection is there; that of a cluster has one to each node, which come about with the first command. */
    boolean isConnected() {
        return connection instanceof StatefulRedisClusterConnection || connection.isOpen();
    }

    /** Ends the sockets, upon which Lettuce connects again: one whose other end is gone without a word would be waited for until the system gives up. */
    void reconnect() {
        watches.forEach(AnswerWatch::endConnection);
    }

    /** The same for sockets on which the server has left a command without an answer for longer than this. */
    void reconnectSilentFor(Duration time) {
        watches.stream().filter(watch -> watch.isSilentFor(time)).forEach(AnswerWatch::endConnection);
    }

    /** The same for sockets on which nothing has come after a moment of {@link System#nanoTime}. */
    void reconnectSilentSince(long moment) {
        watches.stream().filter(watch -> !watch.hasAnsweredSince(moment)).forEach(AnswerWatch::endConnection);
    }

    StatefulRedisConnection<String, String> single() {
        return single(connection);
    }

    StatefulRedisClusterConnection<String, String> cluster() {
        return cluster(connection);
    }

    @SuppressWarnings("unchecked") // A client of strings gives no other.
    private static StatefulRedisConnection<String, String> single(StatefulConnection<String, String> one) {
        return (StatefulRedisConnection<String, String>) one;
    }

    @SuppressWarnings("unchecked") // The same.
    private static StatefulRedisClusterConnection<String, String> cluster(StatefulConnection<String, String> one) {
        return (StatefulRedisClusterConnection<String, String>) one;
    }

    RedisClusterCommands<String, String> commands() {
        return connection instanceof StatefulRedisClusterConnection ? cluster().sync() : single().sync();
    }

    RedisClusterAsyncCommands<String, String> asyncCommands() {
        return connection instanceof StatefulRedisClusterConnection ? cluster().async() : single().async();
    }

    /** What a server answers when it is well: a cluster with a part that nobody serves says {@code fail}. */
    RedisFuture<String> signOfLife() {
        return probe instanceof StatefulRedisClusterConnection
                ? cluster(probe).async().clusterInfo()
                : single(probe).async().ping();
    }
}
