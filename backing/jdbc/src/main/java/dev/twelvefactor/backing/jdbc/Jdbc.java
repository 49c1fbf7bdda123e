package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;
import javax.sql.DataSource;

/**
 * SQL databases, pooled by HikariCP. The app adds the driver of the one that it uses.
 *
 * <ul>
 *   <li>{@code postgres://user:password@host:5432/database} ({@code postgresql:} too), driver {@code org.postgresql:postgresql}. The parameters of libpq: {@code sslmode},
 *       {@code sslrootcert}, {@code sslcert}, {@code sslkey}, {@code sslpassword}, {@code application_name}, {@code options}, {@code target_session_attrs}, {@code
 *       channel_binding}, {@code gssencmode}, {@code keepalives}, {@code client_encoding}, and {@code host}, {@code port}, {@code user}, {@code password}, {@code dbname}.
 *   <li>{@code mysql://user:password@host:3306/database} and {@code mariadb:}, driver {@code org.mariadb.jdbc:mariadb-java-client} or {@code com.mysql:mysql-connector-j}.
 *       Parameters: {@code ssl-mode} with MySQL's values, {@code ssl-ca}, {@code application_name}, {@code charset}.
 *   <li>{@code jdbc:…} for any other driver, as that driver takes it; a rotated password counts there too.
 * </ul>
 *
 * <p>All of them: {@code connect_timeout} ({@code 3s}), {@code socket_timeout} ({@code 10s}: until an answer comes), and of the pool {@code pool.max} (10, and one more for the checks), {@code
 * pool.min} (1), {@code pool.timeout} ({@code 3s}: how long a caller waits for a connection) and {@code pool.max_lifetime} ({@code 30m}); but of a {@code jdbc:} URL only
 * the pool's. Each new connection takes user and password from {@link ServiceUrl#current()}. A URL of another kind, an incomplete one and an unknown parameter are problems
 * of the configuration.
 */
public final class Jdbc {
    private Jdbc() {}

    /** A pool of connections. */
    public static Attachment<DataSource> pool(ServiceUrl url) {
        return Attachment.of(url, () -> new PoolConnector(Database.of(url)));
    }

    /** The same without a limit to how long a statement may take, for migrations and other work of minutes and hours. */
    public static Attachment<DataSource> poolForLongStatements(ServiceUrl url) {
        return Attachment.of(url, () -> new PoolConnector(Database.of(url).forLongStatements()));
    }
}
