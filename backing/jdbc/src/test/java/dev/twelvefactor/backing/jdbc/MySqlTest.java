package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.BlackHole;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A MariaDB, by the driver of each of the two: with both on the class path the scheme says which. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"mariadb", "mysql"})
@ExtendWith(MariaDbServer.Shared.class)
class MySqlTest {
    private static final Duration SHORT = Duration.ofSeconds(5);

    @Parameter
    private String scheme;

    private String url(MariaDbServer server) {
        return server.url().replaceFirst("^mariadb", scheme);
    }

    private static void assertRefused(String url, String sentence) {
        assertThat(AttachmentProbe.refusal(url, SHORT, Jdbc::pool))
                .startsWith("service (m")
                .endsWith("could not be attached: " + sentence)
                .doesNotContain("hunter2");
    }

    private static String selected(DataSource pool, String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static int port(String url) {
        return ServiceUrl.parse(url).hosts().get(0).port().orElseThrow();
    }

    @Test
    void gives_a_pool_that_works(MariaDbServer server) throws Exception {
        try (AttachmentProbe<DataSource> database =
                AttachmentProbe.attach(url(server) + "?pool.max=2&application_name=shop", Jdbc::pool)) {
            assertThat(selected(database.client(), "SELECT DATABASE()")).isEqualTo("app");
            assertThat(selected(database.client(), "SELECT 'Grüße 😀'")).isEqualTo("Grüße 😀");
            assertThat(database.gauges()).containsEntry("pool_max", 2.0).containsEntry("pool_active", 0.0);
            try (Connection connection = database.client().getConnection()) {
                String driver = connection.getMetaData().getDriverName();
                assertThat(driver).containsIgnoringCase(scheme.equals("mysql") ? "MySQL" : "MariaDB");
            }
        }
    }

    @Test
    void opens_a_database_with_a_name_that_needs_encoding(MariaDbServer server) throws Exception {
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(url(server), Jdbc::pool);
                Connection connection = database.client().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS `a b+ü%41`");
        }
        String odd = url(server).replaceFirst("/app$", "/a%20b+%C3%BC%2541");
        try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(odd, Jdbc::pool)) {
            assertThat(selected(database.client(), "SELECT DATABASE()")).isEqualTo("a b+ü%41");
        }
    }

    @Test
    void says_that_the_password_is_wrong(MariaDbServer server) {
        assertRefused(
                url(server).replaceFirst("app:[^@]*@", "app:hunter2@"), "the user \"app\" or its password was refused");
    }

    @Test
    void says_that_the_database_is_not_there(MariaDbServer server) {
        assertRefused(
                url(server).replaceFirst("/app$", "/nope"),
                "the server has no database \"nope\", or the user may not use it");
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        assertRefused(
                scheme + "://app:hunter2@127.0.0.1:" + ServerProcess.freePort() + "/app",
                "no server answers there (connection refused)");
        assertRefused(scheme + "://app:hunter2@nowhere.invalid/app", "the host's name is not known");
        try (BlackHole hole = BlackHole.open()) {
            assertRefused(
                    scheme + "://app:hunter2@127.0.0.1:" + hole.port() + "/app?connect_timeout=1s",
                    "no server answers there in time");
        }
    }

    @Test
    void says_that_the_server_does_not_speak_tls(MariaDbServer server) {
        assertRefused(url(server) + "?ssl-mode=REQUIRED", "the server does not speak TLS, which ssl-mode asks for");
    }

    @Test
    void speaks_tls_to_who_can_prove_to_be_the_server(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (MariaDbServer server = MariaDbServer.startWith(certificates)) {
            String url = url(server).replace("127.0.0.1", "localhost");
            try (AttachmentProbe<DataSource> database =
                    AttachmentProbe.attach(url + "?ssl-mode=REQUIRED", Jdbc::pool)) {
                assertThat(
                                selected(
                                        database.client(),
                                        "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_version'"))
                        .startsWith("TLS");
            }
            String untrusted =
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with ssl-ca";
            assertRefused(url + "?ssl-mode=VERIFY_IDENTITY", untrusted);
            if (scheme.equals("mariadb")) {
                try (AttachmentProbe<DataSource> database = AttachmentProbe.attach(
                        url + "?ssl-mode=verify_identity&ssl-ca=" + certificates.authority(), Jdbc::pool)) {
                    assertThat(database.awaitUp().up()).isTrue();
                }
            } else {
                assertThatThrownBy(() -> Database.of(ServiceUrl.parse(url + "?ssl-ca=/ca.pem")))
                        .hasMessageContaining(
                                "has a parameter, ssl-ca, that MySQL's driver cannot do, since it reads no PEM file");
            }
        }
    }

    @Test
    void verifies_with_an_authority_that_it_is_given(@TempDir Path directory) throws Exception {
        Path authority = ServerCertificates.forThisHost(directory).authority();
        assertThat(Database.of(ServiceUrl.parse("mariadb://h/d?ssl-ca=" + authority))
                        .properties())
                .containsEntry("sslMode", "verify-ca");
        assertThat(Database.of(ServiceUrl.parse("mariadb://h/d?ssl-mode=REQUIRED&ssl-ca=" + authority))
                        .properties())
                .containsEntry("sslMode", "verify-ca");
        assertThat(Database.of(ServiceUrl.parse("mariadb://h/d?ssl-mode=REQUIRED"))
                        .warnings())
                .hasSize(1);
        for (String wrong : List.of("ssl-mode=DISABLED&ssl-ca=" + authority, "ssl-ca=/nowhere")) {
            assertThatThrownBy(() -> Database.of(ServiceUrl.parse("mariadb://h/d?" + wrong)))
                    .hasMessageContaining("has a parameter, ssl-ca, that");
        }
    }

    @Test
    void says_that_the_certificate_is_for_another_host(@TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        try (MariaDbServer server = MariaDbServer.startWith(certificates)) {
            // By MariaDB's driver alone, since MySQL's cannot be given an authority.
            assertRefused(
                    server.url() + "?ssl-mode=VERIFY_IDENTITY&ssl-ca=" + certificates.authority(),
                    "the server's certificate is for another host");
        }
    }

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (MariaDbServer server = MariaDbServer.start();
                AttachmentProbe<DataSource> database =
                        AttachmentProbe.attach(url(server) + "?pool.timeout=1s", Jdbc::pool)) {
            server.kill();
            ServiceHealth down = database.awaitDown();
            assertThat(down.reason())
                    .hasValueSatisfying(reason -> assertThat(reason).startsWith("no server answers"));
            assertThatThrownBy(() -> selected(database.client(), "SELECT 1"))
                    .satisfies(failure ->
                            assertThat(database.isUnavailable(failure)).isTrue());
            server.startAgain();
            ServiceHealth unused = database.awaitUp();
            assertThat(selected(database.client(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost(MariaDbServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<DataSource> database = AttachmentProbe.attach(gate.through(url(server)), Jdbc::pool);
            assertThat(database.awaitUp().up()).isTrue();
            gate.swallow();
            long start = System.nanoTime();
            database.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(MariaDbServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<DataSource> database = AttachmentProbe.attach(
                        gate.through(url(server)) + "?pool.timeout=1s&socket_timeout=2s&connect_timeout=1s",
                        Jdbc::pool)) {
            gate.swallow();
            ServiceHealth down = database.awaitDown();
            assertThat(down.up()).isFalse();
            long start = System.nanoTime();
            assertThatThrownBy(() -> selected(database.client(), "SELECT 1"))
                    .satisfies(failure ->
                            assertThat(database.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            gate.open();
            ServiceHealth again = database.awaitUp();
            assertThat(again.up()).isTrue();
            assertThat(selected(database.client(), "SELECT 1")).isEqualTo("1");
        }
    }
}
