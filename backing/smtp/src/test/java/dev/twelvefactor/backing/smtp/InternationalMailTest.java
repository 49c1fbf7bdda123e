package dev.twelvefactor.backing.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.ConfigException;
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
import jakarta.mail.internet.MimeUtility;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every address reaches the server as it was written, or nothing does. */
@Timeout(120)
class InternationalMailTest {
    private static final String NEEDS_UTF8 =
            "the server does not offer SMTPUTF8 (RFC 6531), which the address \"%s\" needs; nothing was sent. Write ASCII before the @, or send through a server that offers it";

    /** An address, and the one that the server has to get. */
    private record Sample(String address, String outgoing) {
        boolean needsUtf8() {
            return !MailAddresses.isAscii(outgoing);
        }
    }

    private static List<Sample> samples() throws Exception {
        List<Sample> samples = new ArrayList<>();
        try (InputStream in = InternationalMailTest.class.getResourceAsStream("addresses.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .forEach(line -> {
                        String[] columns = line.strip().split("\\s+");
                        samples.add(new Sample(columns[0], columns[columns.length - 1]));
                    });
        }
        return samples;
    }

    private static InternetAddress address(String text) {
        InternetAddress address = new InternetAddress();
        address.setAddress(text);
        return address;
    }

    private static MimeMessage mail(Session session, String to) throws MessagingException {
        MimeMessage mail = new MimeMessage(session);
        mail.setFrom(new InternetAddress("shop@example.com"));
        mail.setRecipient(Message.RecipientType.TO, address(to));
        mail.setSubject("Grüße");
        mail.setText("łąka", "UTF-8");
        return mail;
    }

    @Test
    void brings_fifty_addresses_to_a_server_with_smtputf8_as_they_are() throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering("8BITMIME", "SMTPUTF8");
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            List<Sample> samples = samples();
            assertThat(samples).hasSizeGreaterThanOrEqualTo(50);
            for (Sample sample : samples) {
                Transport.send(mail(smtp.client(), sample.address()));
            }
            assertThat(server.commands("RCPT"))
                    .containsExactlyElementsOf(samples.stream()
                            .map(sample -> "RCPT TO:<" + sample.outgoing() + ">")
                            .toList());
            assertThat(server.commands("MAIL"))
                    .as("SMTPUTF8 only where it is needed: the next server may not have it")
                    .containsExactlyElementsOf(samples.stream()
                            .map(sample -> "MAIL FROM:<shop@example.com>" + (sample.needsUtf8() ? " SMTPUTF8" : ""))
                            .toList());
            assertThat(server.mails()).hasSameSizeAs(samples);
            for (int i = 0; i < samples.size(); i++) {
                assertThat(server.mails().get(i))
                        .contains(samples.get(i).outgoing())
                        .contains("Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\n");
            }
        }
    }

    @Test
    void brings_those_to_a_server_without_it_that_ascii_can_say_and_refuses_the_others() throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering("8BITMIME");
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            List<String> sent = new ArrayList<>();
            for (Sample sample : samples()) {
                MimeMessage mail = mail(smtp.client(), sample.address());
                if (sample.needsUtf8()) {
                    assertThatThrownBy(() -> Transport.send(mail))
                            .isInstanceOfSatisfying(SendFailedException.class, failure -> {
                                assertThat(failure)
                                        .hasMessageStartingWith(
                                                "the server does not offer SMTPUTF8 (RFC 6531), which the address \""
                                                        + sample.outgoing() + "\"");
                                assertThat(failure.getInvalidAddresses()).containsExactly(address(sample.outgoing()));
                                assertThat(failure.getValidUnsentAddresses()).isEmpty();
                            });
                } else {
                    Transport.send(mail);
                    sent.add("RCPT TO:<" + sample.outgoing() + ">");
                }
            }
            assertThat(sent).hasSizeGreaterThan(10);
            assertThat(server.commands("RCPT")).containsExactlyElementsOf(sent);
            assertThat(server.commands("MAIL")).hasSameSizeAs(sent);
            assertThat(server.mails()).hasSameSizeAs(sent).allSatisfy(mail -> assertThat(MailAddresses.isAscii(mail))
                    .isTrue());
        }
    }

    @Test
    void names_the_address_and_sends_nothing_to_the_others_either() throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering();
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            MimeMessage mail = mail(smtp.client(), "ann@example.com");
            mail.addRecipient(Message.RecipientType.BCC, new InternetAddress("łukasz@example.com"));
            assertThatThrownBy(() -> Transport.send(mail))
                    .isInstanceOfSatisfying(SendFailedException.class, failure -> {
                        assertThat(failure).hasMessage(NEEDS_UTF8.formatted("łukasz@example.com"));
                        assertThat(failure.getInvalidAddresses())
                                .extracting(Address::toString)
                                .containsExactly("łukasz@example.com");
                        assertThat(failure.getValidUnsentAddresses())
                                .extracting(Address::toString)
                                .containsExactly("ann@example.com");
                    });
            assertThat(server.commands("MAIL")).isEmpty();
        }
    }

    @Test
    void has_every_part_of_a_mail_in_ascii_for_a_server_without_it() throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering();
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(
                        server.url() + "?from=bounce%40b%C3%BCcher.example&helo=l%C3%A4den.example", Smtp::session)) {
            Session session = smtp.client();
            session.getProperties().setProperty("mail.from", "shop@łódź.example");
            MimeMessage mail = new MimeMessage(session);
            mail.setFrom(new InternetAddress("shop@bücher.example", "Żółty Sklep", "UTF-8"));
            mail.setReplyTo(new Address[] {new InternetAddress("help@bücher.example", "Łukasz", "UTF-8")});
            mail.setRecipients(Message.RecipientType.TO, new Address[] {
                new InternetAddress("a@例え.example", "山田 太郎", "UTF-8"), new InternetAddress("b@example.com")
            });
            mail.setRecipient(Message.RecipientType.CC, address("Kunden: c@bücher.example, d@example.com;"));
            mail.setRecipient(Message.RecipientType.BCC, new InternetAddress("secret@bücher.example"));
            mail.setSubject("Zażółć gęślą jaźń");
            mail.setHeader("X-Note", "čĊ");
            MimeBodyPart text = new MimeBodyPart();
            text.setText("Grüße", "UTF-8");
            MimeBodyPart attachment = new MimeBodyPart();
            attachment.setText("x");
            attachment.setFileName("żółw.txt");
            mail.setContent(new MimeMultipart(text, attachment));
            Transport.send(mail);
            assertThat(server.commands("EHLO")).contains("EHLO xn--lden-loa.example");
            assertThat(server.commands("MAIL")).containsExactly("MAIL FROM:<bounce@xn--bcher-kva.example>");
            assertThat(server.commands("RCPT"))
                    .containsExactly(
                            "RCPT TO:<a@xn--r8jz45g.example>",
                            "RCPT TO:<b@example.com>",
                            "RCPT TO:<c@xn--bcher-kva.example>",
                            "RCPT TO:<d@example.com>",
                            "RCPT TO:<secret@xn--bcher-kva.example>");
            String sent = server.mails().get(0);
            assertThat(MailAddresses.isAscii(sent)).isTrue();
            assertThat(sent)
                    .contains("<shop@xn--bcher-kva.example>", "<help@xn--bcher-kva.example>")
                    .contains("filename*=UTF-8''%C5%BC%C3%B3%C5%82w.txt")
                    .doesNotContain("secret");
            MimeMessage read =
                    new MimeMessage(session, new ByteArrayInputStream(sent.getBytes(StandardCharsets.US_ASCII)));
            assertThat(((InternetAddress) read.getFrom()[0]).getPersonal()).isEqualTo("Żółty Sklep");
            assertThat(((InternetAddress) read.getRecipients(Message.RecipientType.TO)[0]).getPersonal())
                    .isEqualTo("山田 太郎");
            assertThat(read.getSubject()).isEqualTo("Zażółć gęślą jaźń");
            assertThat(MimeUtility.decodeText(read.getHeader("X-Note", null))).isEqualTo("čĊ");
            assertThat(read.getMessageID()).endsWith("@xn--d-uga0v4h.example>");
            assertThat(mail.getHeader("From", null))
                    .as("the app's own mail stays as it is")
                    .contains("bücher");
        }
    }

    @Test
    void has_utf8_only_in_addresses_for_a_server_with_it() throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering("SMTPUTF8");
                AttachmentProbe<Session> smtp =
                        AttachmentProbe.attach(server.url() + "?from=zwroty%C5%82%40example.com", Smtp::session)) {
            MimeMessage mail = mail(smtp.client(), "張@例え.example");
            mail.setFrom(new InternetAddress("čapek@example.com", "Karel Čapek", "UTF-8"));
            Transport.send(mail);
            assertThat(server.commands("MAIL")).containsExactly("MAIL FROM:<zwrotył@example.com> SMTPUTF8");
            assertThat(server.commands("RCPT")).containsExactly("RCPT TO:<張@xn--r8jz45g.example>");
            assertThat(server.mails().get(0))
                    .contains("<čapek@example.com>", "To: 張@xn--r8jz45g.example\n", "=?UTF-8?Q?Karel_=C4=8Capek?=")
                    .endsWith("\n\nxYLEhWth\n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ann@straße.example | the host \"straße.example\" is ambiguous; write \"strasse.example\" if that is the host, or its ASCII form, which begins with xn--; nothing was sent",
                "ann@a\u200Db.example | the host \"a\\u200db.example\" is ambiguous; write \"ab.example\" if that is the host, or its ASCII form, which begins with xn--; nothing was sent",
                "ann@bücher..example | the host \"bücher..example\" is not a valid host name (Empty label is not a legal name); nothing was sent",
                "ann@bü_cher.example | the host \"bü_cher.example\" is not a valid host name (Contains non-LDH ASCII characters); nothing was sent",
                "a\u0001nn@example.com | the address \"a\\u0001nn@example.com\" has a control character or one that is not valid Unicode; remove it; nothing was sent",
                "ann\uD800@example.com | the address \"ann\\ud800@example.com\" has a control character or one that is not valid Unicode; remove it; nothing was sent",
                "ann@example.com>x | the address \"ann@example.com>x\" has a space or an angle bracket; write only what stands between the brackets; nothing was sent",
            })
    void refuses_an_address_that_no_server_could_understand(String to, String why) throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering("SMTPUTF8");
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            MimeMessage mail = mail(smtp.client(), "bob@example.com");
            mail.saveChanges();
            try (Transport transport = smtp.client().getTransport()) {
                transport.connect();
                assertThatThrownBy(() ->
                                transport.sendMessage(mail, new Address[] {address(to), address("bob@example.com")}))
                        .isInstanceOfSatisfying(SendFailedException.class, failure -> {
                            assertThat(failure).hasMessage(why);
                            assertThat(failure.getInvalidAddresses()).hasSize(1);
                            assertThat(failure.getValidUnsentAddresses()).hasSize(1);
                        });
            }
            assertThat(server.commands("MAIL")).isEmpty();
        }
    }

    @Test
    void refuses_line_breaks_in_addresses_and_headers() throws Exception {
        try (ScriptedMailServer server = ScriptedMailServer.offering("SMTPUTF8");
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(server.url(), Smtp::session)) {
            MimeMessage injected = mail(smtp.client(), "ann@example.com");
            injected.setHeader("X-Note", "hello\r\nBcc: eve@example.com");
            assertThatThrownBy(() -> Transport.send(injected))
                    .isInstanceOf(SendFailedException.class)
                    .hasMessage("the header X-Note has a line break or a zero byte in its value; remove it");
            MimeMessage folded = mail(smtp.client(), "ann@example.com");
            folded.setHeader("X-Note", "hello\r\n world");
            Transport.send(folded);
            MimeMessage sender = mail(smtp.client(), "ann@example.com");
            sender.setFrom(address("eve@example.com>\r\nRCPT TO:<ann@example.com"));
            assertThatThrownBy(() -> Transport.send(sender)).isInstanceOf(SendFailedException.class);
            assertThat(server.commands("RCPT")).hasSize(1);
        }
    }

    @Test
    void logs_in_with_a_user_and_a_password_of_all_kinds_of_characters() throws Exception {
        List<String> said = List.of("AUTH LOGIN", base64("łuk"), base64("żółć"));
        List<String> answers = List.of("334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 welcome");
        try (ScriptedMailServer server = new ScriptedMailServer(
                        List.of("AUTH LOGIN"),
                        command -> said.contains(command) ? answers.get(said.indexOf(command)) : null);
                AttachmentProbe<Session> smtp = AttachmentProbe.attach(
                        server.url().replace("//", "//%C5%82uk:%C5%BC%C3%B3%C5%82%C4%87@"), Smtp::session)) {
            assertThat(smtp.awaitUp().up()).isTrue();
            assertThat(server.conversations().get(0).commands()).containsSubsequence(said);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"from=a%0D%0Ab%40example.com", "from=ann%40stra%C3%9Fe.example", "from=a%20b"})
    void refuses_a_sender_that_is_not_an_address(String parameter) {
        assertRefused(
                parameter,
                "has a parameter, from, that is not a mail address; write one such as shop@example.com, its @ percent-encoded");
    }

    @ParameterizedTest
    @ValueSource(strings = {"helo=a%0D%0Ab", "helo=stra%C3%9Fe.example", "helo=a%20b"})
    void refuses_a_name_of_this_host_that_is_not_one(String parameter) {
        assertRefused(parameter, "has a parameter, helo, that is not a host name; write helo=shop.example.com");
    }

    private static void assertRefused(String parameter, String why) {
        assertThatThrownBy(() -> SmtpAddress.of(ServiceUrl.parse("smtp://h?" + parameter)))
                .isInstanceOf(ConfigException.class)
                .message()
                .endsWith(why);
    }
}
