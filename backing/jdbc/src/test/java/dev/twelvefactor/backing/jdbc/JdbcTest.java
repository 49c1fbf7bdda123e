package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
@ExtendWith(PostgresServer.Shared.class)
class JdbcTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    @AfterEach
    void close() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private Attached<DataSource> attach(String url, Duration timeout) {
        return new Attachments(lifecycle, timeout).attach("database", Jdbc.pool(ServiceUrl.parse(url)));
    }

    private void assertRefused(String url, String sentence) {
        assertThatThrownBy(attach(url, Duration.ofSeconds(2))::get)
                .hasMessageStartingWith("database (postgres://")
                .hasMessageEndingWith("could not be attached: " + sentence)
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void takes_a_rotated_password_for_its_next_connection(@TempDir Path directory) throws Exception {
        record Settings(ServiceUrl databaseUrl) {}
        try (PostgresServer own = PostgresServer.start()) {
            Path file = Files.writeString(directory.resolve("url"), own.url() + "?pool.max=1\n");
            Settings settings =
                    EnvConfig.bind(Settings.class, Environment.of(Map.of("DATABASE_URL_FILE", file.toString())));
            Lifecycle ofPool = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
            DataSource pool = new Attachments(ofPool, Duration.ofSeconds(20))
                    .attach("database", Jdbc.pool(settings.databaseUrl()))
                    .get();
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER ROLE app PASSWORD 'rotated'");
                Files.writeString(file, own.url().replaceFirst("app:[^@]*@", "app:rotated@") + "?pool.max=1\n");
                assertThatThrownBy(() -> statement.execute("SELECT pg_terminate_backend(pg_backend_pid())"))
                        .isInstanceOf(SQLException.class);
            }
            try (Connection connection = pool.getConnection()) {
                assertThat(connection.isValid(5)).isTrue();
            }
            assertThat(ofPool.drain().complete()).isTrue();
        }
    }

    @Test
    void gives_a_pool_that_works(PostgresServer postgres) throws Exception {
        DataSource pool = attach(postgres.url() + "?application_name=shop&pool.max=2", Duration.ofSeconds(20))
                .get();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT current_setting('application_name'), current_user")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("shop");
            assertThat(row.getString(2)).isEqualTo("app");
        }
    }

    @Test
    void is_up_although_every_connection_of_its_pool_is_in_use(PostgresServer postgres) throws Exception {
        Attachments attachments = new Attachments(lifecycle, Duration.ofSeconds(20));
        DataSource pool = attachments
                .attach("database", Jdbc.pool(ServiceUrl.parse(postgres.url() + "?pool.max=1&pool.timeout_ms=250")))
                .get();
        List<ServiceHealth> before = attachments.health();
        try (Connection inUse = pool.getConnection()) {
            attachments.watch(Duration.ofMillis(1));
            while (attachments.health().equals(before)) {
                Thread.sleep(5);
            }
            assertThat(attachments.health()).extracting(ServiceHealth::up).containsExactly(true);
            assertThat(inUse.isValid(5)).isTrue();
        }
    }

    @Test
    void waits_for_a_statement_without_a_limit_only_where_that_is_asked_for() {
        ServiceUrl url = ServiceUrl.parse("postgres://h/d?socket_timeout=7");
        assertThat(PostgresUrl.of(url).properties()).containsEntry("socketTimeout", "7");
        assertThat(PostgresUrl.of(url).forLongStatements().properties()).containsEntry("socketTimeout", "0");
        assertThat(PostgresUrl.of(ServiceUrl.parse("postgres://h/d")).properties())
                .containsEntry("socketTimeout", "30");
    }

    @Test
    void logs_in_with_a_password_and_a_name_that_need_encoding(PostgresServer postgres) throws Exception {
        DataSource pool = attach(postgres.url(), Duration.ofSeconds(20)).get();
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE \"odd/na me+ü\"");
        }
        DataSource odd = new Attachments(lifecycle, Duration.ofSeconds(20))
                .attach(
                        "odd",
                        Jdbc.pool(ServiceUrl.parse(postgres.url().replaceFirst("/app$", "/odd%2Fna%20me+%C3%BC"))))
                .get();
        try (Connection connection = odd.getConnection()) {
            assertThat(connection.getCatalog()).isEqualTo("odd/na me+ü");
        }
    }

    @Test
    void says_that_the_password_is_wrong_and_does_not_try_again(PostgresServer postgres) {
        assertRefused(
                postgres.url().replaceFirst("app:[^@]*@", "app:hunter2@"),
                "the user \"app\" or its password was refused");
    }

    @Test
    void says_that_the_database_is_not_there(PostgresServer postgres) {
        assertRefused(postgres.url().replaceFirst("/app$", "/nope"), "the server has no database \"nope\"");
    }

    @Test
    void says_that_the_server_does_not_speak_tls(PostgresServer postgres) {
        assertRefused(postgres.url() + "?sslmode=require", "the server does not speak TLS, which sslmode asks for");
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertRefused(
                "postgres://app:hunter2@127.0.0.1:" + port + "/app", "no server answers there (connection refused)");
    }

    @Test
    void gives_up_in_time_on_a_server_that_accepts_and_says_nothing() throws Exception {
        try (ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Attached<DataSource> attached =
                    attach("postgres://app:hunter2@127.0.0.1:" + hole.getLocalPort() + "/app", Duration.ofSeconds(1));
            assertThatThrownBy(attached::get).hasMessageContaining("could not be attached: ");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://u:hunter2@h/d | has the scheme mysql; write postgres://user:password@host:5432/database",
                "postgres://u:hunter2@h | names no database; write postgres://user:password@host:5432/database",
                "postgres://u:hunter2@h/ | names no database; write postgres://user:password@host:5432/database",
                "postgres:///d | names no host; write postgres://user:password@host:5432/database",
                "postgres://h/d?sslmod=x | has an unknown parameter, sslmod; did you mean sslmode?",
                "postgres://h/d?sslmode=bogus | has an sslmode that is none; write disable, allow, prefer, require, verify-ca, verify-full",
                "postgres://h/d?connect_timeout=abc | has a connect_timeout that is not a number from 1 to 60",
                "postgres://u:hunter2@%2Fvar%2Frun/d | names a socket, which the driver cannot use; write host:port",
                "postgres://h/d?pool.max=0 | has a pool.max that is not a number from 1 to 1000",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(attach(url, Duration.ofSeconds(2))::get)
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }
}
