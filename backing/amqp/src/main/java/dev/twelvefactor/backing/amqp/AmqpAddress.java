package dev.twelvefactor.backing.amqp;

import com.rabbitmq.client.Address;
import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** An AMQP URL in the terms of the client, whose own parser falls back to {@code guest} on localhost without a word. */
record AmqpAddress(
        ServiceUrl url,
        List<Address> hosts,
        String virtualHost,
        Duration connectTimeout,
        Duration rpcTimeout,
        Duration heartbeat,
        Duration recoveryInterval,
        int mostChannels,
        String connectionName,
        Tls tls) {
    private static final Set<String> SCHEMES = Set.of("amqp", "amqps");
    private static final String FORM = "write amqp://user:password@host:5672/vhost, or amqps: for TLS";
    private static final Duration LONGEST = Duration.ofMinutes(1);

    static AmqpAddress of(ServiceUrl url) {
        if (!SCHEMES.contains(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; " + FORM);
        }
        if (url.hosts().isEmpty()) {
            throw url.refused("names no host; " + FORM);
        }
        if (url.segments().size() > 1) {
            throw url.refused("has more than one slash in its path; write one that belongs to the virtual host as %2F");
        }
        if (url.user().isPresent() && url.password().isEmpty()) {
            throw url.refused("has a user without a password; " + FORM);
        }
        UrlParameters parameters = UrlParameters.of(url);
        // As the specification has it, in milliseconds.
        Duration connectTimeout =
                parameters.duration("connection_timeout", Duration.ofSeconds(3), LONGEST, Duration.ofMillis(1));
        AmqpAddress address = new AmqpAddress(
                url,
                url.hosts().stream()
                        .map(host -> new Address(host.name(), host.port().orElse(isTls(url) ? 5671 : 5672)))
                        .toList(),
                url.path().orElse("/"),
                parameters.duration("connect_timeout", connectTimeout, LONGEST),
                parameters.duration("rpc_timeout", Duration.ofSeconds(3), LONGEST),
                parameters.duration("heartbeat", Duration.ofSeconds(5), LONGEST, Duration.ofSeconds(1)),
                parameters.duration("recovery_interval", Duration.ofMillis(500), LONGEST),
                parameters.number("channel_max", 2047, 1, 65_535),
                parameters.text("connection_name").orElse(""),
                Tls.of(parameters, isTls(url), "write amqps:"));
        parameters.end();
        return address;
    }

    private static boolean isTls(ServiceUrl url) {
        return url.scheme().equals("amqps");
    }

    boolean isTls() {
        return isTls(url);
    }
}
