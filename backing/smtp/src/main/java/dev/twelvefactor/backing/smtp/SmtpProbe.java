package dev.twelvefactor.backing.smtp;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A connection that shows whether the server is there. It logs in nobody, as a login every few seconds would not be welcome, and ends before the server has had enough of it. */
final class SmtpProbe {
    static final Duration TIMEOUT = Duration.ofSeconds(1);
    /** Exim ends a connection after 10 commands that belong to no mail, sendmail slows it down after 20, Postfix after 100. */
    private static final int MAX_CHECKS = 8;

    private final Transport transport;
    private int checks;

    SmtpProbe(Session session) throws MessagingException {
        this.transport = session.getTransport();
    }

    synchronized void check() throws MessagingException, SocketTimeoutException {
        if (checks == MAX_CHECKS) {
            transport.close();
        }
        long start = System.nanoTime();
        if (transport.isConnected()) {
            checks++;
            return;
        }
        if (System.nanoTime() - start >= TIMEOUT.toNanos() / 2) {
            throw new SocketTimeoutException();
        }
        // The server ended it, as servers do with connections that send nothing.
        transport.connect();
        checks = 0;
    }

    synchronized void close() throws MessagingException {
        transport.close();
    }
}
