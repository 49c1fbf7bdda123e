package dev.twelvefactor.backing.smtp;

import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import jakarta.mail.Authenticator;
import jakarta.mail.NoSuchProviderException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Provider;
import jakarta.mail.Session;
import jakarta.mail.internet.AddressException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;

/** An SMTP URL as properties of Jakarta Mail. */
record SmtpAddress(
        ServiceUrl url,
        Duration connectTimeout,
        Duration timeout,
        Duration dataTimeout,
        Optional<String> from,
        Optional<String> helo,
        Tls tls) {
    static final String STARTTLS = "smtp+starttls";
    private static final String TLS = "smtps";
    private static final Map<String, Integer> PORTS = Map.of("smtp", 587, STARTTLS, 587, TLS, 465);
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f.:IPv]+\\]");
    private static final String FORM = "write smtp+starttls://user:password@host:587, smtps: or smtp:";
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration MAX_DATA_TIMEOUT = Duration.ofHours(1);
    /** RFC 5321 §4.5.3.2.6: a server may look at a mail for minutes before it takes it, and a client that does not wait for it sends the mail twice. */
    private static final Duration DEFAULT_DATA_TIMEOUT = Duration.ofMinutes(10);

    static SmtpAddress of(ServiceUrl url) {
        if (!PORTS.containsKey(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; " + FORM);
        }
        if (url.hosts().size() != 1) {
            throw url.refused("names " + (url.hosts().isEmpty() ? "no host; " : "several hosts; ") + FORM);
        }
        if (url.path().filter(path -> !path.isEmpty()).isPresent()) {
            throw url.refused("has a path, and mail has nothing for it; " + FORM);
        }
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.refused("has a user without a password; " + FORM);
        }
        UrlParameters parameters = UrlParameters.of(url);
        SmtpAddress address = new SmtpAddress(
                url,
                parameters.duration("connect_timeout", Duration.ofSeconds(3), MAX_TIMEOUT),
                parameters.duration("timeout", Duration.ofSeconds(5), MAX_TIMEOUT),
                parameters.duration("data_timeout", DEFAULT_DATA_TIMEOUT, MAX_DATA_TIMEOUT),
                checked(parameters, "from", SmtpAddress::sender),
                checked(parameters, "helo", SmtpAddress::hostName),
                Tls.of(parameters, !url.scheme().equals("smtp"), "write smtp+starttls: or smtps:"));
        parameters.end();
        return address;
    }

    private interface Check {
        String outgoing(String text) throws AddressException;
    }

    private static Optional<String> checked(UrlParameters parameters, String name, Check check) {
        return parameters.text(name).map(text -> {
            try {
                return check.outgoing(text);
            } catch (AddressException e) {
                parameters.refuse(name, String.valueOf(e.getMessage()));
                return text;
            }
        });
    }

    private static String sender(String text) throws AddressException {
        try {
            // RFC 5321 §4.5.5: a mail to which nobody may answer.
            return text.equals("<>") ? text : MailAddresses.withAsciiHost(text);
        } catch (AddressException e) {
            throw new AddressException(
                    "is not a mail address; write one such as shop@example.com, its @ percent-encoded");
        }
    }

    private static String hostName(String text) throws AddressException {
        try {
            String outgoing = MailAddresses.asciiHost(text);
            if (HOST.matcher(outgoing).matches()) {
                return outgoing;
            }
        } catch (AddressException e) {
            // The same sentence.
        }
        throw new AddressException("is not a host name; write helo=shop.example.com");
    }

    boolean hasUser() {
        return url.password().isPresent();
    }

    boolean isTls() {
        return !url.scheme().equals("smtp");
    }

    /** For the app. */
    Session session() {
        Session session = Session.getInstance(properties(connectTimeout, timeout, hasUser()), new Login(url));
        new SmtpSockets(dataTimeout).addTo(session);
        try {
            session.setProvider(new Provider(
                    Provider.Type.TRANSPORT, protocol(), SmtpTransport.class.getName(), "twelvefactor", null));
        } catch (NoSuchProviderException e) {
            throw new IllegalStateException(e);
        }
        return session;
    }

    /** For checks, whose answers have to come sooner, and who do not log in. */
    Session probeSession() {
        return Session.getInstance(properties(SmtpProbe.TIMEOUT, SmtpProbe.TIMEOUT, false));
    }

    private String protocol() {
        return url.scheme().equals(TLS) ? "smtps" : "smtp";
    }

    private Properties properties(Duration connect, Duration answer, boolean login) {
        String protocol = protocol();
        String prefix = "mail." + protocol + ".";
        ServiceUrl.Host host = url.hosts().get(0);
        Properties properties = new Properties();
        properties.setProperty("mail.transport.protocol", protocol);
        // What Transport.send goes by.
        properties.setProperty("mail.transport.protocol.rfc822", protocol);
        properties.setProperty(prefix + "host", host.name());
        properties.setProperty(
                prefix + "port", Integer.toString(host.port().orElse(PORTS.getOrDefault(url.scheme(), 587))));
        properties.setProperty(prefix + "connectiontimeout", Long.toString(connect.toMillis()));
        properties.setProperty(prefix + "timeout", Long.toString(answer.toMillis()));
        properties.setProperty(prefix + "writetimeout", Long.toString(answer.toMillis()));
        properties.setProperty(prefix + "auth", Boolean.toString(login));
        // Else the end of a connection waits for the server.
        properties.setProperty(prefix + "quitwait", "false");
        from.ifPresent(sender -> properties.setProperty(prefix + "from", sender));
        helo.ifPresent(name -> properties.setProperty(prefix + "localhost", name));
        if (isTls()) {
            String required = Boolean.toString(url.scheme().equals(STARTTLS));
            properties.setProperty(prefix + "starttls.enable", required);
            properties.setProperty(prefix + "starttls.required", required);
            properties.setProperty(prefix + "ssl.checkserveridentity", Boolean.toString(tls.verifiesHost()));
            properties.put(prefix + "ssl.socketFactory", tls.context().getSocketFactory());
        }
        // Else a connection that fails is tried once more, and what our context refuses with whatever the JDK trusts.
        properties.setProperty(prefix + "socketFactory.fallback", "false");
        return properties;
    }

    /** Asked for each connection. */
    private static final class Login extends Authenticator {
        private final ServiceUrl url;

        Login(ServiceUrl url) {
            this.url = url;
        }

        @Override
        protected PasswordAuthentication getPasswordAuthentication() {
            ServiceUrl now = url.current();
            return new PasswordAuthentication(
                    now.user().orElse(""), now.password().map(Secret::reveal).orElse(""));
        }
    }
}
