package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.TcpGate;
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
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
                .hasMessageStartingWith("database (postgres")
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

    /** Two users in turn, as a vault gives them: the one before is dropped as soon as the URL names the next. */
    @Test
    void has_no_connection_of_a_user_that_the_url_names_no_more(@TempDir Path directory, PostgresServer postgres)
            throws Exception {
        record Settings(ServiceUrl databaseUrl) {}
        String owner = postgres.newDatabase();
        Path file = directory.resolve("url");
        DataSource outside = attach(owner, Duration.ofSeconds(20)).get();
        execute(outside, "CREATE TABLE visits (n int)", "INSERT INTO visits VALUES (0)");
        for (String user : List.of("first_user", "second_user")) {
            execute(outside, "CREATE ROLE " + user + " LOGIN PASSWORD 'hunter2'", "GRANT UPDATE ON visits TO " + user);
        }
        Files.writeString(file, owner.replaceFirst("app:[^@]*@", "first_user:hunter2@") + "?pool.max=4&pool.min=4\n");
        ServiceUrl url = EnvConfig.bind(Settings.class, Environment.of(Map.of("DATABASE_URL_FILE", file.toString())))
                .databaseUrl();
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url, Jdbc::pool)) {
            DataSource pool = database.client();
            while (database.gauges().getOrDefault("pool_idle", 0.0) < 4) {
                Thread.sleep(20);
            }
            try (Connection inUse = pool.getConnection();
                    Statement statement = inUse.createStatement()) {
                statement.execute("UPDATE visits SET n = 1");
                // Who cannot log in yet changes nothing.
                Files.writeString(
                        file, owner.replaceFirst("app:[^@]*@", "second_user:wrong@") + "?pool.max=4&pool.min=4\n");
                for (int i = 0; i < 20; i++) {
                    Thread.sleep(20);
                    execute(pool, "UPDATE visits SET n = 2");
                }
                Files.writeString(
                        file, owner.replaceFirst("app:[^@]*@", "second_user:hunter2@") + "?pool.max=4&pool.min=4\n");
                execute(outside, "REVOKE ALL ON visits FROM first_user", "DROP ROLE first_user");
                assertThatThrownBy(() -> statement.execute("UPDATE visits SET n = 3"))
                        .satisfies(failure ->
                                assertThat(database.isUnavailable(failure)).isTrue());
            }
            for (int i = 0; i < 20; i++) {
                execute(pool, "UPDATE visits SET n = 4");
            }
            assertThat(database.awaitUp().up()).isTrue();
            execute(outside, "REVOKE ALL ON visits FROM second_user");
        }
        execute(outside, "DROP ROLE second_user");
    }

    @Test
    void replaces_the_connections_of_a_user_that_the_url_names_no_more_although_no_statement_fails(
            @TempDir Path directory, PostgresServer postgres) throws Exception {
        record Settings(ServiceUrl databaseUrl) {}
        Path file = directory.resolve("url");
        DataSource outside = attach(postgres.url(), Duration.ofSeconds(20)).get();
        execute(outside, "CREATE ROLE third_user LOGIN PASSWORD 'hunter2'");
        Files.writeString(file, postgres.url() + "?application_name=rotated\n");
        ServiceUrl url = EnvConfig.bind(Settings.class, Environment.of(Map.of("DATABASE_URL_FILE", file.toString())))
                .databaseUrl();
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url, Jdbc::pool)) {
            assertThat(database.awaitUp().up()).isTrue();
            Files.writeString(
                    file,
                    postgres.url().replaceFirst("app:[^@]*@", "third_user:hunter2@") + "?application_name=rotated\n");
            try (Connection connection = outside.getConnection();
                    Statement statement = connection.createStatement()) {
                long before = 1;
                while (before > 0) {
                    Thread.sleep(20);
                    try (ResultSet row = statement.executeQuery(
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rotated' AND usename = 'app'")) {
                        assertThat(row.next()).isTrue();
                        before = row.getLong(1);
                    }
                }
            }
            try (Connection connection = database.client().getConnection()) {
                assertThat(connection.getMetaData().getUserName()).isEqualTo("third_user");
            }
        }
        execute(outside, "DROP ROLE third_user");
    }

    private static void execute(DataSource pool, String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void ends_a_batch_that_outlives_its_caller(PostgresServer postgres) throws Exception {
        String url = postgres.newDatabase();
        DataSource outside = attach(url, Duration.ofSeconds(20)).get();
        execute(outside, "CREATE TABLE counter (n int)", "INSERT INTO counter VALUES (0)");
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url + "?socket_timeout=800ms", Jdbc::pool)) {
            // Each of them is within its limit, and all of them are one transaction.
            assertThatThrownBy(() -> {
                        try (Connection connection = database.client().getConnection();
                                Statement statement = connection.createStatement()) {
                            for (int i = 0; i < 6; i++) {
                                statement.addBatch("UPDATE counter SET n = n + 1 WHERE pg_sleep(0.6) IS NOT NULL");
                            }
                            statement.executeBatch();
                        }
                    })
                    .isInstanceOf(SQLException.class);
        }
        try (Connection connection = outside.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT n FROM counter FOR UPDATE")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getInt(1)).isZero();
        }
    }

    @Test
    void leaves_a_lower_statement_timeout_of_the_role_or_the_options_as_it_is(PostgresServer postgres)
            throws Exception {
        try (AttachmentProbe<DataSource> database =
                        AttachmentProbe.attach(postgres.url() + "?options=-c%20statement_timeout%3D1500", Jdbc::pool);
                Connection connection = database.client().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW statement_timeout")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("1500ms");
        }
        for (String given : List.of("9500", "9500ms")) {
            assertThat(Database.of(ServiceUrl.parse("postgres://h/d?options=-cstatement_timeout%3D" + given))
                            .statement())
                    .contains(Duration.ofMillis(9500));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void uses_a_server_that_has_no_such_limits(boolean longStatements, PostgresServer postgres) throws Exception {
        String url = postgres.newDatabase();
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url, Jdbc::pool);
                Connection connection = database.client().getConnection();
                Statement statement = connection.createStatement()) {
            // As one that only speaks the protocol has fewer columns, or none of the functions.
            statement.execute("CREATE SCHEMA other");
            statement.execute("CREATE VIEW other.pg_settings AS SELECT 1 AS n");
        }
        String other = url + "?options=-c%20search_path%3Dother%2Cpg_catalog";
        try (AttachmentProbe<DataSource> database =
                        AttachmentProbe.attach(other, longStatements ? Jdbc::poolForLongStatements : Jdbc::pool);
                Connection connection = database.client().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT n FROM pg_settings")) {
            assertThat(row.next()).isTrue();
        }
    }

    @Test
    void gives_a_driver_that_is_asked_by_its_own_url_less_time_than_it_waits() {
        assertThat(limitOf("jdbc:postgresql://h/d")).contains(Duration.ofSeconds(9));
        assertThat(limitOf("jdbc:postgresql://h/d?socketTimeout=20&a=b")).contains(Duration.ofSeconds(18));
        assertThat(limitOf("jdbc:mariadb://h/d?a=b&socketTimeout=20000")).contains(Duration.ofSeconds(18));
        assertThat(limitOf("jdbc:postgresql://h/d?socketTimeout=0")).isEmpty();
    }

    private static Optional<Duration> limitOf(String url) {
        return Database.of(ServiceUrl.parse(url)).statement();
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
                .attach("database", Jdbc.pool(ServiceUrl.parse(postgres.url() + "?pool.max=1&pool.timeout=250ms")))
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
    void waits_for_a_statement_without_a_limit_only_where_that_is_asked_for(PostgresServer postgres) throws Exception {
        ServiceUrl url = ServiceUrl.parse("postgres://h/d?socket_timeout=7");
        assertThat(Database.of(url).answer()).contains(Duration.ofSeconds(7));
        try (AttachmentProbe<DataSource> seven =
                        AttachmentProbe.attach(postgres.url() + "?socket_timeout=7", Jdbc::pool);
                AttachmentProbe<DataSource> ever = AttachmentProbe.attach(postgres.url(), Jdbc::poolForLongStatements);
                Connection one = seven.client().getConnection();
                Connection other = ever.client().getConnection()) {
            assertThat(one.getNetworkTimeout()).isEqualTo(7000);
            assertThat(other.getNetworkTimeout()).isZero();
        }
        assertThat(Database.of(url).forLongStatements().answer()).contains(Duration.ZERO);
        assertThat(Database.of(ServiceUrl.parse("postgres://h/d")).answer()).contains(Duration.ofSeconds(10));
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
        assertRefused(
                postgres.url().replaceFirst("/app$", "/nope"),
                "the server has no database \"nope\", or the user may not use it");
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

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                AttachmentProbe<DataSource> database =
                        AttachmentProbe.attach(server.url() + "?pool.timeout=1s", Jdbc::pool)) {
            server.kill();
            ServiceHealth down = database.awaitDown();
            assertThat(down.reason())
                    .hasValueSatisfying(reason -> assertThat(reason).startsWith("no server answers"));
            // Not by the connection alone: one that was used a moment ago is not looked at by the pool.
            assertThatThrownBy(() -> {
                        try (Connection connection = database.client().getConnection();
                                Statement statement = connection.createStatement()) {
                            statement.execute("SELECT 1");
                        }
                    })
                    .satisfies(failure ->
                            assertThat(database.isUnavailable(failure)).isTrue());
            server.startAgain();
            ServiceHealth again = database.awaitUp();
            assertThat(again.up()).isTrue();
            try (Connection connection = database.client().getConnection()) {
                assertThat(connection.isValid(5)).isTrue();
            }
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(PostgresServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<DataSource> database = AttachmentProbe.attach(
                        gate.through(server.url()) + "?pool.timeout=1s&socket_timeout=2s&connect_timeout=1s",
                        Jdbc::pool)) {
            try (Connection inUse = database.client().getConnection();
                    Statement statement = inUse.createStatement()) {
                gate.swallow();
                long start = System.nanoTime();
                assertThatThrownBy(() -> statement.execute("SELECT 1"))
                        .satisfies(failure ->
                                assertThat(database.isUnavailable(failure)).isTrue());
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            }
            ServiceHealth down = database.awaitDown();
            assertThat(down.up()).isFalse();
            gate.open();
            ServiceHealth again = database.awaitUp();
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void verifies_the_server_as_sslmode_says(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (PostgresServer server = PostgresServer.startWith(certificates)) {
            String url = server.url().replace("127.0.0.1", "localhost");
            for (String parameters :
                    List.of("?sslmode=require", "?sslmode=verify-full&sslrootcert=" + certificates.authority())) {
                try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url + parameters, Jdbc::pool);
                        Connection connection = database.client().getConnection();
                        Statement statement = connection.createStatement();
                        ResultSet row =
                                statement.executeQuery("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")) {
                    assertThat(row.next()).isTrue();
                    assertThat(row.getBoolean(1)).isTrue();
                }
            }
            assertRefused(
                    url + "?sslmode=verify-full&sslrootcert=system",
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with sslrootcert");
            assertRefused(
                    url + "?sslmode=verify-full&sslrootcert=" + directory.resolve("none"),
                    "the file with the authorities' certificates cannot be read; name it with sslrootcert, or write sslrootcert=system");
        }
        Path another = Files.createDirectory(directory.resolve("another"));
        ServerCertificates elsewhere = ServerCertificates.forAnotherHost(another);
        try (PostgresServer server = PostgresServer.startWith(elsewhere)) {
            String url = server.url() + "?sslrootcert=" + elsewhere.authority() + "&sslmode=";
            assertRefused(url + "verify-full", "the server's certificate is for another host");
            try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url + "verify-ca", Jdbc::pool)) {
                assertThat(database.awaitUp().up()).isTrue();
            }
        }
    }

    @Test
    void takes_a_jdbc_url_as_it_is_but_for_the_pool(PostgresServer postgres) throws Exception {
        ServiceUrl parts = ServiceUrl.parse(postgres.url());
        String given =
                "jdbc:postgresql://127.0.0.1:" + parts.hosts().get(0).port().orElseThrow()
                        + "/app?pool.max=3&user=app&password="
                        + parts.password().orElseThrow().reveal() + "&pool.timeout=2s";
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(given, Jdbc::pool);
                Connection connection = database.client().getConnection()) {
            assertThat(connection.getCatalog()).isEqualTo("app");
            assertThat(database.gauges()).containsEntry("pool_max", 3.0);
        }
        String wrong = given.replaceFirst("password=[^&]*", "password=hunter2");
        assertThat(AttachmentProbe.refusal(wrong, Duration.ofSeconds(2), Jdbc::pool))
                .isEqualTo(
                        "service (jdbc:postgresql:***) could not be attached: the user \"\" or its password was refused");
        assertThatThrownBy(() -> Database.of(ServiceUrl.parse("jdbc:postgresql://app:hunter2@h/d")))
                .hasMessageContaining("has user and password before the host")
                .message()
                .doesNotContain("hunter2");
        assertThat(GivenUrl.forDriver(ServiceUrl.parse("jdbc:x://h/d?a=b?&password=c?")))
                .isEqualTo("jdbc:x://h/d?a=b?&password=c?");
        assertThat(GivenUrl.forDriver(ServiceUrl.parse("jdbc:x://h/d?pool.max=1&a=b&pool.min=0")))
                .isEqualTo("jdbc:x://h/d?a=b");
        assertThat(GivenUrl.forDriver(ServiceUrl.parse("jdbc:x://h;a=b;pool.max=1;c=d")))
                .isEqualTo("jdbc:x://h;a=b;c=d");
        assertThatThrownBy(() -> Database.of(ServiceUrl.parse("jdbc:nothing://h/d?pool.max=0")))
                .hasMessageContaining("has a parameter, pool.max, that is not a number from 1 to 1000");
    }

    @Test
    void says_which_driver_is_missing() {
        assertThatThrownBy(() -> Jdbc.pool(ServiceUrl.parse("jdbc:nothing://h/d"))
                        .connector()
                        .get())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "needs a driver for nothing, and no driver that the app has takes it; add one to its dependencies");
    }

    @Test
    void reads_what_libpq_takes_as_parameters() {
        Database database = Database.of(
                ServiceUrl.parse(
                        "postgres://?host=a,b&port=1,2&user=u&password=p&dbname=d&target_session_attrs=read-write&options=-c%20x%3D1"));
        assertThat(database.jdbcUrl().reveal()).isEqualTo("jdbc:postgresql://a:1,b:2/d");
        assertThat(database.properties())
                .containsEntry("targetServerType", "primary")
                .containsEntry("options", "-c x=1");
        assertThat(database.propertiesNow()).containsEntry("user", "u").containsEntry("password", "p");
        assertThat(database.url())
                .hasToString(
                        "postgres://?host=***&port=***&user=***&password=***&dbname=***&target_session_attrs=***&options=***");
    }

    @Test
    void never_verifies_less_than_libpq() {
        assertThat(Database.of(ServiceUrl.parse("postgres://h/d?sslrootcert=system"))
                        .properties())
                .containsEntry("sslmode", "verify-full")
                .containsEntry("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        assertThat(Database.of(ServiceUrl.parse("postgres://h/d?sslmode=require&sslrootcert=/ca.pem"))
                        .properties())
                .containsEntry("sslmode", "verify-ca");
        assertThat(Database.of(ServiceUrl.parse("postgres://h/d?sslmode=require"))
                        .warnings())
                .hasSize(1);
        assertThat(Database.of(ServiceUrl.parse("postgres://h/d?sslmode=verify-full"))
                        .warnings())
                .isEmpty();
    }

    @Test
    void keeps_the_port_of_a_host_that_a_parameter_replaces() {
        assertThat(Database.of(ServiceUrl.parse("postgres://a:1/d?host=b&user="))
                        .jdbcUrl()
                        .reveal())
                .isEqualTo("jdbc:postgresql://b:1/d");
    }

    @Test
    void is_found_by_the_scheme(PostgresServer postgres) {
        try (AttachmentProbe<DataSource> database =
                AttachmentProbe.attach(postgres.url(), url -> Attachment.of(url, DataSource.class))) {
            assertThat(database.awaitUp().up()).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThatThrownBy(() -> Attachment.of(ServiceUrl.parse("redis://h"), DataSource.class)
                        .connector()
                        .get())
                .hasMessageContaining(
                        "has the scheme redis, and no module here attaches such a service as a DataSource;"
                                + " the schemes are jdbc, mariadb, mysql, postgres, postgresql");
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost(PostgresServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<DataSource> database = AttachmentProbe.attach(gate.through(server.url()), Jdbc::pool);
            assertThat(database.awaitUp().up()).isTrue();
            gate.swallow();
            long start = System.nanoTime();
            database.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mongo://u:hunter2@h/d | has the scheme mongo; write postgres://user:password@host:5432/database, mysql: or mariadb:",
                "postgres://u:hunter2@h | names no database; write postgres://user:password@host:5432/database",
                "postgres://u:hunter2@h/ | names no database; write postgres://user:password@host:5432/database",
                "postgres:///d | names no host; write postgres://user:password@host:5432/database",
                "postgres://h/d?sslmod=x | has an unknown parameter, sslmod; did you mean sslmode?",
                "postgres://h/d?sslmode=bogus | has a parameter, sslmode, that is none of its values; write disable, allow, prefer, require, verify-ca, verify-full",
                "postgres://h/d?connect_timeout=abc | has a parameter, connect_timeout, that is not a duration",
                "postgres://u:hunter2@%2Fvar%2Frun/d | names a socket, which the driver cannot use; write host:port",
                "postgres://h/d?sslrootcert=system&sslmode=require | has a parameter, sslmode, that verifies too little",
                "postgres://h/d?pool.timeout=9999999999999h | has a parameter, pool.timeout, that is not a time from 1ms to 1m",
                "postgres://h/d?socket_timeout=10s&statement_timeout=10s | has a parameter, statement_timeout, that is not less than socket_timeout (10000ms), so the server would carry out a statement after its caller has given up; write less, or a longer socket_timeout",
                "postgres://h/d?socket_timeout=5s&statement_timeout=6000 | has a parameter, statement_timeout, that is not less than socket_timeout (5000ms)",
                "postgres://h/d?options=-c%20statement_timeout%3D1min | has a parameter, options, that sets a statement_timeout that is not less than socket_timeout (10000ms), so",
                "postgres://h/d?options=-c%20statement_timeout%3D0 | has a parameter, options, that sets a statement_timeout that is not less than socket_timeout (10000ms), so",
                "postgres://h/d?pool.max=0 | has a parameter, pool.max, that is not a number from 1 to 1000",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(attach(url, Duration.ofSeconds(2))::get)
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }
}
