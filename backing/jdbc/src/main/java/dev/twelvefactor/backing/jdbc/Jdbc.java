package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;
import javax.sql.DataSource;

/** SQL databases. The app adds the driver of the one that it uses. */
public final class Jdbc {
    private Jdbc() {}

    /**
     * A pool of connections to {@code postgres://user:password@host:5432/database}; the driver is {@code org.postgresql:postgresql}. Parameters:
     * {@code sslmode}, {@code connect_timeout} (seconds; 3 unless set), {@code application_name}, and of the pool {@code pool.max} (10) and
     * {@code pool.timeout_ms} (3000: how long a caller waits for a connection).
     *
     * @throws dev.twelvefactor.config.ConfigException if the URL is of another kind, incomplete or has an unknown parameter
     */
    public static Attachment<DataSource> pool(ServiceUrl url) {
        PostgresUrl database = PostgresUrl.of(url);
        return Attachment.of(url, new PoolConnector(database));
    }
}
