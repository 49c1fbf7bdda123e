package dev.twelvefactor.backing.smtp;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.NetworkFailures;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.eclipse.angus.mail.util.MailConnectException;

/** A session, and for each a connection that shows whether the server is there. */
final class SmtpConnector implements Connector<Session> {
    private static final String NO_LOGIN = "no login offered";

    private final SmtpAddress address;
    private final Map<Session, SmtpProbe> probes = new ConcurrentHashMap<>();

    SmtpConnector(SmtpAddress address) {
        this.address = address;
    }

    @Override
    public Session open(String name) throws MessagingException {
        Session session = address.session();
        try (Transport first = session.getTransport()) {
            connect(first);
        }
        probes.put(session, new SmtpProbe(address.probeSession()));
        return session;
    }

    private void connect(Transport first) throws MessagingException {
        first.connect();
        // The library goes on without the login that it was told to make.
        if (address.hasUser() && first instanceof SMTPTransport smtp && !smtp.supportsExtension("AUTH")) {
            throw new MessagingException(NO_LOGIN);
        }
    }

    @Override
    public void check(Session session) throws MessagingException, SocketTimeoutException {
        SmtpProbe probe = probes.get(session);
        if (probe != null) {
            probe.check();
        }
    }

    @Override
    public void close(Session session) throws MessagingException, IOException {
        // What still waits for the end of a mail would wait longer than the process lives.
        SmtpSockets.of(session).close();
        SmtpProbe probe = probes.remove(session);
        if (probe != null) {
            probe.close();
        }
    }

    @Override
    public List<String> warnings() {
        return address.isTls() ? address.tls().warnings() : List.of();
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return failure instanceof MailConnectException
                || failure instanceof UnconfirmedMailException
                || (failure instanceof SMTPSendFailedException mail && isEnd(mail.getReturnCode()))
                || (failure instanceof SMTPAddressFailedException recipient && isEnd(recipient.getReturnCode()))
                || (failure instanceof MessagingException
                        && failure.getCause() instanceof IOException cause
                        && isOfNetwork(cause));
    }

    /** The library throws the same for a mail that cannot be written, such as one with an attachment whose file is missing. */
    private boolean isOfNetwork(IOException cause) {
        return Connector.super.isUnavailable(cause) && !(cause instanceof UnsupportedEncodingException);
    }

    /** Of the connection: without an answer, or with the one that a server gives when it stops. */
    private static boolean isEnd(int code) {
        return code == -1 || code == 421;
    }

    @Override
    public Failure explain(Exception failure) {
        for (Throwable cause : NetworkFailures.causes(failure)) {
            String message = String.valueOf(cause.getMessage());
            if (message.matches("(?s)(421|4\\d\\d)[ -].*")
                    || message.matches("(?s)Got bad greeting.*response: (4\\d\\d.*|\\[EOF\\].*)")) {
                return Failure.passing("the server wants to be asked again later");
            }
            if (cause instanceof AuthenticationFailedException) {
                return Failure.permanent(
                        "the user \"" + address.url().current().user().orElse("") + "\" or its password was refused");
            }
            if (message.contains("STARTTLS is required")) {
                return Failure.permanent(
                        "the server does not offer STARTTLS; if it speaks TLS from the first byte, write smtps:");
            }
            if (message.equals(NO_LOGIN)) {
                return Failure.permanent(
                        address.isTls()
                                ? "the server offers no login; leave user and password out"
                                : "the server offers no login without TLS; write smtp+starttls:, or leave user and password out");
            }
            if (message.startsWith("Got bad greeting")) {
                return Failure.permanent("the server did not answer as a mail server");
            }
        }
        return NetworkFailures.explain(failure)
                .orElse(Failure.passing("the server did not answer as a mail server in time"));
    }
}
