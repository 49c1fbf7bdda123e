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
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        void tells_of_a_commit_that_it_did_not_see_coming() throws Exception {
            String err = inSandbox(url, pool -> {
                execute(pool, "INSERT INTO kept VALUES (2)", "SELECT 1; COMMIT", "INSERT INTO kept VALUES (3)");
                assertThat(rows(pool)).isEqualTo(3);
            });

            assertThat(err)
                    .isEqualTo("--sandbox: a statement has made database commit; what was done there up to and with it"
                            + " is not rolled back.\n" + ROLLED_BACK);
            assertThat(rowsOutside(url)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @CsvSource({"mariadb, MariaDB", "mysql, MySQL"})
    void undoes_work_in_mysql_and_tells_what_that_commits_by_itself(String scheme, String product, MariaDbServer server)
            throws Exception {
        String url = server.url();
        prepare(url);
        String known = "--sandbox: database is " + product
                + ", which commits by itself at CREATE, ALTER, DROP, TRUNCATE and the"
                + " like, and with them all that was done before.\n";

        String err = inSandbox(url.replaceFirst("^mariadb", scheme), pool -> {
            execute(pool, "INSERT INTO kept VALUES (2)");
            assertThatThrownBy(() -> execute(pool, "SELEKT")).isInstanceOf(SQLException.class);
            assertThat(rows(pool)).isEqualTo(2);
        });
        assertThat(err).isEqualTo(known + ROLLED_BACK);
        assertThat(rowsOutside(url)).isEqualTo(1);

        err = inSandbox(url.replaceFirst("^mariadb", scheme), pool -> {
            execute(pool, "INSERT INTO kept VALUES (2)", "CREATE TABLE made (id int)", "INSERT INTO kept VALUES (3)");
        });
        assertThat(err)
                .isEqualTo(known + "--sandbox: a statement has made database commit; what was done there up to and with"
                        + " it is not rolled back.\n" + ROLLED_BACK);
        assertThat(rowsOutside(url)).isEqualTo(2);
    }
}
