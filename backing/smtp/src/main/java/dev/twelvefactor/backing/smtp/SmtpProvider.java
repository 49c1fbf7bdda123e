package dev.twelvefactor.backing.smtp;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import jakarta.mail.Session;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: a session. */
public final class SmtpProvider implements ServiceProvider<Session> {
    /** For the service loader. */
    public SmtpProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("smtp", "smtps", "smtp+starttls");
    }

    @Override
    public Class<Session> client() {
        return Session.class;
    }

    @Override
    public Connector<Session> connector(ServiceUrl url) {
        return new SmtpConnector(SmtpAddress.of(url));
    }
}
