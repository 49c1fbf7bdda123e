package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.Optional;

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
