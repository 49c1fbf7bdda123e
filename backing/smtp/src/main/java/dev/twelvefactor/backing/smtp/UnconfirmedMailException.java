package dev.twelvefactor.backing.smtp;

import jakarta.mail.MessagingException;

/**
 * All of a mail was sent, and the server's answer did not come (RFC 5321 §4.5.3.2.6). The mail may have been taken: sent again, it may arrive twice. Every other
 * {@link MessagingException} of {@code Transport.send} means that the server took nothing, unless the session has {@code sendpartial}.
 *
 * <p>The cause says what happened to the connection.
 */
public final class UnconfirmedMailException extends MessagingException {
    private static final long serialVersionUID = 1;

    UnconfirmedMailException(Exception cause) {
        super(
                "the server did not confirm the mail after all of it was sent; whether the server took it is unknown, and sending it again may deliver it twice",
                cause);
    }
}
