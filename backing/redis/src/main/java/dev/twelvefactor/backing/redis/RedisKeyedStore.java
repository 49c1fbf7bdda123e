package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.Optional;

/** Keys with a time to live. */
final class RedisKeyedStore implements KeyedStore {
    private final RedisClusterCommands<String, String> commands;
    private final String prefix;
    /** Found out by the first who asks. */
    private volatile boolean lacksGetex;

    RedisKeyedStore(RedisClusterCommands<String, String> commands, String prefix) {
        this.commands = commands;
        this.prefix = prefix;
    }

    @Override
    public Optional<String> get(String key) {
        return Optional.ofNullable(commands.get(prefix + key));
    }

    @Override
    public Optional<String> getAndTouch(String key, Duration timeToLive) {
        if (!lacksGetex) {
            try {
                return Optional.ofNullable(commands.getex(prefix + key, GetExArgs.Builder.px(timeToLive.toMillis())));
            } catch (RedisCommandExecutionException e) {
                if (!isRefused(e)) {
                    throw e;
                }
                lacksGetex = true;
            }
        }
        return KeyedStore.super.getAndTouch(key, timeToLive);
    }

    /** There is no such command before Redis 6.2, and some who sell Redis sell an older one; or this user may not use it. */
    private static boolean isRefused(RedisCommandExecutionException e) {
        String said = String.valueOf(e.getMessage());
        return said.startsWith("ERR unknown command") || said.startsWith("NOPERM");
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
