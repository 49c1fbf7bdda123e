package dev.twelvefactor.backing.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a caller knows of a mail when {@code send} returns or throws. */
@Timeout(120)
class MailDeliveryTest {
    /** The long form: {@code -Dsmtp.data.seconds=30}. */
    private static final int DATA_SECONDS = Integer.getInteger("smtp.data.seconds", 4);

    private static final String UNCONFIRMED =
            "the server did not confirm the mail after all of it was sent; whether the server took it is unknown, and sending it again may deliver it twice";

    private static void send(Session session, String... recipients) throws MessagingException {
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(new InternetAddress("shop@example.com"));
        for (String recipient : recipients) {
            mail.addRecipient(Message.RecipientType.TO, new InternetAddress(recipient));
        }
        mail.setSubject("An order");
        mail.setText("It is on its way.");
        Transport.send(mail);
    }

    @Test
    void waits_for_a_server_that_looks_at_a_mail_for_longer_than_a_command_may_take() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedMailServer server = new ScriptedMailServer(List.of(), command -> {
                    if (command.equals(".")) {
                        await(never, DATA_SECONDS);
                    }
                    return null;
                });
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url() + "?timeout=2s", Smtp::session)) {
            send(smtp.client(), "ann@example.com");
            assertThat(server.mails()).hasSize(1);
        }
    }

    private static void await(CountDownLatch latch, int seconds) {
        try {
            boolean unused = latch.await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void says_that_the_outcome_is_unknown_if_the_end_of_a_mail_is_not_answered() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedMailServer server = new ScriptedMailServer(List.of(), command -> {
                    if (command.equals(".")) {
                        await(over, 60);
                    }
                    return null;
                });
                AttachmentProbe<Session> smtp =
                        AttachmentProbe.attach(server.url() + "?data_timeout=500ms", Smtp::session)) {
            assertThatThrownBy(() -> send(smtp.client(), "ann@example.com"))
                    .isInstanceOf(UnconfirmedMailException.class)
                    .hasMessage(UNCONFIRMED)
                    .satisfies(
                            failure -> assertThat(smtp.isUnavailable(failure)).isTrue());
            over.countDown();
        }
    }

    @Test
    void says_that_the_outcome_is_unknown_if_the_connection_ends_before_the_answer() throws Exception {
        try (ScriptedMailServer server = new ScriptedMailServer(
                        List.of(), command -> command.equals(".") ? ScriptedMailServer.HANG_UP : null);
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            assertThatThrownBy(() -> send(smtp.client(), "ann@example.com"))
                    .isInstanceOf(UnconfirmedMailException.class)
                    .hasMessage(UNCONFIRMED)
                    .satisfies(
                            failure -> assertThat(smtp.isUnavailable(failure)).isTrue());
        }
    }

    @Test
    void has_sent_the_mail_though_the_server_does_not_wait_for_the_end_of_the_connection() throws Exception {
        try (ScriptedMailServer server = new ScriptedMailServer(
                        List.of(), command -> command.equals(".") ? ScriptedMailServer.LAST_ANSWER : null);
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            for (int mail = 0; mail < 20; mail++) {
                send(smtp.client(), "ann@example.com");
            }
            assertThat(server.mails()).hasSize(20);
        }
    }

    @Test
    void is_certain_that_nothing_was_taken_if_the_connection_ends_earlier() throws Exception {
        for (String last : List.of("MAIL", "RCPT", "DATA")) {
            try (ScriptedMailServer server = new ScriptedMailServer(
                            List.of(), command -> command.startsWith(last) ? ScriptedMailServer.HANG_UP : null);
                    AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
                assertThatThrownBy(() -> send(smtp.client(), "ann@example.com"))
                        .as(last)
                        .isInstanceOf(MessagingException.class)
                        .isNotInstanceOf(UnconfirmedMailException.class)
                        .satisfies(failure ->
                                assertThat(smtp.isUnavailable(failure)).isTrue());
                assertThat(server.mails()).isEmpty();
            }
        }
    }

    @Test
    void takes_a_mail_that_cannot_be_written_for_no_outage() throws Exception {
        try (ScriptedMailServer server = new ScriptedMailServer(List.of(), command -> null);
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            MimeBodyPart missing = new MimeBodyPart();
            missing.attachFile("/nowhere/invoice.pdf");
            MimeMessage mail = new MimeMessage(smtp.client());
            mail.setFrom(new InternetAddress("shop@example.com"));
            mail.setRecipient(Message.RecipientType.TO, new InternetAddress("ann@example.com"));
            mail.setContent(new MimeMultipart(missing));
            assertThatThrownBy(() -> Transport.send(mail))
                    .isInstanceOf(MessagingException.class)
                    .isNotInstanceOf(UnconfirmedMailException.class)
                    .satisfies(
                            failure -> assertThat(smtp.isUnavailable(failure)).isFalse());
        }
    }

    @Test
    void keeps_no_socket_that_is_closed() throws Exception {
        SmtpSockets sockets = new SmtpSockets(Duration.ofSeconds(1));
        WeakReference<Socket> closed = closed(sockets);
        try (Socket next = new Socket()) {
            sockets.add(next);
            while (closed.get() != null) {
                System.gc();
                Thread.sleep(1);
            }
        }
    }

    private static WeakReference<Socket> closed(SmtpSockets sockets) throws IOException {
        try (Socket socket = new Socket()) {
            sockets.add(socket);
            return new WeakReference<>(socket);
        }
    }

    @Test
    void is_certain_that_nothing_was_taken_if_the_server_refuses_the_mail() throws Exception {
        try (ScriptedMailServer server = new ScriptedMailServer(
                        List.of(), command -> command.equals(".") ? "554 this looks like spam" : null);
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            assertThatThrownBy(() -> send(smtp.client(), "ann@example.com"))
                    .isInstanceOf(SendFailedException.class)
                    .hasMessageContaining("554 this looks like spam")
                    .satisfies(
                            failure -> assertThat(smtp.isUnavailable(failure)).isFalse());
        }
    }

    @Test
    void sends_to_nobody_if_one_recipient_is_refused_and_says_which() throws Exception {
        try (ScriptedMailServer server = new ScriptedMailServer(
                        List.of(), command -> command.startsWith("RCPT TO:<no") ? "550 no such user" : null);
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            assertThatThrownBy(() -> send(smtp.client(), "ann@example.com", "nobody@example.com", "bob@example.com"))
                    .isInstanceOfSatisfying(SendFailedException.class, failure -> {
                        assertThat(failure.getInvalidAddresses())
                                .extracting(Address::toString)
                                .containsExactly("nobody@example.com");
                        assertThat(failure.getValidUnsentAddresses())
                                .extracting(Address::toString)
                                .containsExactly("ann@example.com", "bob@example.com");
                        assertThat(failure.getValidSentAddresses()).isNullOrEmpty();
                    });
            assertThat(server.mails()).isEmpty();
        }
    }

    @Test
    void ends_a_mail_that_still_waits_when_the_session_closes() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (ScriptedMailServer server = new ScriptedMailServer(List.of(), command -> {
            if (command.equals(".")) {
                ended.countDown();
                await(over, 60);
            }
            return null;
        })) {
            AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session);
            Session session = smtp.client();
            Future<?> sending = threads.submit(() -> {
                send(session, "ann@example.com");
                return null;
            });
            ended.await();
            smtp.close();
            assertThatThrownBy(() -> sending.get(30, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(UnconfirmedMailException.class);
            over.countDown();
            assertThatThrownBy(() -> send(session, "ann@example.com"))
                    .hasRootCauseMessage("the mail server is detached: this process is ending");
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void checks_a_server_for_hours_without_wearing_it_out() throws Exception {
        SmtpConnector connector;
        try (ScriptedMailServer server = ScriptedMailServer.offering("AUTH PLAIN")) {
            connector = new SmtpConnector(
                    SmtpAddress.of(ServiceUrl.parse(server.url().replace("//", "//app:hunter2@"))));
            Session session = connector.open("mail");
            for (int check = 0; check < 150; check++) {
                connector.check(session);
            }
            connector.close(session);
            assertThat(server.conversations())
                    .as("as Exim allows 10 such commands, sendmail 20, Postfix 100")
                    .allSatisfy(one -> assertThat(one.count("NOOP")).isLessThanOrEqualTo(10));
            assertThat(server.conversations()).hasSizeLessThan(20);
            assertThat(server.commands("AUTH")).as("one login, at the start").hasSize(1);
            assertThat(server.commands("NOOP")).hasSizeGreaterThan(130);
        }
    }
}
