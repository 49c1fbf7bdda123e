package dev.twelvefactor.backing.smtp;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * How the sessions of {@link Smtp} send: as Angus Mail does, but that every address reaches the server as it was written or is refused before anything is sent, and that the server
 * has the time of RFC 5321 to answer the end of a mail. The library makes it by its name, which is why it is public; {@code Transport.send} is what an app calls.
 */
public final class SmtpTransport extends SMTPTransport {
    private static final String UTF8 = "SMTPUTF8";

    private enum Stage {
        /** The answer to come is that of a command. */
        COMMANDS,
        /** All of a mail is on its way. */
        MAIL_ENDED,
        /** The answer to the end of a mail has not come yet, or never will. */
        UNCONFIRMED
    }

    private final SmtpConnection connection;
    private final String from;
    private Stage stage = Stage.COMMANDS;
    /** Not only whether the server offers it: a mail that does not need it must not ask for it, because the next server may refuse it then. Nor is there anything to log when it does not. */
    private boolean usesUtf8 = true;

    /** For the session. */
    public SmtpTransport(Session session, URLName url) {
        this(session, url, new SmtpConnection(SmtpSockets.of(session)));
    }

    private SmtpTransport(Session session, URLName url, SmtpConnection connection) {
        super(
                connection.session(session, url.getProtocol()),
                url,
                url.getProtocol(),
                url.getProtocol().equals("smtps"));
        this.connection = connection;
        this.from = "mail." + url.getProtocol() + ".from";
    }

    @Override
    public synchronized void sendMessage(Message message, Address[] addresses) throws MessagingException {
        stage = Stage.COMMANDS;
        if (!(message instanceof MimeMessage mail)
                || addresses == null
                || !Arrays.stream(addresses).allMatch(InternetAddress.class::isInstance)) {
            // It says what is wrong.
            super.sendMessage(message, addresses);
            return;
        }
        Optional<String> configured =
                Optional.ofNullable(session.getProperty(from)).filter(text -> !text.isEmpty());
        OutgoingMail outgoing = OutgoingMail.of(mail, addresses, configured, session);
        usesUtf8 = !outgoing.needUtf8().isEmpty();
        if (usesUtf8 && !super.supportsExtension(UTF8)) {
            throw outgoing.withoutUtf8();
        }
        try {
            super.sendMessage(outgoing.message(), outgoing.addresses());
        } catch (MessagingException e) {
            throw stage == Stage.COMMANDS ? e : new UnconfirmedMailException(e);
        }
    }

    @Override
    public boolean supportsExtension(String extension) {
        return extension.equals(UTF8) ? usesUtf8 : super.supportsExtension(extension);
    }

    @Override
    public synchronized String getLocalHost() {
        try {
            return MailAddresses.asciiHost(super.getLocalHost());
        } catch (AddressException e) {
            return "localhost";
        }
    }

    @Override
    protected void sendCommand(String command) throws MessagingException {
        if (command.equals(".") || (command.startsWith("BDAT ") && command.endsWith(" LAST"))) {
            stage = Stage.MAIL_ENDED;
        }
        super.sendCommand(command);
    }

    @Override
    protected int readServerResponse() throws MessagingException {
        if (stage != Stage.MAIL_ENDED) {
            return super.readServerResponse();
        }
        stage = Stage.UNCONFIRMED;
        Duration usual = connection.setTimeout(connection.dataTimeout());
        int code = super.readServerResponse();
        connection.setTimeout(usual);
        if (code > 0) {
            stage = Stage.COMMANDS;
        }
        return code;
    }

    @Override
    public synchronized void close() {
        try {
            super.close();
        } catch (MessagingException e) {
            // The connection ended before QUIT. To throw would make a mail that the server took look like one that it
            // did not.
        } finally {
            connection.closed();
        }
    }
}
