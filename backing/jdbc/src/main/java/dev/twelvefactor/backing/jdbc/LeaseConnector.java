package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Leases;
import java.sql.SQLException;
import java.util.List;

/** Leases in a database, on connections of their own. */
final class LeaseConnector implements Connector<Leases> {
    private final Database database;
    private final SessionLocks locks;
    private final DriverConnections connections;

    private LeaseConnector(Database database, SessionLocks locks) {
        this.database = database;
        this.locks = locks;
        this.connections = new DriverConnections(database);
    }

    static LeaseConnector of(Database database) {
        SessionLocks locks =
                switch (database.kind()) {
                    case "PostgreSQL" -> new PostgresLocks();
                    case "MySQL", "MariaDB" -> new MysqlLocks();
                    default ->
                        throw database.url()
                                .refused(
                                        "is that of a database in which leases are not known here; write postgres://user:password@host:5432/database, mysql: or mariadb:");
                };
        return new LeaseConnector(database.forLeases(), locks);
    }

    @Override
    public Leases open(String name) throws SQLException {
        return JdbcLeases.of(database, connections, locks);
    }

    @Override
    public void check(Leases leases) throws SQLException {
        ((JdbcLeases) leases).check();
    }

    @Override
    public void close(Leases leases) throws SQLException {
        ((JdbcLeases) leases).close();
    }

    @Override
    public List<String> warnings() {
        return database.warnings();
    }

    @Override
    public Failure explain(Exception failure) {
        return SqlFailures.explain(failure, database);
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return SqlFailures.isUnavailable(failure, database);
    }
}
