package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Leases;
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
 * <p>All of them: {@code connect_timeout} ({@code 3s}), {@code socket_timeout} ({@code 10s}: until an answer comes), {@code
 * statement_timeout} (nine tenths of that: the server itself ends a statement then, so that one whose caller has given up takes no effect later), and of the pool {@code pool.max} (10, and one more for the checks), {@code
 * pool.min} (1), {@code pool.timeout} ({@code 3s}: how long a caller waits for a connection) and {@code pool.max_lifetime} ({@code 30m}), and {@code lease.ttl} ({@code 30s}); but of a {@code jdbc:} URL only
 * those of the pool and of leases. Each new connection takes user and password from {@link ServiceUrl#current()}. A URL of another kind, an incomplete one and an unknown parameter are problems
 * of the configuration.
 */
public final class Jdbc {
    private Jdbc() {}

    /** A pool of connections. */
    public static Attachment<DataSource> pool(ServiceUrl url) {
        return Attachment.of(url, () -> new PoolConnector(Database.of(url)));
    }

    /**
     * The same without a limit to how long a statement may take, for migrations and other work of minutes and hours. Limits that the server sets for statements, transactions and idle sessions are lifted
     * for its connections.
     */
    public static Attachment<DataSource> poolForLongStatements(ServiceUrl url) {
        return Attachment.of(url, () -> new PoolConnector(Database.of(url).forLongStatements()));
    }

    /**
     * Leases of a PostgreSQL, MySQL or MariaDB, each on a connection of its own, which none of the pool's is; one more is for the checks. The server frees a lease as soon as that connection ends, as it
     * does when its process is killed, and else when it has heard nothing on it for {@code lease.ttl}; a word is sent each second, or ten in that time if that is more.
     *
     * <p>In PostgreSQL a lease is an advisory lock of the session, with the first 64 bits of the SHA-256 of {@code dev.twelvefactor.lease:} and its name as key, and the session's {@code
     * application_name} is the holder's. It counts within one database of one primary. A PostgreSQL before 14 has no {@code idle_session_timeout}, and so notices a holder that is gone without a word by TCP
     * alone, and no process that stands still. A pooler between here and there has to give each client a session of its own: with PgBouncer {@code pool_mode=session}; under {@code transaction} two may have
     * the same lease at once.
     *
     * <p>In MySQL and MariaDB it is a lock of {@code GET_LOCK}, named {@code twelvefactor:} and the first 32 digits of the SHA-256 of the database, a colon and its name. It counts on one server: each node
     * of a Galera cluster or of a group replication has its own.
     */
    public static Attachment<Leases> leases(ServiceUrl url) {
        return Attachment.of(url, () -> LeaseConnector.of(Database.of(url)));
    }
}
