package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseException;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.backing.Leases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Leases as locks of sessions: one connection for each that is held. */
record JdbcLeases(
        Database database,
        DriverConnections connections,
        SessionLocks locks,
        ProbeConnection probe,
        LeaseKeeper keeper,
        Optional<String> name)
        implements Leases {
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);
    /** A drain waits for it, and the end of the connection does as well. */
    private static final int GIVE_BACK_MILLIS = 1000;

    static JdbcLeases of(Database database, DriverConnections connections, SessionLocks locks) throws SQLException {
        Duration tenth = database.leaseTime().dividedBy(10);
        LeaseKeeper keeper =
                new LeaseKeeper(database.leaseTime(), tenth.compareTo(LONGEST_INTERVAL) < 0 ? tenth : LONGEST_INTERVAL);
        return new JdbcLeases(
                database, connections, locks, ProbeConnection.open(connections), keeper, Optional.empty());
    }

    @Override
    public Leases heldBy(String who) {
        return new JdbcLeases(database, connections, locks, probe, keeper, Optional.of(who));
    }

    @Override
    public Optional<LeaseHolder> holder(String lease) {
        Objects.requireNonNull(lease);
        try {
            return probe.ask(connection -> locks.holder(connection, lease));
        } catch (SQLException e) {
            throw failed(lease, e);
        }
    }

    /** Who waits asks often: a connection is opened only where there is something to be had. */
    @Override
    public Optional<Lease> tryAcquire(String lease) {
        if (holder(lease).isPresent()) {
            return Optional.empty();
        }
        try {
            return take(lease, connections.open());
        } catch (SQLException e) {
            throw failed(lease, e);
        }
    }

    private Optional<Lease> take(String lease, Connection session) throws SQLException {
        boolean taken = false;
        try {
            locks.prepare(session, database.leaseTime(), name.orElseGet(LeaseKeeper::thisProcess));
            long asked = System.nanoTime();
            if (!locks.take(session, lease)) {
                return Optional.empty();
            }
            Optional<String> proof = locks.proof(session, lease);
            taken = proof.isPresent();
            return proof.map(first -> keeper.keep(lease, asked, new Session(lease, session, first)));
        } finally {
            if (!taken) {
                session.close();
            }
        }
    }

    private LeaseException failed(String lease, SQLException cause) {
        return new LeaseException(lease, SqlFailures.explain(cause, database).sentence(), cause);
    }

    void check() throws SQLException {
        probe.check();
    }

    void close() throws SQLException {
        keeper.close();
        probe.close();
    }

    /** The session that has one. Nothing of it can be known once it has failed, and so it is not tried again. */
    private final class Session implements LeaseKeeper.Hold {
        private final String lease;
        private final Connection connection;
        private final String proof;
        private boolean failed;

        Session(String lease, Connection connection, String proof) {
            this.lease = lease;
            this.connection = connection;
            this.proof = proof;
        }

        @Override
        public Optional<String> renew(Duration longest) {
            try {
                boolean held =
                        locks.proof(connection, lease).filter(proof::equals).isPresent();
                return held ? Optional.empty() : Optional.of("the session that has it is another one's");
            } catch (SQLException e) {
                failed = true;
                return Optional.of(SqlFailures.explain(e, database).sentence());
            }
        }

        @Override
        public void release() throws SQLException {
            if (failed) {
                connection.abort(Runnable::run);
                return;
            }
            try {
                connection.setNetworkTimeout(Runnable::run, GIVE_BACK_MILLIS);
                locks.giveBack(connection, lease);
            } finally {
                connection.close();
            }
        }
    }
}
