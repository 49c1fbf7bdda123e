package dev.twelvefactor.backing.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.twelvefactor.backing.Connector;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import javax.sql.DataSource;

/** A HikariCP pool: no default of 30 s survives, and a failure becomes a sentence. */
final class PoolConnector implements Connector<DataSource> {
    private static final int CHECK_SECONDS = 2;

    private final Database database;
    private final DriverConnections connections;

    PoolConnector(Database database) {
        this.database = database;
        this.connections = new DriverConnections(database);
    }

    @Override
    public DataSource open(String name) throws SQLException {
        // By hand, since HikariCP waits for a second before it says that it could not.
        connections.openFirst();
        Database.Pool pool = database.pool();
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(connections);
        config.setMaximumPoolSize(pool.most());
        config.setMinimumIdle(pool.idle());
        config.setMaxLifetime(pool.longestLife().toMillis());
        config.setConnectionTimeout(pool.timeout().toMillis());
        config.setValidationTimeout(
                Math.min(CHECK_SECONDS * 1000L, pool.timeout().toMillis()));
        config.setInitializationFailTimeout(1);
        return new HikariDataSource(config);
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
            return connections.getConnection();
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
        return SqlFailures.explain(failure, database);
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return SqlFailures.isUnavailable(failure);
    }
}
