package dev.twelvefactor.backing.redis;

import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Redis URL in the terms of Lettuce, whose own parser takes {@code my_host:6379} for a host and drops parameters it does not know.
 *
 * @param uris one, or what a cluster is found by
 * @param cluster whether it is a cluster
 * @param connectTimeout of a socket
 * @param leaseTime after which the server frees a lease whose holder it hears nothing of
 */
record RedisAddress(
        ServiceUrl url, List<RedisURI> uris, boolean cluster, Duration connectTimeout, Duration leaseTime, Tls tls) {
    private static final String SOCKET = "redis-socket";
    private static final String SENTINEL = "redis-sentinel";
    private static final String MASTER = "sentinelMasterId";
    static final Set<String> SCHEMES = Set.of("redis", "rediss", SENTINEL, SOCKET);
    private static final String FORM = "write redis://user:password@host:6379/0, or rediss: for TLS";
    private static final Duration LONGEST = Duration.ofMinutes(1);

    static RedisAddress of(ServiceUrl url) {
        if (!SCHEMES.contains(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; " + FORM);
        }
        if (url.user().isPresent() && url.password().isEmpty()) {
            throw url.refused(
                    "has something before the @ without a colon; write redis://:password@host, or redis://user:password@host");
        }
        UrlParameters parameters = UrlParameters.of(url);
        boolean servers = url.scheme().equals("redis") || url.scheme().equals("rediss");
        boolean cluster = servers && parameters.flag("cluster", false);
        Duration connectTimeout = parameters.duration("connect_timeout", Duration.ofSeconds(3), LONGEST);
        Duration leaseTime = LeaseKeeper.timeToLive(parameters);
        Tls tls = Tls.of(parameters, url.scheme().equals("rediss"), "write rediss:");
        Common common = new Common(
                url,
                parameters.duration("timeout", Duration.ofSeconds(2), LONGEST),
                database(url, parameters, cluster),
                parameters.text("client_name"));
        Sentinel sentinel = url.scheme().equals(SENTINEL) ? Sentinel.of(parameters) : Sentinel.NONE;
        parameters.end();
        List<RedisURI> uris =
                switch (url.scheme()) {
                    case SOCKET -> List.of(socket(url, common));
                    case SENTINEL -> List.of(sentinel.of(url, common));
                    default -> servers(url, common, cluster);
                };
        return new RedisAddress(url, uris, cluster, connectTimeout, leaseTime, tls);
    }

    /** How long a command may take, blocking ones aside. */
    Duration timeout() {
        return uris.get(0).getTimeout();
    }

    static RedisAddress single(ServiceUrl url) {
        RedisAddress address = of(url);
        if (address.cluster) {
            throw url.refused("is that of a cluster (cluster=true), and the app works with one server");
        }
        return address;
    }

    static RedisAddress cluster(ServiceUrl url) {
        RedisAddress address = of(url);
        if (!address.cluster) {
            throw url.refused("is that of one server, and the app works with a cluster; add ?cluster=true");
        }
        return address;
    }

    boolean isTls() {
        return url.scheme().equals("rediss");
    }

    /** As they are now: a file that holds the URL may have been rotated. */
    private static RedisCredentials credentials(ServiceUrl url) {
        String user = url.user().filter(name -> !name.isEmpty()).orElse(null);
        return RedisCredentials.just(user, url.password().map(Secret::reveal).orElse(""));
    }

    private static List<RedisURI> servers(ServiceUrl url, Common common, boolean cluster) {
        if (url.hosts().isEmpty()) {
            throw url.refused("names no host; " + FORM);
        }
        if (url.hosts().stream().anyMatch(host -> host.name().contains("/"))) {
            throw url.refused("names a socket; write redis-socket:///path/of/socket");
        }
        if (url.hosts().size() > 1 && !cluster) {
            throw url.refused("names several hosts; " + FORM + "; a cluster has ?cluster=true");
        }
        return url.hosts().stream().map(host -> at(host, 6379, common)).toList();
    }

    private static RedisURI at(ServiceUrl.Host host, int port, Common common) {
        return common.build(
                RedisURI.builder().withHost(host.name()).withPort(host.port().orElse(port)));
    }

    /** What all servers of a URL have in common. */
    private record Common(ServiceUrl url, Duration timeout, int database, Optional<String> clientName) {
        RedisURI build(RedisURI.Builder place) {
            place.withSsl(url.scheme().equals("rediss")).withDatabase(database).withTimeout(timeout);
            clientName.ifPresent(place::withClientName);
            if (url.password().isPresent()) {
                place.withAuthentication(RedisCredentialsProvider.from(() -> credentials(url.current())));
            }
            return place.build();
        }
    }

    private static RedisURI socket(ServiceUrl url, Common common) {
        String path = url.path().orElse("");
        if (path.isEmpty() || !url.hosts().isEmpty()) {
            throw url.refused(
                    "names no socket; write redis-socket:///path/of/socket, or redis-socket://:password@/path/of/socket");
        }
        return common.build(RedisURI.Builder.socket("/" + path));
    }

    /** How the sentinels are asked. */
    private record Sentinel(Optional<String> master, Optional<String> user, Optional<String> password) {
        static final Sentinel NONE = new Sentinel(Optional.empty(), Optional.empty(), Optional.empty());

        static Sentinel of(UrlParameters parameters) {
            Sentinel sentinel = new Sentinel(
                    parameters.text(MASTER), parameters.text("sentinelUser"), parameters.text("sentinelPassword"));
            if (sentinel.user.isPresent() && sentinel.password.isEmpty()) {
                parameters.refuse("sentinelUser", "has no sentinelPassword beside it");
            }
            return sentinel;
        }

        RedisURI of(ServiceUrl url, Common common) {
            if (master.isEmpty() || url.hosts().isEmpty()) {
                throw url.refused(
                        "names no master; write redis-sentinel://host:26379,host:26379/0?" + MASTER + "=name");
            }
            RedisURI.Builder place = RedisURI.builder().withSentinelMasterId(master.get());
            for (ServiceUrl.Host host : url.hosts()) {
                RedisURI one = RedisURI.builder()
                        .withHost(host.name())
                        .withPort(host.port().orElse(26379))
                        .withTimeout(common.timeout())
                        .build();
                password.ifPresent(word -> one.setCredentialsProvider(
                        RedisCredentialsProvider.from(() -> RedisCredentials.just(user.orElse(null), word))));
                place.withSentinel(one);
            }
            return common.build(place);
        }
    }

    private static int database(ServiceUrl url, UrlParameters parameters, boolean cluster) {
        boolean inPath = !url.scheme().equals(SOCKET)
                && url.path().filter(path -> !path.isEmpty()).isPresent();
        int named = parameters.number("db", 0, 0, cluster ? 0 : 999_999);
        if (!inPath) {
            return named;
        }
        String text = url.path().orElse("").replaceFirst("/$", "");
        if (!text.matches("\\d{1,6}") || parameters.text("db").isPresent()) {
            throw url.refused(
                    text.matches("\\d{1,6}")
                            ? "names a database twice, in its path and as db; write it once"
                            : "has a database number that is not a number from 0 to 999999");
        }
        if (cluster && Integer.parseInt(text) != 0) {
            throw url.refused("names the database " + text + ", and a cluster has only 0");
        }
        return Integer.parseInt(text);
    }
}
