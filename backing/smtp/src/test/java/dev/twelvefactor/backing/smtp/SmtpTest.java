package dev.twelvefactor.backing.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.BlackHole;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.smtp.MailServer;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@ExtendWith(MailServer.Shared.class)
class SmtpTest {
    private static void assertRefused(String url, String sentence) {
        assertThat(AttachmentProbe.refusal(url, Duration.ofSeconds(5), Smtp::session))
                .startsWith("service (smtp")
                .endsWith("could not be attached: " + sentence)
                .doesNotContain("hunter2");
    }

    private static void send(Session session, String subject) throws MessagingException {
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(new InternetAddress("shop@example.com"));
        mail.setRecipient(Message.RecipientType.TO, new InternetAddress("ann@example.com"));
        mail.setSubject(subject);
        mail.setText("Grüße", "UTF-8");
        Transport.send(mail);
    }

    private static int port(String url) {
        return ServiceUrl.parse(url).hosts().get(0).port().orElseThrow();
    }

    @Test
    void sends_a_mail(MailServer server) throws Exception {
        try (AttachmentProbe<Session> smtp =
                AttachmentProbe.attach(server.url() + "?from=bounce%40example.com", Smtp::session)) {
            send(smtp.client(), "A mail");
            assertThat(server.received()).anySatisfy(mail -> {
                assertThat(mail.from()).isEqualTo("bounce@example.com");
                assertThat(mail.to()).isEqualTo("ann@example.com");
                assertThat(mail.text()).contains("Subject: A mail", "R3LDvMOfZQ==");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void sends_it_by_tls_to_who_can_prove_to_be_the_server(MailServer.Kind kind, @TempDir Path directory)
            throws Exception {
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (MailServer server = MailServer.startWith(certificates, kind)) {
            for (String parameters : List.of("?tls.ca=" + certificates.authority(), "?tls.verify=none")) {
                try (AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url() + parameters, Smtp::session)) {
                    send(smtp.client(), parameters);
                    assertThat(server.received()).anyMatch(mail -> mail.text().contains(parameters.substring(0, 8)));
                }
            }
            assertRefused(
                    server.url(),
                    "the server's certificate is not signed by an authority that is trusted here; name that authority's file with tls.ca");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTTLS", "TLS"})
    void says_that_the_certificate_is_for_another_host(MailServer.Kind kind, @TempDir Path directory) throws Exception {
        ServerCertificates certificates = ServerCertificates.forAnotherHost(directory);
        try (MailServer server = MailServer.startWith(certificates, kind)) {
            String url = server.url() + "?tls.ca=" + certificates.authority();
            assertRefused(url, "the server's certificate is for another host");
            try (AttachmentProbe<Session> smtp = AttachmentProbe.attach(url + "&tls.verify=ca", Smtp::session)) {
                assertThat(smtp.awaitUp().up()).isTrue();
            }
        }
    }

    @Test
    void says_that_tls_is_on_one_side_only(MailServer server, @TempDir Path directory) throws Exception {
        assertRefused(
                server.url().replaceFirst("smtp:", "smtp+starttls:"),
                "the server does not offer STARTTLS; if it speaks TLS from the first byte, write smtps:");
        assertRefused(server.url().replaceFirst("smtp:", "smtps:"), "the server does not speak TLS on this port");
        ServerCertificates certificates = ServerCertificates.forThisHost(directory);
        try (MailServer secured = MailServer.startWith(certificates, MailServer.Kind.STARTTLS)) {
            assertRefused(
                    secured.url().replaceFirst("smtp\\+starttls:", "smtp:"),
                    "the server offers no login without TLS; write smtp+starttls:, or leave user and password out");
        }
    }

    @Test
    void says_that_the_password_is_wrong(MailServer server) {
        assertRefused(
                server.url().replaceFirst("app:[^@]*@", "app:hunter2@"),
                "the user \"app\" or its password was refused");
    }

    @Test
    void says_that_nobody_answers() throws Exception {
        assertRefused(
                "smtp://app:hunter2@127.0.0.1:" + ServerProcess.freePort(),
                "no server answers there (connection refused)");
        assertRefused("smtp://app:hunter2@nowhere.invalid", "the host's name is not known");
        try (BlackHole hole = BlackHole.open()) {
            assertRefused(
                    "smtp://app:hunter2@127.0.0.1:" + hole.port() + "?timeout=1s", "no server answers there in time");
            assertRefused(
                    "smtps://app:hunter2@127.0.0.1:" + hole.port() + "?timeout=1s", "no server answers there in time");
        }
    }

    @Test
    void is_down_while_the_server_is_gone_and_up_when_it_is_back() throws Exception {
        try (MailServer server = MailServer.start();
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            server.kill();
            ServiceHealth down = smtp.awaitDown();
            assertThat(down.reason()).contains("no server answers there (connection refused)");
            assertThatThrownBy(() -> send(smtp.client(), "lost"))
                    .satisfies(
                            failure -> assertThat(smtp.isUnavailable(failure)).isTrue());
            server.startAgain();
            ServiceHealth unused = smtp.awaitUp();
            send(smtp.client(), "here again");
            assertThat(server.received()).hasSize(1);
        }
    }

    @Test
    void is_down_while_the_way_is_lost_and_waits_for_nothing(MailServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<Session> smtp =
                        AttachmentProbe.attach(gate.through(server.url()) + "?timeout=1s", Smtp::session)) {
            gate.swallow();
            ServiceHealth down = smtp.awaitDown();
            assertThat(down.reason()).contains("no server answers there in time");
            long start = System.nanoTime();
            assertThatThrownBy(() -> send(smtp.client(), "lost"))
                    .satisfies(
                            failure -> assertThat(smtp.isUnavailable(failure)).isTrue());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            gate.open();
            ServiceHealth again = smtp.awaitUp();
            assertThat(again.up()).isTrue();
        }
    }

    @Test
    void does_not_take_it_for_an_outage_that_a_server_ends_a_connection_that_sends_nothing(MailServer server)
            throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(gate.through(server.url()), Smtp::session)) {
            gate.open();
            ServiceHealth seen = smtp.health();
            for (int checks = 0; checks < 3; ) {
                Thread.sleep(5);
                ServiceHealth now = smtp.health();
                assertThat(now.up()).isTrue();
                checks += now.equals(seen) ? 0 : 1;
                seen = now;
            }
        }
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost(MailServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<Session> smtp = AttachmentProbe.attach(gate.through(server.url()), Smtp::session);
            assertThat(smtp.awaitUp().up()).isTrue();
            gate.swallow();
            long start = System.nanoTime();
            smtp.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h | has the scheme http; write smtp+starttls://user:password@host:587, smtps: or smtp:",
                "smtp:// | names no host; write smtp+starttls://",
                "smtp://a,b | names several hosts; write smtp+starttls://",
                "smtp://h/x | has a path, and mail has nothing for it; write smtp+starttls://",
                "smtp://hunter2@h | has a user without a password; write smtp+starttls://",
                "smtp://h?form=x | has an unknown parameter, form; did you mean from?",
            })
    void refuses_a_url_that_it_cannot_use(String url, String why) {
        assertThatThrownBy(() -> SmtpAddress.of(ServiceUrl.parse(url)))
                .isInstanceOf(ConfigException.class)
                .message()
                .contains(why)
                .doesNotContain("hunter2");
    }
}
