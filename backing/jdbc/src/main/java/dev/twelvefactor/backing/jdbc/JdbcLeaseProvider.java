package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: leases. */
public final class JdbcLeaseProvider implements ServiceProvider<Leases> {
    /** For the service loader. */
    public JdbcLeaseProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("postgres", "postgresql", "mysql", "mariadb", "jdbc");
    }

    @Override
    public Class<Leases> client() {
        return Leases.class;
    }

    @Override
    public Connector<Leases> connector(ServiceUrl url) {
        return LeaseConnector.of(Database.of(url));
    }
}
