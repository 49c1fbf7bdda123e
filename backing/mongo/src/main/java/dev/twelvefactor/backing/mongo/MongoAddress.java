package dev.twelvefactor.backing.mongo;

import com.mongodb.AuthenticationMechanism;
import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCredential;
import com.mongodb.MongoNamespace;
import dev.twelvefactor.backing.Tls;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A MongoDB URL as settings of the driver; the driver's own parser gets what it is good at, and neither user nor password, which it would show. */
record MongoAddress(
        ServiceUrl url,
        String options,
        boolean isTls,
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
            "replicaset",
            "directconnection",
            "loadbalanced",
            "readpreference",
            "readpreferencetags",
            "maxstalenessseconds",
            "readconcernlevel",
            "w",
            "wtimeoutms",
            "journal",
            "retrywrites",
            "retryreads",
            "appname",
            "compressors",
            "uuidrepresentation",
            "srvmaxhosts",
            "srvservicename",
            "maxpoolsize",
            "minpoolsize",
            "maxidletimems",
            "maxlifetimems",
            "connecttimeoutms",
            "sockettimeoutms",
            "serverselectiontimeoutms",
            "waitqueuetimeoutms",
            "timeoutms",
            "localthresholdms",
            "heartbeatfrequencyms");

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
        // MongoDB does not tell capitals from small letters in them.
        for (String name : url.parameters().keySet()) {
            if (OF_THE_DRIVER.contains(name.toLowerCase(Locale.ROOT))) {
                parameters.text(name).ifPresent(value -> given.add(name + "=" + encoded(value)));
            }
        }
        OF_THE_DRIVER.forEach(parameters::text);
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
        boolean secured =
                parameters.flag("tls", parameters.flag("ssl", url.scheme().equals("mongodb+srv")));
        Tls tls = Tls.of(parameters, secured, "add tls=true");
        parameters.end();
        url.path().filter(name -> !name.isEmpty()).ifPresent(name -> {
            try {
                MongoNamespace.checkDatabaseNameValidity(name);
            } catch (IllegalArgumentException e) {
                throw url.refused("names a database that cannot be: " + e.getMessage());
            }
        });
        String options = options(url, String.join("&", given));
        return new MongoAddress(
                url,
                options,
                secured,
                authSource,
                mechanism.equals("DEFAULT")
                        ? Optional.empty()
                        : Optional.of(AuthenticationMechanism.fromMechanismName(mechanism)),
                times,
                most,
                least,
                tls);
    }

    /** The hosts and what the driver reads itself, as the text that it takes. What it does not take is known at once, but for what the name service has to say. */
    private static String options(ServiceUrl url, String query) {
        String hosts = url.hosts().stream()
                .map(host -> (host.name().contains(":") ? "[" + host.name() + "]" : encoded(host.name()))
                        + host.port().map(port -> ":" + port).orElse(""))
                .collect(Collectors.joining(","));
        boolean srv = url.scheme().equals("mongodb+srv");
        if (srv && (url.hosts().size() > 1 || url.hosts().get(0).port().isPresent())) {
            throw url.refused("names several hosts or a port, and the name service does that for mongodb+srv:");
        }
        try {
            ConnectionString unused = new ConnectionString("mongodb://" + hosts + "/?" + query);
        } catch (IllegalArgumentException e) {
            // Nothing secret went in, so nothing secret is in what it says.
            throw url.refused("is not one that the driver takes: " + e.getMessage());
        }
        return hosts + "/?" + query;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Optional<String> database() {
        return url.path().filter(path -> !path.isEmpty());
    }

    /** Asks the name service, if the scheme says so; a user of no name tells which database knows users, if nothing else does. */
    MongoClientSettings settings(String name, PoolGauges gauges) {
        ConnectionString read = new ConnectionString(url.scheme() + "://" + (hasUser() ? "user:@" : "") + options);
        MongoClientSettings.Builder builder = MongoClientSettings.builder()
                .applicationName(name)
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
                .applyToServerSettings(server ->
                        server.heartbeatFrequency(2, TimeUnit.SECONDS).minHeartbeatFrequency(50, TimeUnit.MILLISECONDS))
                // What the URL says in MongoDB's own words counts.
                .applyConnectionString(read);
        if (isTls) {
            builder.applyToSslSettings(ssl -> ssl.enabled(true).context(tls.context()));
        }
        if (hasUser()) {
            MongoCredential without = Objects.requireNonNull(read.getCredential());
            builder.credential(credential(without.getSource()));
        }
        return builder.build();
    }

    private boolean hasUser() {
        return url.password().isPresent();
    }

    /** The source of the URL, or of the name service, which the driver gives as admin if there is none; then it is the database of the path. */
    private MongoCredential credential(String source) {
        ServiceUrl now = url.current();
        MongoCredential credential = MongoCredential.createCredential(
                now.user().orElse(""),
                authSource
                        .or(() -> url.scheme().equals("mongodb+srv") ? Optional.of(source) : database())
                        .orElse(source),
                now.password().map(Secret::reveal).orElse("").toCharArray());
        return mechanism.map(credential::withMechanism).orElse(credential);
    }
}
