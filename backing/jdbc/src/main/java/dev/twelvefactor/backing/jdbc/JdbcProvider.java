package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;
import javax.sql.DataSource;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: a pool. */
public final class JdbcProvider implements ServiceProvider<DataSource> {
    /** For the service loader. */
    public JdbcProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("postgres", "postgresql", "mysql", "mariadb", "jdbc");
    }

    @Override
    public Class<DataSource> client() {
        return DataSource.class;
    }

    @Override
    public Connector<DataSource> connector(ServiceUrl url) {
        return new PoolConnector(Database.of(url));
    }
}
