package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import io.lettuce.core.LettuceFutures;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Keys with a time to live. */
final class RedisKeyedStore implements KeyedStore {
    private final RedisClusterCommands<String, String> commands;
    private final String prefix;

    RedisKeyedStore(RedisClusterCommands<String, String> commands, String prefix) {
        this.commands = commands;
        this.prefix = prefix;
    }

    @Override
    public Optional<String> get(String key) {
        return Optional.ofNullable(commands.get(prefix + key));
    }

    /** Both commands on their way at once: GETEX is not there before Redis 6.2, and some who sell Redis sell an older one. */
    @Override
    @SuppressWarnings("deprecation") // From commands there is no other way to their connection.
    public Optional<String> getAndTouch(String key, Duration timeToLive) {
        if (commands instanceof RedisCommands<String, String> single) {
            return getAndTouch(
                    single.getStatefulConnection().async(), single.getStatefulConnection(), prefix + key, timeToLive);
        }
        if (commands instanceof RedisAdvancedClusterCommands<String, String> cluster) {
            return getAndTouch(
                    cluster.getStatefulConnection().async(), cluster.getStatefulConnection(), prefix + key, timeToLive);
        }
        // Somebody stands in front of the connection.
        return KeyedStore.super.getAndTouch(key, timeToLive);
    }

    private static Optional<String> getAndTouch(
            RedisClusterAsyncCommands<String, String> async,
            StatefulConnection<String, String> connection,
            String key,
            Duration timeToLive) {
        RedisFuture<String> value = async.get(key);
        RedisFuture<Boolean> touched = async.pexpire(key, timeToLive.toMillis());
        long nanos = connection.getTimeout().toNanos();
        return Optional.ofNullable(LettuceFutures.awaitOrCancel(value, nanos, TimeUnit.NANOSECONDS))
                .filter(there -> LettuceFutures.awaitOrCancel(touched, nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void put(String key, String value, Duration timeToLive) {
        commands.set(prefix + key, value, SetArgs.Builder.px(timeToLive.toMillis()));
    }

    @Override
    public boolean replace(String key, String value, Duration timeToLive) {
        return commands.set(prefix + key, value, SetArgs.Builder.xx().px(timeToLive.toMillis())) != null;
    }

    @Override
    public boolean touch(String key, Duration timeToLive) {
        return commands.pexpire(prefix + key, timeToLive.toMillis());
    }

    @Override
    public boolean delete(String key) {
        return commands.del(prefix + key) > 0;
    }
}
