package dev.twelvefactor.backing.smtp;

import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import jakarta.mail.Authenticator;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** An SMTP URL as properties of Jakarta Mail. */
record SmtpAddress(
        ServiceUrl url,
        Duration connectTimeout,
        Duration timeout,
        Optional<String> from,
        Optional<String> helo,
        Tls tls) {
    static final String STARTTLS = "smtp+starttls";
    private static final String TLS = "smtps";
    private static final Map<String, Integer> PORTS = Map.of("smtp", 587, STARTTLS, 587, TLS, 465);
    private static final String FORM = "write smtp+starttls://user:password@host:587, smtps: or smtp:";
    private static final Duration LONGEST = Duration.ofMinutes(1);

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
                parameters.duration("connect_timeout", Duration.ofSeconds(3), LONGEST),
                parameters.duration("timeout", Duration.ofSeconds(5), LONGEST),
                parameters.text("from"),
                parameters.text("helo"),
                Tls.of(parameters, !url.scheme().equals("smtp"), "write smtp+starttls: or smtps:"));
        parameters.end();
        return address;
    }

    boolean hasUser() {
        return url.password().isPresent();
    }

    boolean isTls() {
        return !url.scheme().equals("smtp");
    }

    /** A session whose connections wait no longer than this. */
    Session session(Duration connect, Duration answer) {
        String protocol = url.scheme().equals(TLS) ? "smtps" : "smtp";
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
        properties.setProperty(prefix + "auth", Boolean.toString(hasUser()));
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
            // Else what our context refuses is tried once more with whatever the JDK trusts.
            properties.setProperty(prefix + "socketFactory.fallback", "false");
        }
        return Session.getInstance(properties, new Login(url));
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
