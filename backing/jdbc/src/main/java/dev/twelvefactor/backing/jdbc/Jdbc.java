package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;
import javax.sql.DataSource;

/** SQL databases. The app adds the driver of the one that it uses. */
public final class Jdbc {
    private Jdbc() {}

    /**
     * A pool of connections to {@code postgres://user:password@host:5432/database}; the driver is {@code org.postgresql:postgresql}. Parameters:
     * {@code sslmode}, {@code connect_timeout} (seconds; 3 unless set), {@code socket_timeout} (seconds until an answer comes; 30 unless set), {@code
     * application_name}, and of the pool {@code pool.max} (10) and
     * {@code pool.timeout_ms} (3000: how long a caller waits for a connection).
     * A URL of another kind, an incomplete one and an unknown parameter are problems of the configuration.
     */
    public static Attachment<DataSource> pool(ServiceUrl url) {
        return Attachment.of(url, () -> new PoolConnector(PostgresUrl.of(url)));
    }

    /**
     * The same without a limit to how long a statement may take, for migrations and other work of minutes and hours.
     */
    public static Attachment<DataSource> poolForLongStatements(ServiceUrl url) {
        return Attachment.of(url, () -> new PoolConnector(PostgresUrl.of(url).forLongStatements()));
    }
}
