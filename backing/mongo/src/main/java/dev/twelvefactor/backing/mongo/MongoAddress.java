package dev.twelvefactor.backing.mongo;

import com.mongodb.AuthenticationMechanism;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A MongoDB URL as settings of the driver; the driver's own parser gets what it is good at, and neither user nor password, which it would show. */
record MongoAddress(
        ServiceUrl url,
        ConnectionString options,
        Optional<String> authSource,
        Optional<AuthenticationMechanism> mechanism,
        Times times,
        int poolMost,
        int poolLeast,
        Tls tls) {
    static final String FORM = "write mongodb://user:password@host:27017/database, or mongodb+srv:";
    private static final Set<String> SCHEMES = Set.of("mongodb", "mongodb+srv");
    private static final Duration LONGEST = Duration.ofMinutes(10);

    /** What the driver reads itself. */
    private static final List<String> OF_THE_DRIVER = List.of(
            "tls",
            "ssl",
            "replicaSet",
            "directConnection",
            "loadBalanced",
            "readPreference",
            "readPreferenceTags",
            "maxStalenessSeconds",
            "readConcernLevel",
            "w",
            "journal",
            "retryWrites",
            "retryReads",
            "appName",
            "compressors",
            "uuidRepresentation",
            "srvMaxHosts",
            "srvServiceName");

    private static final List<String> FLAGS =
            List.of("tls", "ssl", "directConnection", "loadBalanced", "journal", "retryWrites", "retryReads");

    /** How long to wait for what. */
    record Times(Duration connect, Duration answer, Duration selection, Duration pool) {}

    static MongoAddress of(ServiceUrl url) {
        if (!SCHEMES.contains(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; " + FORM);
        }
        if (url.hosts().isEmpty()) {
            throw url.refused("names no host; " + FORM);
        }
        if (url.user().isPresent() != url.password().isPresent()) {
            throw url.refused("has a user without a password; " + FORM);
        }
        UrlParameters parameters = UrlParameters.of(url);
        for (String flag : FLAGS) {
            // The driver takes a word that is none for false.
            parameters.flag(flag, false);
        }
        List<String> given = new ArrayList<>();
        for (String name : OF_THE_DRIVER) {
            parameters.text(name).ifPresent(value -> given.add(name + "=" + encoded(value)));
        }
        Times times = new Times(
                parameters.duration("connect_timeout", Duration.ofSeconds(2), LONGEST),
                parameters.duration("timeout", Duration.ofSeconds(10), LONGEST),
                parameters.duration("selection_timeout", Duration.ofSeconds(3), LONGEST),
                parameters.duration("pool.timeout", Duration.ofSeconds(3), LONGEST));
        int most = parameters.number("pool.max", 20, 1, 1000);
        int least = parameters.number("pool.min", 0, 0, most);
        Optional<String> authSource = parameters.text("authSource");
        String mechanism = parameters.oneOf(
                "authMechanism", "DEFAULT", List.of("DEFAULT", "SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN"));
        Tls tls = Tls.of(parameters);
        parameters.end();
        return new MongoAddress(
                url,
                options(url, String.join("&", given)),
                authSource,
                mechanism.equals("DEFAULT")
                        ? Optional.empty()
                        : Optional.of(AuthenticationMechanism.fromMechanismName(mechanism)),
                times,
                most,
                least,
                tls);
    }

    private static ConnectionString options(ServiceUrl url, String query) {
        String hosts = url.hosts().stream()
                .map(host -> (host.name().contains(":") ? "[" + host.name() + "]" : encoded(host.name()))
                        + host.port().map(port -> ":" + port).orElse(""))
                .collect(Collectors.joining(","));
        try {
            return new ConnectionString(url.scheme() + "://" + hosts + "/?" + query);
        } catch (IllegalArgumentException e) {
            // Nothing secret went in, so nothing secret is in what it says.
            throw url.refused("is not one that the driver takes: " + e.getMessage());
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Optional<String> database() {
        return url.path().filter(path -> !path.isEmpty());
    }

    boolean isTls() {
        return Boolean.TRUE.equals(options.getSslEnabled());
    }

    MongoClientSettings settings(String name, PoolGauges gauges) {
        MongoClientSettings.Builder builder = MongoClientSettings.builder()
                .applicationName(name)
                .applyConnectionString(options)
                // Three times as long otherwise, when the way to the server is gone.
                .maxAdaptiveRetries(0)
                .applyToClusterSettings(cluster ->
                        cluster.serverSelectionTimeout(times.selection().toMillis(), TimeUnit.MILLISECONDS))
                .applyToSocketSettings(
                        socket -> socket.connectTimeout(times.connect().toMillis(), TimeUnit.MILLISECONDS)
                                .readTimeout(times.answer().toMillis(), TimeUnit.MILLISECONDS))
                .applyToConnectionPoolSettings(pool -> pool.maxSize(poolMost)
                        .minSize(poolLeast)
                        .maxWaitTime(times.pool().toMillis(), TimeUnit.MILLISECONDS)
                        .addConnectionPoolListener(gauges))
                .applyToServerSettings(server -> server.heartbeatFrequency(2, TimeUnit.SECONDS)
                        .minHeartbeatFrequency(50, TimeUnit.MILLISECONDS));
        if (isTls()) {
            builder.applyToSslSettings(ssl -> ssl.enabled(true).context(tls.context()));
        }
        if (url.password().isPresent()) {
            builder.credential(credential());
        }
        return builder.build();
    }

    private MongoCredential credential() {
        ServiceUrl now = url.current();
        MongoCredential credential = MongoCredential.createCredential(
                now.user().orElse(""),
                authSource.or(this::database).orElse("admin"),
                now.password().map(Secret::reveal).orElse("").toCharArray());
        return mechanism.map(credential::withMechanism).orElse(credential);
    }
}
