package dev.twelvefactor.backing.smtp;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;
import jakarta.mail.Session;

/**
 * Mail servers, by Angus Mail.
 *
 * <p>URLs: {@code smtp://user:password@host:587} without TLS, {@code smtp+starttls:} which insists on it (RFC 3207, port 587), {@code smtps:} which begins with it (RFC 8314,
 * port 465). Without a user nobody logs in.
 *
 * <p>Parameters: {@code from} (the sender of the envelope), {@code connect_timeout} ({@code 3s}), {@code timeout} ({@code 5s}: how long each answer may take), {@code data_timeout}
 * ({@code 10m}, at most {@code 1h}: how long the answer to the end of a mail may take, when the server decides whether it takes the mail), {@code helo} (what this host calls itself), and
 * those of {@link dev.twelvefactor.backing.Tls}. Anything else, and a URL of another kind, is a problem of the configuration.
 *
 * <p>Addresses go out as they were written. The host of an address is sent in ASCII (IDNA). An address with another character before the {@code @} needs a server that offers SMTPUTF8 (RFC
 * 6531); without it {@code Transport.send} throws a {@link jakarta.mail.SendFailedException} that names the address, and nothing is sent. So it does for a host that IDNA maps to another one,
 * and for line breaks in an address or a header. If one recipient is refused, nobody gets the mail: {@code getInvalidAddresses} has the refused ones, {@code getValidUnsentAddresses} the others.
 *
 * <p>If {@code Transport.send} throws, the server took nothing, with one exception: {@link UnconfirmedMailException}.
 *
 * <pre>{@code
 * MimeMessage mail = new MimeMessage(session);
 * …
 * Transport.send(mail);
 * }</pre>
 */
public final class Smtp {
    private Smtp() {}

    /** A session with which mails are made and sent. Each mail that is sent has a connection of its own, with the credentials of {@link ServiceUrl#current()}. */
    public static Attachment<Session> session(ServiceUrl url) {
        return Attachment.of(url, () -> new SmtpConnector(SmtpAddress.of(url)));
    }
}
