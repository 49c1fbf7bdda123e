package dev.twelvefactor.admin.migrate;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run at a time, and the note of which migration it has in hand: a row in a table beside Flyway's, committed before the migration begins and removed when it is recorded. So
 * that whatever ends a process in the middle of a migration, the next run knows.
 */
final class Gate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Migrate.class);
    private static final String TABLE = "migration_in_hand";
    private static final String CREATE = "CREATE TABLE IF NOT EXISTS " + TABLE
            + " (name varchar(1100) NOT NULL, script varchar(1000) NOT NULL, begun_by varchar(300) NOT NULL,"
            + " begun_at varchar(40) NOT NULL, session_id bigint NOT NULL, partly boolean NOT NULL, after_rank int NOT NULL)";
    private static final String INSERT = "INSERT INTO " + TABLE
            + " SELECT ?, ?, ?, ?, ?, ?, COALESCE(MAX(installed_rank), 0) FROM flyway_schema_history";
    private static final String SELECT = "SELECT name, script, begun_by, begun_at, session_id, partly FROM " + TABLE;
    private static final String RECORDED = "SELECT COUNT(*) FROM flyway_schema_history h JOIN " + TABLE
            + " m ON h.script = m.script AND h.installed_rank > m.after_rank AND h.success";
    /** In the migration's own transaction, so that it counts as soon as anything of that does. */
    static final String PARTLY = "UPDATE " + TABLE + " SET partly = true";

    private static final Duration UNTIL_SAID = Duration.ofSeconds(3);
    private static final Duration UNTIL_SAID_AGAIN = Duration.ofSeconds(30);
    /** In turns and not by a statement that waits: CREATE INDEX CONCURRENTLY would wait for that statement's end in turn. */
    private static final long TURN_MILLIS = 250;

    private static final int MAX_PING_MILLIS = 10_000;

    private final Connection connection;
    private final Dialect dialect;

    private Gate(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Waits until no other run migrates this database and no session works for one that is gone. */
    static Gate enter(DataSource database) throws SQLException, InterruptedException {
        Connection connection = database.getConnection();
        try {
            Gate gate = new Gate(connection, Dialect.of(connection));
            gate.dialect.noticeLossOfClient(connection);
            gate.await(Dialect.Lock.RUN);
            gate.await(Dialect.Lock.MIGRATION);
            gate.dialect.unlock(connection, Dialect.Lock.MIGRATION);
            return gate;
        } catch (SQLException | InterruptedException | RuntimeException e) {
            // Back in the pool, it would hold the lock until the process ends.
            try (connection) {
                Dialect.of(connection).unlock(connection, Dialect.Lock.RUN);
            } catch (SQLException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Without waiting, for those who only look. */
    static Optional<InHand> peek(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return new Gate(connection, Dialect.of(connection)).inHand();
        }
    }

    private void await(Dialect.Lock which) throws SQLException, InterruptedException {
        long sayAt = System.nanoTime() + UNTIL_SAID.toNanos();
        boolean said = false;
        while (!dialect.tryLock(connection, which)) {
            if (System.nanoTime() - sayAt > 0) {
                said = true;
                say(which);
                sayAt = System.nanoTime() + UNTIL_SAID_AGAIN.toNanos();
            }
            Thread.sleep(TURN_MILLIS);
        }
        if (said) {
            LOG.info("the wait for another run is over");
        }
    }

    private void say(Dialect.Lock which) throws SQLException {
        Optional<Long> holder = dialect.holder(connection, which);
        String what = inHand().map(InHand::begun).orElse("another run");
        String state = which == Dialect.Lock.RUN
                ? " is under way"
                : " is still being run by the server although its process is gone";
        LOG.atInfo()
                .addKeyValue("session", holder.map(String::valueOf).orElse("unknown"))
                .log("waiting: {}{}; {} would end it", what, state, dialect.howToEnd(holder.orElse(0L)));
    }

    Dialect dialect() {
        return dialect;
    }

    /** Notes what is about to begin. */
    synchronized void begin(InHand migration) throws SQLException {
        execute(CREATE);
        execute("DELETE FROM " + TABLE);
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, migration.name());
            insert.setString(2, migration.script());
            insert.setString(3, migration.by());
            insert.setString(4, migration.begunAt());
            insert.setLong(5, migration.session());
            insert.setBoolean(6, migration.partly());
            insert.executeUpdate();
        }
    }

    /** What was begun and is not recorded in Flyway's history. */
    synchronized Optional<InHand> inHand() throws SQLException {
        if (!exists() || count(RECORDED) > 0) {
            return Optional.empty();
        }
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SELECT)) {
            return row.next()
                    ? Optional.of(new InHand(
                            row.getString(1),
                            row.getString(2),
                            row.getString(3),
                            row.getString(4),
                            row.getLong(5),
                            row.getBoolean(6)))
                    : Optional.empty();
        }
    }

    synchronized void forget() throws SQLException {
        if (exists()) {
            execute("DELETE FROM " + TABLE);
        }
    }

    /** Keeps firewalls and the like from forgetting the connection, which is silent otherwise. */
    synchronized void ping() {
        try {
            int usual = connection.getNetworkTimeout();
            // A network that swallows the question must not keep a signal from being taken.
            connection.setNetworkTimeout(Runnable::run, MAX_PING_MILLIS);
            long unused = dialect.session(connection);
            connection.setNetworkTimeout(Runnable::run, usual);
        } catch (SQLException e) {
            // The migration's own session has a lock too; what is wrong with this one shows at the end.
            LOG.atWarn().log("the session that keeps other runs out does not answer: {}", e.getMessage());
        }
    }

    synchronized void stop(long session) throws SQLException {
        dialect.stop(connection, session);
    }

    synchronized List<String> invalidIndexes() throws SQLException {
        return dialect.invalidIndexes(connection);
    }

    private boolean exists() throws SQLException {
        String schema = connection.getSchema();
        // The name and the schema are patterns, in which _ stands for any character.
        try (ResultSet tables =
                connection.getMetaData().getTables(connection.getCatalog(), schema, TABLE, new String[] {"TABLE"})) {
            while (tables.next()) {
                if (tables.getString("TABLE_NAME").equals(TABLE)
                        && (schema == null || schema.equals(tables.getString("TABLE_SCHEM")))) {
                    return true;
                }
            }
            return false;
        }
    }

    private int count(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        try (connection) {
            dialect.unlock(connection, Dialect.Lock.RUN);
        }
    }
}
