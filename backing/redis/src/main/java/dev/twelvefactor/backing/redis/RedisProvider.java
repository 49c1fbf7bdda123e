package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: the commands that a server and a cluster have in common, of texts. */
@SuppressWarnings("rawtypes") // A class object has no type parameters.
public final class RedisProvider implements ServiceProvider<RedisClusterCommands> {
    /** For the service loader. */
    public RedisProvider() {}

    @Override
    public Set<String> schemes() {
        return RedisAddress.SCHEMES;
    }

    @Override
    public Class<RedisClusterCommands> client() {
        return RedisClusterCommands.class;
    }

    @Override
    public Connector<RedisClusterCommands> connector(ServiceUrl url) {
        return new RedisConnector<>(RedisAddress.of(url), RedisSession::commands) {};
    }
}
