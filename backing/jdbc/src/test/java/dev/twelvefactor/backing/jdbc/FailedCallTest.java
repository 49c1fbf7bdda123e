package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A call that failed has had no effect, and has none later: shown by a row that somebody else has locked. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"postgres", "mariadb", "mysql"})
@ExtendWith({PostgresServer.Shared.class, MariaDbServer.Shared.class})
class FailedCallTest {
    private static final String INCREMENT = "UPDATE counter SET n = n + 1";

    @Parameter
    private String scheme;

    private String url = "";
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void create_a_counter(PostgresServer postgres, MariaDbServer mariadb) throws Exception {
        url = scheme.equals("postgres") ? postgres.newDatabase() : mariadb.url().replaceFirst("^mariadb", scheme);
        try (Connection connection = outside();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS counter");
            statement.execute("CREATE TABLE counter (n int)");
            statement.execute("INSERT INTO counter VALUES (0)");
        }
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private Connection outside() throws SQLException {
        ServiceUrl parsed = ServiceUrl.parse(url);
        return DriverManager.getConnection(
                "jdbc:" + url.replaceFirst("^postgres:", "postgresql:").replaceFirst("//.*@", "//"),
                parsed.user().orElseThrow(),
                parsed.password().orElseThrow().reveal());
    }

    /** What is done while the row is locked. */
    private interface Work {
        void on(DataSource pool) throws Exception;
    }

    /** The counter, when the lock that the work met has been given back and the server has done all that it was still to do. */
    private int counterAfter(String parameters, Function<ServiceUrl, Attachment<DataSource>> kind, Work work)
            throws Exception {
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url + parameters, kind);
                Connection holder = outside();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("UPDATE counter SET n = n");
            work.on(database.client());
            holder.commit();
        }
        return counter();
    }

    /** Takes the row's lock, behind all that still wait for it. */
    private int counter() throws SQLException {
        try (Connection connection = outside();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT n FROM counter FOR UPDATE")) {
            assertThat(row.next()).isTrue();
            return row.getInt(1);
        }
    }

    private static void increment(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(INCREMENT);
        }
    }

    @Test
    void has_no_effect_when_five_tries_have_timed_out() throws Exception {
        int n = counterAfter("?socket_timeout=1s", Jdbc::pool, pool -> inVain(pool, 5));
        assertThat(n).isZero();
    }

    /** All at once, on threads of their own. */
    private void inVain(DataSource pool, int tries) throws Exception {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < tries; i++) {
            all.add(threads.submit(() -> incrementInVain(pool)));
        }
        for (Future<?> one : all) {
            one.get();
        }
    }

    @Test
    void has_no_effect_when_the_servers_own_limit_ends_it() throws Exception {
        int n = counterAfter("?statement_timeout=300ms", Jdbc::pool, this::incrementInVain);
        assertThat(n).isZero();
    }

    private void incrementInVain(DataSource pool) {
        assertThatThrownBy(() -> increment(pool)).isInstanceOf(SQLException.class);
    }

    @Test
    void has_no_effect_in_a_transaction_that_it_ends() throws Exception {
        int n = counterAfter(
                "?statement_timeout=300ms&socket_timeout=2s", Jdbc::pool, pool -> assertThatThrownBy(() -> {
                            try (Connection connection = pool.getConnection();
                                    Statement statement = connection.createStatement()) {
                                connection.setAutoCommit(false);
                                statement.execute("INSERT INTO counter VALUES (100)");
                                statement.execute(INCREMENT);
                                connection.commit();
                            }
                        })
                        .isInstanceOf(SQLException.class));
        assertThat(n).isZero();
        assertThat(selected("SELECT count(*) FROM counter")).isEqualTo("1");
    }

    @Test
    void has_no_effect_when_its_query_timeout_is_over() throws Exception {
        int n = counterAfter("", Jdbc::pool, pool -> {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                assertThatThrownBy(() -> statement.execute(INCREMENT)).isInstanceOf(SQLException.class);
            }
        });
        assertThat(n).isZero();
    }

    @Test
    void has_no_effect_when_its_lock_timeout_is_over() throws Exception {
        int n = counterAfter("", Jdbc::pool, pool -> {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        scheme.equals("postgres")
                                ? "SET lock_timeout = '200ms'"
                                : "SET SESSION innodb_lock_wait_timeout = 1");
                assertThatThrownBy(() -> statement.execute(INCREMENT)).isInstanceOf(SQLException.class);
            }
        });
        assertThat(n).isZero();
    }

    @Test
    void has_no_effect_when_the_pool_has_no_connection_for_it() throws Exception {
        int n = counterAfter("?pool.max=1&pool.timeout=250ms", Jdbc::pool, pool -> {
            try (Connection inUse = pool.getConnection()) {
                incrementInVain(pool);
                assertThat(inUse.isClosed()).isFalse();
            }
        });
        assertThat(n).isZero();
    }

    @Test
    void has_no_effect_when_a_drain_closes_the_pool_under_it() throws Exception {
        try (Connection holder = outside();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("UPDATE counter SET n = n");
            AttachmentProbe<DataSource> database = AttachmentProbe.attach(url, Jdbc::pool);
            Future<Throwable> failure;
            try (database) {
                failure = threads.submit(() -> {
                    try {
                        increment(database.client());
                        return null;
                    } catch (SQLException e) {
                        return e;
                    }
                });
                awaitWaiting(failure);
            }
            holder.commit();
            assertThat(failure.get()).isInstanceOf(SQLException.class);
        }
        assertThat(counter()).isZero();
    }

    @Test
    void has_no_effect_when_the_connection_is_lost_before_the_lock_is_given_back() throws Exception {
        try (TcpGate gate = TcpGate.to(url);
                AttachmentProbe<DataSource> database = AttachmentProbe.attach(
                        gate.through(url)
                                + "?statement_timeout=2s&socket_timeout=4s&connect_timeout=1s&pool.timeout=250ms",
                        Jdbc::pool);
                Connection holder = outside();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("UPDATE counter SET n = n");
            Future<?> failed = threads.submit(() -> incrementInVain(database.client()));
            awaitWaiting(failed);
            gate.refuse();
            failed.get();
            // Until the server has noticed, the outcome is unknown.
            while (waiting() > 0) {
                Thread.sleep(20);
            }
            holder.commit();
        }
        assertThat(counter()).isZero();
    }

    @Test
    void leaves_no_more_statements_running_than_the_pool_has_connections() throws Exception {
        long[] most = new long[1];
        int n = counterAfter(
                "?pool.max=2&pool.timeout=5s&statement_timeout=300ms&socket_timeout=2s", Jdbc::pool, pool -> {
                    Future<?> ended = threads.submit(() -> {
                        inVain(pool, 8);
                        return null;
                    });
                    while (!ended.isDone()) {
                        most[0] = Math.max(most[0], waiting());
                    }
                    ended.get();
                });
        assertThat(n).isZero();
        assertThat(most[0]).isBetween(1L, 2L);
    }

    @Test
    void is_ended_by_the_server_before_its_caller_gives_up_by_default() throws Exception {
        assertThat(limit("", Jdbc::pool)).isEqualTo(9000);
        assertThat(limit("?socket_timeout=100s", Jdbc::pool)).isEqualTo(90_000);
        assertThat(limit("?statement_timeout=90s", Jdbc::pool)).isEqualTo(90_000);
        assertThat(limit("?socket_timeout=100s&statement_timeout=2s", Jdbc::pool))
                .isEqualTo(2000);
        assertThat(limit("", Jdbc::poolForLongStatements)).isZero();
    }

    /** In milliseconds. */
    private long limit(String parameters, Function<ServiceUrl, Attachment<DataSource>> kind) throws SQLException {
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url + parameters, kind);
                Connection connection = database.client().getConnection()) {
            return Math.round(Double.parseDouble(selected(
                    connection,
                    scheme.equals("postgres")
                            ? "SELECT setting FROM pg_settings WHERE name = 'statement_timeout'"
                            : "SELECT 1000 * @@SESSION.max_statement_time")));
        }
    }

    @Test
    void counts_as_the_databases_failure_when_the_server_ended_it() throws Exception {
        try (AttachmentProbe<DataSource> database =
                        AttachmentProbe.attach(url + "?statement_timeout=100ms", Jdbc::pool);
                Connection holder = outside();
                Statement lock = holder.createStatement()) {
            holder.setAutoCommit(false);
            lock.execute("UPDATE counter SET n = n");
            assertThatThrownBy(() -> increment(database.client()))
                    .satisfies(failure ->
                            assertThat(database.isUnavailable(failure)).isTrue());
        }
    }

    private String selected(String query) throws SQLException {
        try (Connection connection = outside()) {
            return selected(connection, query);
        }
    }

    private static String selected(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    /** How many sessions of the server are at the increment. */
    private long waiting() throws SQLException {
        return Long.parseLong(selected(
                scheme.equals("postgres")
                        ? "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND datname = current_database() AND query = '"
                                + INCREMENT + "'"
                        : "SELECT count(*) FROM information_schema.processlist WHERE info = '" + INCREMENT + "'"));
    }

    /** Until the server has a statement of this call that waits for the lock. */
    private void awaitWaiting(Future<?> call) throws Exception {
        while (waiting() == 0) {
            assertThat(call).as("the call, which must wait").isNotDone();
            Thread.sleep(20);
        }
    }
}
