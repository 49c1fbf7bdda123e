package dev.twelvefactor.backing.redis;

import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Set;

/** A Redis URL in the terms of Lettuce, whose own parser takes {@code my_host:6379} for a host and drops parameters it does not know. */
final class RedisAddress {
    private static final Set<String> SCHEMES = Set.of("redis", "rediss");
    private static final String FORM = "write redis://user:password@host:6379/0, or rediss: for TLS";
    private static final String TIMEOUT = "timeout_ms";

    private RedisAddress() {}

    static RedisURI of(ServiceUrl url) {
        if (!SCHEMES.contains(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; " + FORM);
        }
        if (url.hosts().size() != 1) {
            throw url.refused("names " + (url.hosts().isEmpty() ? "no host" : "several hosts") + "; " + FORM);
        }
        url.withOnlyParameters(Set.of(TIMEOUT));
        ServiceUrl.Host host = url.hosts().get(0);
        RedisURI.Builder address = RedisURI.builder()
                .withHost(host.name())
                .withPort(host.port().orElse(6379))
                .withSsl(url.scheme().equals("rediss"))
                .withVerifyPeer(true)
                .withDatabase(number(
                        url,
                        "database number",
                        url.path().filter(path -> !path.isEmpty()).orElse("0"),
                        0))
                .withTimeout(
                        Duration.ofMillis(number(url, TIMEOUT, url.parameters().getOrDefault(TIMEOUT, "2000"), 1)));
        credentials(url, address);
        return address.build();
    }

    private static void credentials(ServiceUrl url, RedisURI.Builder address) {
        String user = url.user().orElse("");
        if (url.user().isPresent() && url.password().isEmpty()) {
            throw url.refused(
                    "has something before the @ without a colon; write redis://:password@host, or redis://user:password@host");
        }
        url.password().map(Secret::reveal).ifPresent(password -> {
            if (user.isEmpty()) {
                address.withPassword(password.toCharArray());
            } else {
                address.withAuthentication(user, password.toCharArray());
            }
        });
    }

    private static int number(ServiceUrl url, String what, String text, int least) {
        if (!text.matches("\\d{1,6}") || Integer.parseInt(text) < least) {
            throw url.refused("has a " + what + " that is not a number from " + least + " to 999999");
        }
        return Integer.parseInt(text);
    }
}
