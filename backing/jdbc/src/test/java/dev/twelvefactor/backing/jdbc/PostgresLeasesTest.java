package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(PostgresServer.Shared.class)
class PostgresLeasesTest extends LeaseScenarios {
    private String url = "";

    @BeforeEach
    void use(PostgresServer server) {
        url = server.url();
    }

    @Override
    String url() {
        return url;
    }

    @Override
    RestartableServer start() {
        return PostgresServer.start();
    }

    @Override
    String url(RestartableServer server) {
        return server.url();
    }

    private Connection connect() throws SQLException {
        return new DriverConnections(Database.of(ServiceUrl.parse(url))).open();
    }

    private static String selected(Connection session, String query, Object... parameters) throws SQLException {
        return SessionLocks.first(session, query, row -> row.getString(1), parameters)
                .orElse("");
    }

    @Test
    void tells_who_has_it_and_since_when() {
        Instant before = Instant.now();
        LeaseHolder holder = holderOf("web-7f9c (release v42)");
        assertThat(holder.who()).isEqualTo("web-7f9c (release v42)");
        assertThat(holder.since()).hasValueSatisfying(since -> assertThat(since)
                .isBetween(before.minusSeconds(5), Instant.now().plusSeconds(5)));
        assertThat(holderOf("x".repeat(80)).who()).isEqualTo("x".repeat(63));
        assertThat(holderOf("").who()).isEqualTo("another session");
    }

    @Test
    void has_the_server_notice_in_time_that_a_holder_is_gone() throws Exception {
        try (Connection session = connect()) {
            new PostgresLocks().prepare(session, Duration.ofSeconds(30), "me");
            assertThat(List.of(
                            selected(session, "SHOW idle_session_timeout"),
                            selected(session, "SHOW tcp_user_timeout"),
                            selected(session, "SHOW tcp_keepalives_idle"),
                            selected(session, "SHOW tcp_keepalives_interval"),
                            selected(session, "SHOW tcp_keepalives_count"),
                            selected(session, "SHOW application_name")))
                    .containsExactly("30s", "30000", "10", "5", "4", "me");
            new PostgresLocks().prepare(session, Duration.ofMillis(2500), "me");
            assertThat(selected(session, "SHOW tcp_keepalives_interval")).isEqualTo("1");
        }
    }

    @Test
    void is_the_lock_that_its_documentation_says() throws Exception {
        String key =
                "('x' || substr(encode(sha256(convert_to('dev.twelvefactor.lease:' || ?, 'UTF8')), 'hex'), 1, 16))::bit(64)::bigint";
        try (AttachmentProbe<Leases> leases = attach(url());
                Connection other = connect();
                Lease lease = leases.client().tryAcquire(name).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(selected(other, "SELECT pg_try_advisory_lock(" + key + ")", name))
                    .isEqualTo("f");
            assertThat(selected(other, "SELECT " + key, name)).isEqualTo(Long.toString(PostgresLocks.key(name)));
        }
    }

    @Test
    void a_holder_whose_session_is_ended_by_somebody_is_told() throws Exception {
        try (AttachmentProbe<Leases> leases = attach(url());
                Connection other = connect()) {
            Lease lease = leases.client().heldBy(name).tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            assertThat(selected(
                            other,
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ?",
                            name))
                    .isEqualTo("t");
            told.await();
            assertThat(leases.client().acquire(name, LONG)).isPresent();
        }
    }

    @Test
    void a_name_counts_within_one_database(PostgresServer server) throws Exception {
        try (AttachmentProbe<Leases> one = attach(url());
                AttachmentProbe<Leases> other = attach(server.newDatabase());
                Lease here = one.client().tryAcquire(name).orElseThrow();
                Lease there = other.client().tryAcquire(name).orElseThrow()) {
            assertThat(here.isHeld() && there.isHeld()).isTrue();
        }
    }

    @Test
    void is_of_the_primary_and_waits_for_an_answer_for_a_sixth_of_its_time() {
        Database database = Database.of(ServiceUrl.parse("postgres://a,b/d?lease.ttl=12s"));
        assertThat(database.properties()).containsEntry("targetServerType", "any");
        assertThat(database.forLeases().properties()).containsEntry("targetServerType", "primary");
        assertThat(database.forLeases().answer()).isEqualTo(Optional.of(Duration.ofSeconds(2)));
    }

    @Test
    void is_found_by_the_url_alone_also_by_one_of_the_driver(PostgresServer server) {
        ServiceUrl parts = server.serviceUrl();
        String given =
                "jdbc:postgresql://127.0.0.1:" + parts.hosts().get(0).port().orElseThrow()
                        + "/app?lease.ttl=5s&user=app&password="
                        + parts.password().orElseThrow().reveal();
        try (AttachmentProbe<Leases> one = AttachmentProbe.attach(url(), at -> Attachment.of(at, Leases.class));
                AttachmentProbe<Leases> other = AttachmentProbe.attach(given, at -> Attachment.of(at, Leases.class));
                Lease lease = one.client().tryAcquire(name).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
            assertThat(other.client().tryAcquire(name)).isEmpty();
        }
    }

    /** The example of {@code docs/services.md}: it stands there as it stands here. */
    @Test
    void does_what_the_document_shows() throws Exception {
        String code = Files.readString(Path.of("src/test/java/dev/twelvefactor/backing/jdbc/Invoices.java"));
        String method = code.substring(code.indexOf("    String send()"), code.lastIndexOf('}'));
        assertThat(Files.readString(Path.of("../../docs/services.md")))
                .contains("```java\n" + method.indent(-4) + "```");
        try (AttachmentProbe<Leases> leases = attach(url())) {
            Invoices invoices = new Invoices(leases.client().heldBy("web-7f9c (release v42)"), () -> {});
            assertThat(invoices.send()).isEqualTo("sent");
            List<String> said = new ArrayList<>();
            Invoices twice = new Invoices(
                    leases.client(),
                    () -> said.add(
                            leases.client().holder("invoices").orElseThrow().who()));
            assertThat(twice.send()).isEqualTo("sent");
            assertThat(said)
                    .singleElement()
                    .asString()
                    .startsWith("process " + ProcessHandle.current().pid());
        }
    }

    @Test
    void refuses_a_url_that_it_cannot_use() {
        assertThatThrownBy(() -> Jdbc.leases(ServiceUrl.parse("jdbc:h2:mem:a"))
                        .connector()
                        .get())
                .hasMessageContaining(
                        "is that of a database in which leases are not known here; write postgres://user:password@host:5432/database, mysql: or mariadb:");
        assertThatThrownBy(() -> Jdbc.leases(ServiceUrl.parse("postgres://h/d?lease.ttl=1s"))
                        .connector()
                        .get())
                .hasMessageContaining("has a parameter, lease.ttl, that is less than 2s");
    }
}
