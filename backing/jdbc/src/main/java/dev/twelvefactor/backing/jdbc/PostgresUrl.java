package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A PostgreSQL URL as libpq reads it, for pgjdbc, which takes {@code user:password@host} for a host's name.
 *
 * @see <a href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">Connection URIs</a>
 */
final class PostgresUrl {
    private static final String FORM = "postgres://user:password@host:5432/database";
    private static final List<String> SSL_MODES =
            List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");
    /** What libpq calls a parameter, and what pgjdbc calls it. */
    private static final Map<String, String> VERBATIM = Map.of(
            "application_name", "ApplicationName",
            "options", "options",
            "sslcert", "sslcert",
            "sslkey", "sslkey",
            "sslpassword", "sslpassword",
            "sslrootcert", "sslrootcert");

    private static final Map<String, String> SERVER_TYPES = Map.of(
            "any", "any",
            "read-write", "primary",
            "primary", "primary",
            "read-only", "secondary",
            "standby", "secondary",
            "prefer-standby", "preferSecondary");

    private static final Pattern STATEMENT_TIMEOUT =
            Pattern.compile("(?:-c\\s*|--)statement[_-]timeout=(\\d{1,9})(us|ms|s|min|h|d)?(?!\\S)");
    private static final Map<String, Duration> UNITS = Map.of(
            "us", Duration.of(1, ChronoUnit.MICROS),
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "min", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1));

    private PostgresUrl() {}

    static Database database(ServiceUrl url) {
        UrlParameters parameters = UrlParameters.of(url);
        Properties properties = properties(parameters);
        Database.Timeouts timeouts = timeouts(parameters);
        // pgjdbc counts seconds.
        String seconds = Long.toString(Math.max(1, timeouts.connect().toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("socketTimeout", seconds);
        Database.Pool pool = Database.Pool.of(parameters);
        Duration leaseTime = LeaseKeeper.timeToLive(parameters);
        List<ServiceUrl.Host> hosts = hosts(url, parameters);
        String name = parameters.text("dbname").or(url::path).orElse("");
        parameters.text("user");
        parameters.text("password");
        parameters.end();
        Database.requireHostAndName(url, hosts, name, FORM);
        String servers =
                hosts.stream().map(host -> Database.bracketed(host, 5432)).collect(Collectors.joining(","));
        String jdbcUrl = "jdbc:postgresql://" + servers + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        return new Database(
                url,
                Secret.of(jdbcUrl),
                properties,
                pool,
                leaseTime,
                Optional.of(timeouts.answer()),
                Optional.of(timeouts.statement()),
                "PostgreSQL",
                name,
                "org.postgresql:postgresql");
    }

    /** The statement timeout may be among the options for the server too. */
    private static Database.Timeouts timeouts(UrlParameters parameters) {
        Database.Timeouts timeouts = Database.Timeouts.of(parameters);
        Matcher option = STATEMENT_TIMEOUT.matcher(parameters.text("options").orElse(""));
        if (!option.find()) {
            return timeouts;
        }
        Duration statement = UNITS.getOrDefault(
                        Optional.ofNullable(option.group(2)).orElse("ms"), Duration.ofMillis(1))
                .multipliedBy(Long.parseLong(option.group(1)));
        Database.Timeouts.requireLess(
                parameters, "options", "sets a statement_timeout that is", statement, timeouts.answer());
        return timeouts.withStatement(statement);
    }

    /** Those of the parameters {@code host} and {@code port}, if they are there, in the place of those before the path. */
    private static List<ServiceUrl.Host> hosts(ServiceUrl url, UrlParameters parameters) {
        Optional<String> names = parameters.text("host");
        Optional<String> ports = parameters.text("port");
        if (names.isEmpty() && ports.isEmpty()) {
            return url.hosts();
        }
        String[] numbers = ports.map(text -> text.split(",", -1)).orElse(new String[0]);
        List<ServiceUrl.Host> given = url.hosts();
        List<String> all = names.map(text -> List.of(text.split(",", -1)))
                .orElse(given.stream().map(ServiceUrl.Host::name).toList());
        List<ServiceUrl.Host> hosts = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String number = numbers.length == 1 ? numbers[0] : i < numbers.length ? numbers[i] : "";
            if (!number.isEmpty() && !(number.matches("[1-9]\\d{0,4}") && Integer.parseInt(number) <= 65_535)) {
                parameters.refuse("port", "is not a number from 1 to 65535");
                return List.of();
            }
            Optional<Integer> port = number.isEmpty() ? Optional.empty() : Optional.of(Integer.valueOf(number));
            hosts.add(new ServiceUrl.Host(all.get(i), i < given.size() ? port.or(given.get(i)::port) : port));
        }
        return hosts;
    }

    private static Properties properties(UrlParameters parameters) {
        Properties properties = new Properties();
        properties.setProperty(
                "tcpKeepAlive",
                Boolean.toString(
                        parameters.oneOf("keepalives", "1", List.of("0", "1")).equals("1")));
        VERBATIM.forEach((name, driverName) ->
                parameters.text(name).ifPresent(value -> properties.setProperty(driverName, value)));
        Optional<String> authorities = parameters.text("sslrootcert");
        boolean system = authorities.filter("system"::equals).isPresent();
        String mode = parameters.oneOf("sslmode", system ? "verify-full" : "prefer", SSL_MODES);
        if (system) {
            if (!mode.equals("verify-full")) {
                parameters.refuse("sslmode", "verifies too little for sslrootcert=system; write verify-full");
            }
            if (properties.containsKey("sslcert")) {
                parameters.refuse("sslcert", "does not go with sslrootcert=system; name the file with the authorities");
            }
            properties.remove("sslrootcert");
            properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
        }
        // Where there is a file to verify with, libpq does.
        properties.setProperty("sslmode", mode.equals("require") && authorities.isPresent() ? "verify-ca" : mode);
        properties.setProperty(
                "channelBinding",
                parameters.oneOf("channel_binding", "prefer", List.of("disable", "prefer", "require")));
        properties.setProperty(
                "gssEncMode", parameters.oneOf("gssencmode", "disable", List.of("disable", "prefer", "require")));
        String attributes = parameters.oneOf("target_session_attrs", "any", List.copyOf(SERVER_TYPES.keySet()));
        properties.setProperty("targetServerType", SERVER_TYPES.getOrDefault(attributes, "any"));
        parameters.oneOf("client_encoding", "UTF8", List.of("UTF8", "utf8", "UTF-8", "utf-8", "auto"));
        return properties;
    }
}
