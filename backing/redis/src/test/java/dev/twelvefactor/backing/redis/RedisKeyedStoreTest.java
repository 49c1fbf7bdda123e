package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.KeyedStore;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.KeyedStoreContract;
import dev.twelvefactor.testing.redis.RedisServer;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RedisServer.Shared.class)
class RedisKeyedStoreTest implements KeyedStoreContract {
    private AttachmentProbe<RedisClusterCommands<String, String>> redis;

    @BeforeEach
    void attach(RedisServer server) {
        redis = AttachmentProbe.attach(server.url(), Redis::commands);
    }

    @AfterEach
    void close() {
        redis.close();
    }

    @Override
    public KeyedStore keyedStore() {
        return Redis.keyedStore(redis.client(), "contract:");
    }
}
