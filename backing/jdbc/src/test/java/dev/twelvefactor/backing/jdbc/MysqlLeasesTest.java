package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Of a MariaDB, by the driver of each of the two. */
@Timeout(120)
@ParameterizedClass
@ValueSource(strings = {"mariadb", "mysql"})
@ExtendWith(MariaDbServer.Shared.class)
class MysqlLeasesTest extends LeaseScenarios {
    @Parameter
    private String scheme;

    private String url = "";

    @BeforeEach
    void use(MariaDbServer server) {
        url = url(server);
    }

    @Override
    String url() {
        return url;
    }

    @Override
    RestartableServer start() {
        return MariaDbServer.start();
    }

    @Override
    String url(RestartableServer server) {
        return server.url().replaceFirst("^mariadb", scheme);
    }

    private Connection connect() throws SQLException {
        return new DriverConnections(Database.of(ServiceUrl.parse(url))).open();
    }

    private static String selected(Connection session, String query, Object... parameters) throws SQLException {
        return SessionLocks.first(session, query, row -> row.getString(1), parameters)
                .orElse("");
    }

    @Test
    void tells_where_the_holder_is() {
        LeaseHolder holder = holderOf("web-7f9c (release v42)");
        assertThat(holder.who()).matches("a process at (127\\.0\\.0\\.1|localhost):\\d+");
        assertThat(holder.since()).isEmpty();
    }

    @Test
    void has_the_server_notice_in_time_that_a_holder_is_gone() throws Exception {
        try (Connection session = connect()) {
            new MysqlLocks().prepare(session, Duration.ofSeconds(30), "me");
            assertThat(selected(session, "SELECT @@SESSION.wait_timeout")).isEqualTo("30");
            new MysqlLocks().prepare(session, Duration.ofMillis(2001), "me");
            assertThat(selected(session, "SELECT @@SESSION.wait_timeout")).isEqualTo("3");
        }
    }

    @Test
    void is_the_lock_that_its_documentation_says() throws Exception {
        try (AttachmentProbe<Leases> leases = attach(url());
                Connection other = connect();
                Lease lease = leases.client().tryAcquire(name).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
            String digest = selected(other, "SELECT SHA2(?, 256)", "app:" + name);
            String lock = "twelvefactor:" + digest.substring(0, 32);
            assertThat(selected(other, "SELECT IS_FREE_LOCK(?)", lock)).isEqualTo("0");
        }
    }

    @Test
    void a_holder_whose_session_is_ended_by_somebody_is_told() throws Exception {
        try (AttachmentProbe<Leases> leases = attach(url());
                Connection other = connect()) {
            Lease lease = leases.client().tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            String lock = "twelvefactor:"
                    + selected(other, "SELECT SHA2(?, 256)", "app:" + name).substring(0, 32);
            String session = selected(other, "SELECT IS_USED_LOCK(?)", lock);
            try (var statement = other.createStatement()) {
                statement.execute("KILL " + session);
            }
            told.await();
            assertThat(leases.client().acquire(name, LONG)).isPresent();
        }
    }
}
