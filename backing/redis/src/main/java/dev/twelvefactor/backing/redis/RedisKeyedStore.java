package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.Optional;

/** Keys with a time to live. */
final class RedisKeyedStore implements KeyedStore {
    private final StatefulRedisConnection<String, String> connection;
    private final String prefix;

    RedisKeyedStore(StatefulRedisConnection<String, String> connection, String prefix) {
        this.connection = connection;
        this.prefix = prefix;
    }

    @Override
    public Optional<String> get(String key) {
        return Optional.ofNullable(connection.sync().get(prefix + key));
    }

    @Override
    public void put(String key, String value, Duration timeToLive) {
        connection.sync().set(prefix + key, value, SetArgs.Builder.px(timeToLive.toMillis()));
    }

    @Override
    public boolean replace(String key, String value, Duration timeToLive) {
        return connection.sync().set(prefix + key, value, SetArgs.Builder.xx().px(timeToLive.toMillis())) != null;
    }

    @Override
    public boolean touch(String key, Duration timeToLive) {
        return connection.sync().pexpire(prefix + key, timeToLive.toMillis());
    }

    @Override
    public boolean delete(String key) {
        return connection.sync().del(prefix + key) > 0;
    }
}
