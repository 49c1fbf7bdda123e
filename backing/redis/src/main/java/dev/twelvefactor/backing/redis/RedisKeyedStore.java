package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.Optional;

/** Keys with a time to live. */
final class RedisKeyedStore implements KeyedStore {
    /** WATCH would be about all commands of the connection, which is shared. */
    private static final String REPLACE = """
            if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
            redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
            return 1""";

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
        long millis = millis(timeToLive);
        if (!lacksGetex) {
            try {
                return Optional.ofNullable(commands.getex(prefix + key, GetExArgs.Builder.px(millis)));
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
        commands.set(prefix + key, value, SetArgs.Builder.px(millis(timeToLive)));
    }

    @Override
    public boolean replace(String key, String expected, String value, Duration timeToLive) {
        String[] keys = {prefix + key};
        String millis = Long.toString(millis(timeToLive));
        try {
            Long replaced = commands.eval(REPLACE, ScriptOutputType.INTEGER, keys, expected, value, millis);
            return replaced == 1;
        } catch (RedisCommandExecutionException e) {
            String said = String.valueOf(e.getMessage());
            if (isRefused(e) || said.contains("NOPERM") || said.contains("user executing the script")) {
                throw new RedisCommandExecutionException(
                        "Redis did not let this user run the script that replaces a text; allow +eval +get +set of the keys "
                                + prefix + "*",
                        e);
            }
            throw e;
        }
    }

    @Override
    public boolean touch(String key, Duration timeToLive) {
        return commands.pexpire(prefix + key, millis(timeToLive));
    }

    @Override
    public boolean delete(String key) {
        return commands.del(prefix + key) > 0;
    }

    /** Redis counts milliseconds: it refuses a SET for 0 of them, and a PEXPIRE of 0 deletes. */
    private static long millis(Duration timeToLive) {
        if (timeToLive.isZero() || timeToLive.isNegative()) {
            throw new IllegalArgumentException("the time to live is " + timeToLive + "; it must be positive");
        }
        return timeToLive.plusNanos(999_999).toMillis();
    }
}
