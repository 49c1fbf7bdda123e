package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.config.ServiceUrl;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A PostgreSQL URL in the terms of its JDBC driver. User and password are not in it: they may change, pgjdbc takes {@code user:password@host} for a
 * host's name, and pools and drivers log the URL.
 */
record PostgresUrl(ServiceUrl url, String jdbcUrl, Properties properties, int poolSize, long poolTimeoutMillis) {
    private static final Set<String> SCHEMES = Set.of("postgres", "postgresql");
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    private static final String POOL_MAX = "pool.max";
    private static final String POOL_TIMEOUT = "pool.timeout_ms";
    /** What libpq calls a parameter, and what pgjdbc calls it. */
    private static final Map<String, String> VERBATIM =
            Map.of("sslmode", "sslmode", "application_name", "ApplicationName");

    static PostgresUrl of(ServiceUrl url) {
        if (!SCHEMES.contains(url.scheme())) {
            throw url.refused("has the scheme " + url.scheme() + "; write postgres://user:password@host:5432/database");
        }
        if (url.hosts().isEmpty()) {
            throw url.refused("names no host; write postgres://user:password@host:5432/database");
        }
        if (url.path().filter(path -> !path.isEmpty()).isEmpty()) {
            throw url.refused("names no database; write postgres://user:password@host:5432/database");
        }
        if (url.hosts().stream().anyMatch(host -> host.name().contains("/"))) {
            throw url.refused("names a socket, which the driver cannot use; write host:port");
        }
        Set<String> known = new TreeSet<>(VERBATIM.keySet());
        known.addAll(Set.of("connect_timeout", "socket_timeout", POOL_MAX, POOL_TIMEOUT));
        url.withOnlyParameters(known);
        if (!SSL_MODES.contains(url.parameters().getOrDefault("sslmode", "prefer"))) {
            throw url.refused("has an sslmode that is none; write " + String.join(", ", SSL_MODES));
        }
        String hosts = url.hosts().stream().map(PostgresUrl::host).collect(Collectors.joining(","));
        String database = URLEncoder.encode(url.path().orElse(""), StandardCharsets.UTF_8);
        return new PostgresUrl(
                url,
                "jdbc:postgresql://" + hosts + "/" + database,
                properties(url),
                (int) number(url, POOL_MAX, 10, 1000),
                number(url, POOL_TIMEOUT, 3000, 60_000));
    }

    /** The same, with no limit to how long a statement may take. */
    PostgresUrl forLongStatements() {
        Properties unlimited = new Properties();
        unlimited.putAll(properties);
        unlimited.setProperty("socketTimeout", "0");
        return new PostgresUrl(url, jdbcUrl, unlimited, poolSize, poolTimeoutMillis);
    }

    private static String host(ServiceUrl.Host host) {
        String name = host.name().contains(":") ? "[" + host.name() + "]" : host.name();
        return name + ":" + host.port().orElse(5432);
    }

    private static Properties properties(ServiceUrl url) {
        Properties properties = new Properties();
        properties.setProperty("connectTimeout", Long.toString(number(url, "connect_timeout", 3, 60)));
        properties.setProperty("socketTimeout", Long.toString(number(url, "socket_timeout", 30, 86_400)));
        properties.setProperty("loginTimeout", "5");
        properties.setProperty("tcpKeepAlive", "true");
        VERBATIM.forEach((name, driverName) -> {
            String value = url.parameters().get(name);
            if (value != null) {
                properties.setProperty(driverName, value);
            }
        });
        return properties;
    }

    private static long number(ServiceUrl url, String parameter, long fallback, long most) {
        String text = url.parameters().getOrDefault(parameter, Long.toString(fallback));
        if (!text.matches("[1-9]\\d{0,8}") || Long.parseLong(text) > most) {
            throw url.refused("has a " + parameter + " that is not a number from 1 to " + most);
        }
        return Long.parseLong(text);
    }
}
