package dev.twelvefactor.backing.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.util.Credentials;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;

/** A HikariCP pool: no default of 30 s survives, and a failure becomes a sentence. */
final class PoolConnector implements Connector<DataSource> {
    private static final int CHECK_SECONDS = 2;

    private final PostgresUrl database;

    PoolConnector(PostgresUrl database) {
        this.database = database;
    }

    @Override
    public DataSource open(String name) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(database.jdbcUrl());
        config.setDataSourceProperties(database.properties());
        config.setCredentialsProvider(this::credentials);
        config.setMaximumPoolSize(database.poolSize());
        config.setMinimumIdle(1);
        config.setConnectionTimeout(database.poolTimeoutMillis());
        config.setValidationTimeout(Math.min(CHECK_SECONDS * 1000L, database.poolTimeoutMillis()));
        // One attempt: whoever opens this tries again, within its own limit.
        config.setInitializationFailTimeout(1);
        return new HikariDataSource(config);
    }

    /** For each new connection: a file that holds the URL may have been rotated since. */
    private Credentials credentials() {
        ServiceUrl now = database.url().current();
        return Credentials.of(
                now.user().orElse(null), now.password().map(Secret::reveal).orElse(null));
    }

    @Override
    public void check(DataSource pool) throws SQLException {
        try (Connection connection = connection((HikariDataSource) pool)) {
            if (!connection.isValid(CHECK_SECONDS)) {
                throw new SQLException("the database did not answer within " + CHECK_SECONDS + " s", "08006");
            }
        }
    }

    /** From the pool, or, if all of its connections are in use, a new one beside it: a busy pool is not a database that is away. */
    private Connection connection(HikariDataSource pool) throws SQLException {
        try {
            return pool.getConnection();
        } catch (SQLTransientConnectionException e) {
            if (pool.getHikariPoolMXBean().getActiveConnections() < pool.getMaximumPoolSize()) {
                throw e;
            }
            Properties properties = new Properties();
            properties.putAll(database.properties());
            Credentials now = credentials();
            Optional.ofNullable(now.getUsername()).ifPresent(user -> properties.setProperty("user", user));
            Optional.ofNullable(now.getPassword()).ifPresent(word -> properties.setProperty("password", word));
            return DriverManager.getConnection(database.jdbcUrl(), properties);
        }
    }

    @Override
    public Map<String, Double> gauges(DataSource pool) {
        HikariDataSource hikari = (HikariDataSource) pool;
        HikariPoolMXBean state = hikari.getHikariPoolMXBean();
        return Map.of(
                "pool_active", (double) state.getActiveConnections(),
                "pool_idle", (double) state.getIdleConnections(),
                "pool_waiting", (double) state.getThreadsAwaitingConnection(),
                "pool_max", (double) hikari.getMaximumPoolSize());
    }

    @Override
    public void close(DataSource pool) {
        ((HikariDataSource) pool).close();
    }

    @Override
    public Failure explain(Exception failure) {
        Optional<SQLException> found = sqlException(failure);
        String state = found.map(SQLException::getSQLState).orElse("");
        String user = database.url().current().user().orElse("");
        return switch (state) {
            case "28P01", "28000" -> Failure.permanent("the user \"" + user + "\" or its password was refused");
            case "3D000" ->
                Failure.permanent(
                        "the server has no database \"" + database.url().path().orElse("") + "\"");
            case "08001" -> Failure.passing(unreachable(failure));
            case "08004" ->
                found.map(SQLException::getMessage).orElse("").contains("SSL")
                        ? Failure.permanent("the server does not speak TLS, which sslmode asks for")
                        : Failure.passing("the server refused the connection");
            case "57P03" -> Failure.passing("the server is starting up or shutting down");
            case "53300" -> Failure.passing("the server has no connection left (too many clients)");
            default ->
                Failure.passing(
                        found.isEmpty()
                                ? "the attempt failed (" + failure.getClass().getSimpleName() + ")"
                                : "the server did not answer as a database in time (SQL state " + state + ")");
        };
    }

    private static String unreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "the host's name is not known";
            }
            if (cause instanceof ConnectException) {
                return "no server answers there (connection refused)";
            }
        }
        return "no server answers there in time";
    }

    /** Class 08 is a connection that is gone, 57P a server that is going (SQL:2016, 24.1; PostgreSQL, appendix A). */
    @Override
    public boolean isUnavailable(Throwable failure) {
        return failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || (failure instanceof SQLException sql
                        && sql.getSQLState() != null
                        && (sql.getSQLState().startsWith("08")
                                || sql.getSQLState().startsWith("57P")));
    }

    private static Optional<SQLException> sqlException(Throwable failure) {
        Optional<SQLException> innermost = Optional.empty();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                innermost = Optional.of(sql);
            }
        }
        return innermost;
    }
}
