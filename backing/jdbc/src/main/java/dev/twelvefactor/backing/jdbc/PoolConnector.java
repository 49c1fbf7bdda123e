package dev.twelvefactor.backing.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.twelvefactor.backing.Connector;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * A HikariCP pool: no default of 30 s survives, and a failure becomes a sentence. Beside the pool is one connection that checks use, so that a pool of which all are in use is
 * not taken for a database that is away, and that what the driver says of it is known at once.
 */
final class PoolConnector implements Connector<DataSource> {
    private static final int CHECK_SECONDS = 2;
    static final String EMPTY_POOL = "the pool has no connection yet";

    private final Database database;
    private final DriverConnections connections;
    private final Map<DataSource, Opened> opened = new ConcurrentHashMap<>();

    /** What is beside a pool. */
    private record Opened(ProbeConnection probe, UserRotation rotation) {}

    PoolConnector(Database database) {
        this.database = database;
        this.connections = new DriverConnections(database);
    }

    @Override
    public DataSource open(String name) throws SQLException {
        ProbeConnection probe = ProbeConnection.open(connections);
        try {
            UserRotation rotation = new UserRotation(name, database, probe);
            HikariConfig config = configuration(name);
            config.setExceptionOverride(rotation);
            HikariDataSource pool = new HikariDataSource(config);
            rotation.follow(pool.getHikariPoolMXBean());
            opened.put(pool, new Opened(probe, rotation));
            return pool;
        } catch (RuntimeException e) {
            probe.close();
            throw e;
        }
    }

    private HikariConfig configuration(String name) {
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
        // That the database is there is known by now; if it were not, HikariCP would wait for a second before it said
        // so.
        config.setInitializationFailTimeout(-1);
        return config;
    }

    @Override
    public void check(DataSource pool) throws SQLException {
        Opened beside = opened.get(pool);
        if (beside == null) {
            return;
        }
        try {
            beside.rotation().check();
            beside.probe().check();
            connections.isThere(true);
        } catch (SQLException e) {
            connections.isThere(false);
            throw e;
        }
        HikariPoolMXBean state = ((HikariDataSource) pool).getHikariPoolMXBean();
        if (state.getTotalConnections() == 0
                && (database.pool().idle() > 0 || state.getThreadsAwaitingConnection() > 0)) {
            throw new SQLException(EMPTY_POOL, "08003");
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
    public List<String> warnings() {
        return database.warnings();
    }

    @Override
    public void close(DataSource pool) throws SQLException {
        Opened beside = opened.remove(pool);
        if (beside != null) {
            beside.probe().close();
        }
        HikariDataSource hikari = (HikariDataSource) pool;
        if (hikari.getHikariPoolMXBean().getActiveConnections() > 0) {
            connections.endStatements();
        }
        hikari.close();
    }

    @Override
    public Failure explain(Exception failure) {
        return SqlFailures.explain(failure, database);
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return SqlFailures.isUnavailable(failure, database)
                || opened.values().stream().anyMatch(one -> one.rotation().explains(failure));
    }
}
