package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.admin.Console;
import dev.twelvefactor.admin.ConsoleOptions;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.DrainReport;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What {@code admin console --sandbox} makes of a pool, on real databases. */
@Timeout(120)
@ExtendWith({PostgresServer.Shared.class, MariaDbServer.Shared.class})
class SandboxTest {
    private static final String ROLLED_BACK = "--sandbox: what was done in database is rolled back.\n";

    record NoSettings() {}

    /** Work of an app on its pool. */
    private interface Work {
        void on(DataSource pool) throws SQLException;
    }

    /** Does it as an app's wiring does, which the console gives its sandbox to; and tells what that said on stderr. */
    private static String inSandbox(String url, Work work) throws Exception {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(5), Duration.ZERO);
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new NoSettings(),
                wiring -> {
                    try {
                        work.on(wiring.attach("database", Jdbc.pool(ServiceUrl.parse(url)))
                                .get());
                        done.complete(true);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                () -> new Attachments(lifecycle, Duration.ofSeconds(10)));
        try {
            assertThat(console.run(
                            new ConsoleOptions(Optional.of(""), Optional.empty(), true),
                            InputStream.nullInputStream(),
                            false,
                            new PrintStream(OutputStream.nullOutputStream()),
                            new PrintStream(err, true)))
                    .isTrue();
        } finally {
            DrainReport unused = lifecycle.drain();
        }
        assertThat(done.get()).isTrue();
        return err.toString(StandardCharsets.UTF_8);
    }

    private static void execute(DataSource pool, String... statements) throws SQLException {
        for (String sql : statements) {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        }
    }

    private static int rows(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return rows(connection);
        }
    }

    private static int rows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM kept")) {
            assertThat(row.next()).isTrue();
            return row.getInt(1);
        }
    }

    private static Connection outside(String url) throws SQLException {
        ServiceUrl parsed = ServiceUrl.parse(url);
        return DriverManager.getConnection(
                "jdbc:" + url.replaceFirst("^postgres:", "postgresql:").replaceFirst("//.*@", "//"),
                parsed.user().orElseThrow(),
                parsed.password().orElseThrow().reveal());
    }

    private static void prepare(String url) throws SQLException {
        try (Connection connection = outside(url);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS kept, made");
            statement.execute("CREATE TABLE kept (id int PRIMARY KEY)");
            statement.execute("INSERT INTO kept VALUES (1)");
        }
    }

    private static int rowsOutside(String url) throws SQLException {
        try (Connection connection = outside(url)) {
            return rows(connection);
        }
    }

    @Nested
    class OnPostgres {
        private String url = "";

        @BeforeEach
        void use_an_empty_database(PostgresServer server) throws Exception {
            url = server.newDatabase();
            prepare(url);
        }

        @Test
        void undoes_all_work_of_all_connections_which_see_each_others_until_then() throws Exception {
            String err = inSandbox(url, pool -> {
                execute(
                        pool,
                        "INSERT INTO kept VALUES (2)",
                        "CREATE TABLE made (id int)",
                        "INSERT INTO made VALUES (1)");
                try (Connection one = pool.getConnection();
                        Connection other = pool.getConnection();
                        PreparedStatement insert = one.prepareStatement("INSERT INTO kept VALUES (?)")) {
                    one.setAutoCommit(false);
                    for (int i = 3; i < 6; i++) {
                        insert.setInt(1, i);
                        insert.addBatch();
                    }
                    assertThat(insert.executeBatch()).containsExactly(1, 1, 1);
                    assertThat(insert.getConnection()).isSameAs(one).isNotEqualTo(other);
                    one.commit();
                    assertThat(rows(other)).isEqualTo(5);
                }
                assertThat(rowsOutside(url)).isEqualTo(1);
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
            assertThat(rowsOutside(url)).isEqualTo(1);
            assertThatThrownBy(() -> {
                        try (Connection connection = outside(url)) {
                            connection.createStatement().execute("SELECT * FROM made");
                        }
                    })
                    .hasMessageContaining("\"made\" does not exist");
        }

        @Test
        void lets_a_failed_statement_take_nothing_along() throws Exception {
            String err = inSandbox(url, pool -> {
                execute(pool, "INSERT INTO kept VALUES (2)");
                assertThatThrownBy(() -> execute(pool, "INSERT INTO kept VALUES (2)"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("duplicate key");
                assertThatThrownBy(() -> execute(pool, "SELEKT")).hasMessageContaining("syntax error");
                assertThat(rows(pool)).isEqualTo(2);
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
        }

        @Test
        void rolls_back_and_commits_a_transaction_of_the_app_within_its_own() throws Exception {
            String err = inSandbox(url, pool -> {
                execute(pool, "INSERT INTO kept VALUES (2)");
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                    connection.setAutoCommit(false);
                    assertThat(connection.getAutoCommit()).isFalse();
                    statement.execute("DELETE FROM kept");
                    connection.rollback();
                    statement.execute("INSERT INTO kept VALUES (3)");
                    connection.commit();
                    statement.execute("INSERT INTO kept VALUES (4)");
                    // What is not committed is lost when the connection is closed.
                }
                assertThat(rows(pool)).isEqualTo(3);
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
            assertThat(rowsOutside(url)).isEqualTo(1);
        }

        @Test
        void refuses_what_would_end_its_transaction() throws Exception {
            String err = inSandbox(url, pool -> {
                for (String sql : new String[] {" COMMIT", "end", "Begin", "start  transaction", "ROLLBACK", "abort"}) {
                    assertThatThrownBy(() -> execute(pool, sql))
                            .isInstanceOf(SQLException.class)
                            .hasMessage("--sandbox is one transaction that it rolls back itself; leave out \""
                                    + sql.strip() + "\", or use the methods of the connection");
                }
                execute(pool, "SAVEPOINT mine", "INSERT INTO kept VALUES (2)", "ROLLBACK TO SAVEPOINT mine");
                assertThat(rows(pool)).isEqualTo(1);
                assertThatThrownBy(() -> pool.getConnection("somebody", "else"))
                        .isInstanceOf(SQLFeatureNotSupportedException.class)
                        .hasMessage("--sandbox has one connection, of the pool's own user");
                Connection closed = pool.getConnection();
                closed.close();
                assertThat(closed.isClosed()).isTrue();
                assertThatThrownBy(closed::createStatement).hasMessage("the connection is closed");
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
        }

        @Test
        void refuses_a_commit_among_other_statements_and_after_a_comment() throws Exception {
            String err = inSandbox(url, pool -> {
                execute(pool, "INSERT INTO kept VALUES (2)", "SAVEPOINT mine");
                for (String sql : new String[] {
                    "SELECT 1; COMMIT",
                    "ROLLBACK TO SAVEPOINT mine; COMMIT",
                    "/* a /* nested */ comment */ COMMIT",
                    "-- a comment\ncommit",
                    "SELECT $a$;$a$; COMMIT AND CHAIN"
                }) {
                    assertThatThrownBy(() -> execute(pool, sql)).hasMessage(refusalOf(sql));
                    assertThatThrownBy(() -> {
                                try (Connection connection = pool.getConnection();
                                        Statement statement = connection.createStatement()) {
                                    statement.addBatch(sql);
                                }
                            })
                            .hasMessage(refusalOf(sql));
                    assertThatThrownBy(() -> {
                                try (Connection connection = pool.getConnection()) {
                                    connection.prepareStatement(sql).close();
                                }
                            })
                            .hasMessage(refusalOf(sql));
                }
                execute(pool, "SELECT 'a; COMMIT', $$; COMMIT$$ /* ; COMMIT */");
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
            assertThat(rowsOutside(url)).isEqualTo(1);
        }

        private static String refusalOf(String sql) {
            return "--sandbox is one transaction that it rolls back itself; leave out \"" + sql
                    + "\", or use the methods of the connection";
        }

        @Test
        void gives_out_no_connection_that_commits() throws Exception {
            String err = inSandbox(url, pool -> {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement();
                        PreparedStatement insert = connection.prepareStatement("INSERT INTO kept VALUES (2)");
                        CallableStatement call = connection.prepareCall("SELECT 1");
                        ResultSet rows = statement.executeQuery("SELECT ARRAY[1, 2]")) {
                    insert.execute();
                    assertThat(rows.next()).isTrue();
                    Array array = rows.getArray(1);
                    try (PreparedStatement again = connection.prepareStatement("SELECT ?::int[]")) {
                        again.setArray(1, array);
                        try (ResultSet one = again.executeQuery()) {
                            assertThat(one.next()).isTrue();
                            assertThat(one.getString(1)).isEqualTo("{1,2}");
                        }
                    }
                    for (Connection reached : List.of(
                            connection.getMetaData().getConnection(),
                            connection
                                    .getMetaData()
                                    .getTables(null, null, "kept", null)
                                    .getStatement()
                                    .getConnection(),
                            statement.getConnection(),
                            insert.getConnection(),
                            call.getConnection(),
                            rows.getStatement().getConnection(),
                            array.getResultSet().getStatement().getConnection(),
                            connection.unwrap(Connection.class))) {
                        assertThat(reached).isSameAs(connection);
                        reached.commit();
                    }
                    assertThat(rows.getStatement()).isSameAs(statement);
                    for (Wrapper wrapper : List.of(
                            pool,
                            connection,
                            connection.getMetaData(),
                            statement,
                            insert,
                            insert.getParameterMetaData(),
                            call,
                            rows,
                            rows.getMetaData())) {
                        assertThat(wrapper.isWrapperFor(PGConnection.class)).isFalse();
                        assertThatThrownBy(() -> wrapper.unwrap(PGConnection.class))
                                .isInstanceOf(SQLException.class)
                                .hasMessage(
                                        "--sandbox does not give out the driver's own objects, which could commit; leave out unwrap(PGConnection.class), or run it without --sandbox");
                    }
                }
                assertThatThrownBy(pool::createConnectionBuilder)
                        .hasMessage("--sandbox has one connection; write getConnection()");
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
            assertThat(rowsOutside(url)).isEqualTo(1);
        }

        @Test
        void has_one_transaction_of_the_app_at_a_time() throws Exception {
            String err = inSandbox(url, pool -> {
                try (Connection one = pool.getConnection();
                        Connection other = pool.getConnection();
                        Statement first = one.createStatement();
                        Statement second = other.createStatement()) {
                    one.setAutoCommit(false);
                    other.setAutoCommit(false);
                    first.execute("INSERT INTO kept VALUES (2)");
                    one.rollback();
                    first.execute("INSERT INTO kept VALUES (2)");
                    assertThat(rows(pool)).isEqualTo(2);
                    one.rollback();
                    first.execute("INSERT INTO kept VALUES (2)");
                    assertThatThrownBy(() -> second.execute("INSERT INTO kept VALUES (3)"))
                            .hasMessage(
                                    "--sandbox has one transaction at a time, and another connection's is under way; commit that or close it first");
                    one.commit();
                    second.execute("INSERT INTO kept VALUES (3)");
                    other.rollback();
                    assertThat(rows(pool)).isEqualTo(2);
                }
            });

            assertThat(err).isEqualTo(ROLLED_BACK);
        }

        @Test
        void reports_a_rollback_that_takes_others_work_along() throws Exception {
            String err = inSandbox(url, pool -> {
                try (Connection one = pool.getConnection();
                        Statement first = one.createStatement()) {
                    one.setAutoCommit(false);
                    first.execute("INSERT INTO kept VALUES (2)");
                    execute(pool, "INSERT INTO kept VALUES (3)");
                    one.rollback();
                    assertThat(rows(pool)).isEqualTo(1);
                }
            });

            assertThat(err)
                    .isEqualTo(
                            "--sandbox: a rollback in database has taken back what other connections did there since its transaction began.\n"
                                    + ROLLED_BACK);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mariadb", "mysql"})
    void undoes_work_in_mysql_and_refuses_what_that_commits_by_itself(String scheme, MariaDbServer server)
            throws Exception {
        String url = server.url();
        prepare(url);

        String err = inSandbox(url.replaceFirst("^mariadb", scheme), pool -> {
            execute(pool, "INSERT INTO kept VALUES (2)", "CREATE TEMPORARY TABLE mine (id int)");
            assertThatThrownBy(() -> execute(pool, "SELEKT")).isInstanceOf(SQLException.class);
            for (String sql : new String[] {
                "CREATE TABLE made (id int)",
                "/*!40000 TRUNCATE kept */",
                "# a comment\ndrop table kept",
                "LOCK TABLES kept WRITE"
            }) {
                assertThatThrownBy(() -> execute(pool, sql))
                        .hasMessage(
                                "--sandbox cannot roll back \"" + sql
                                        + "\", which commits by itself in MySQL and MariaDB, with all that was done before; leave it out, or run it without --sandbox");
            }
            for (String sql : new String[] {"/*!40000 COMMIT */", "SET autocommit = 1", "set @@session.autocommit=1"}) {
                assertThatThrownBy(() -> execute(pool, sql))
                        .hasMessageStartingWith("--sandbox is one transaction that it rolls back itself; leave out");
            }
            assertThat(rows(pool)).isEqualTo(2);
        });

        assertThat(err).isEqualTo(ROLLED_BACK);
        assertThat(rowsOutside(url)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mariadb", "mysql"})
    void reports_a_commit_that_it_did_not_see_coming(String scheme, MariaDbServer server) throws Exception {
        String url = server.url();
        prepare(url);

        String err = inSandbox(
                url.replaceFirst("^mariadb", scheme),
                pool -> execute(
                        pool,
                        "INSERT INTO kept VALUES (2)",
                        "EXECUTE IMMEDIATE 'COMMIT'",
                        "INSERT INTO kept VALUES (3)"));

        assertThat(err)
                .isEqualTo("--sandbox: a statement has made database commit; what was done there up to and with it"
                        + " is not rolled back.\n--sandbox: what was done in database after that is rolled back.\n");
        assertThat(rowsOutside(url)).isEqualTo(2);
    }

    @Test
    void does_not_say_that_all_is_rolled_back_after_a_commit_that_only_shows_at_the_end(MariaDbServer server)
            throws Exception {
        String url = server.url();
        prepare(url);
        ServiceUrl parts = ServiceUrl.parse(url);
        String several = "jdbc:mariadb://" + parts.hosts().get(0) + "/app?allowMultiQueries=true&user=app&password="
                + parts.password().orElseThrow().reveal();

        String err = inSandbox(
                several,
                pool -> execute(
                        pool,
                        "INSERT INTO kept VALUES (2)",
                        "SAVEPOINT mine",
                        "ROLLBACK TO mine; EXECUTE IMMEDIATE 'COMMIT'"));

        assertThat(err)
                .isEqualTo(
                        "--sandbox: something has made database commit, or roll back, on the way; what was done there up to then is not rolled back.\n");
        assertThat(rowsOutside(url)).isEqualTo(2);
    }
}
