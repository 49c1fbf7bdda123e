package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: leases. */
public final class RedisLeaseProvider implements ServiceProvider<Leases> {
    /** For the service loader. */
    public RedisLeaseProvider() {}

    @Override
    public Set<String> schemes() {
        return RedisAddress.SCHEMES;
    }

    @Override
    public Class<Leases> client() {
        return Leases.class;
    }

    @Override
    public Connector<Leases> connector(ServiceUrl url) {
        return RedisConnector.ofLeases(url);
    }
}
