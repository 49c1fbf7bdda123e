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
    private final RedisClusterAsyncCommands<String, String> asyncCommands;
    private final StatefulConnection<String, String> connection;
    private final String prefix;

    @SuppressWarnings("deprecation") // From commands there is no other way to their connection.
    RedisKeyedStore(RedisClusterCommands<String, String> commands, String prefix) {
        this.commands = commands;
        this.prefix = prefix;
        if (commands instanceof RedisCommands<String, String> single) {
            this.connection = single.getStatefulConnection();
            this.asyncCommands = single.getStatefulConnection().async();
        } else if (commands instanceof RedisAdvancedClusterCommands<String, String> cluster) {
            this.connection = cluster.getStatefulConnection();
            this.asyncCommands = cluster.getStatefulConnection().async();
        } else {
            throw new IllegalArgumentException("the commands of a connection are wanted, such as Redis.commands gives");
        }
    }

    @Override
    public Optional<String> get(String key) {
        return Optional.ofNullable(commands.get(prefix + key));
    }

    /** Two commands on their way at once: GETEX is not there before Redis 6.2, and some who sell Redis sell an older one. */
    @Override
    public Optional<String> getAndTouch(String key, Duration timeToLive) {
        RedisFuture<String> value = asyncCommands.get(prefix + key);
        RedisFuture<Boolean> touched = asyncCommands.pexpire(prefix + key, timeToLive.toMillis());
        return Optional.ofNullable(answer(value)).filter(there -> answer(touched));
    }

    private <T> T answer(RedisFuture<T> future) {
        return LettuceFutures.awaitOrCancel(future, connection.getTimeout().toNanos(), TimeUnit.NANOSECONDS);
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
