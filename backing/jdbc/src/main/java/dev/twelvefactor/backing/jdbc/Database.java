package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/**
 * A database in the terms of its driver. User and password are not in it: they may change, and pools and drivers log URLs and properties.
 *
 * @param jdbcUrl what the driver is asked for; a secret where the app gave it as it is
 * @param properties what the driver gets beside it, without user and password, with time limits for the moments until a connection is open
 * @param leaseTime after which the server frees a lease whose holder it hears nothing of
 * @param answer how long an answer may take once it is; zero is for ever, and empty leaves it to the driver
 * @param statement after which the server itself ends a statement, sooner than its caller gives up; zero lifts every limit of that kind, and empty leaves it to the server
 * @param kind what it is called in a sentence
 * @param name of the database, for sentences
 * @param driver the artifact with the driver
 */
record Database(
        ServiceUrl url,
        Secret jdbcUrl,
        Properties properties,
        Pool pool,
        Duration leaseTime,
        Optional<Duration> answer,
        Optional<Duration> statement,
        String kind,
        String name,
        String driver) {
    private static final int ANSWERS_IN_A_LEASE = 6;

    /**
     * How long things may take.
     *
     * @param connect to open a connection
     * @param answer until the caller gives up on an answer
     * @param statement until the server ends a statement: less, since a statement that outlives its caller would take effect after the caller has reported that it failed
     */
    record Timeouts(Duration connect, Duration answer, Duration statement) {
        static final Duration DEFAULT_ANSWER = Duration.ofSeconds(10);
        private static final Duration MAX = Duration.ofDays(1);
        private static final Duration SECOND = Duration.ofSeconds(1);
        private static final Duration MILLISECOND = Duration.ofMillis(1);

        static Timeouts of(UrlParameters parameters) {
            // Bare numbers count what the databases' own settings count.
            Duration connect =
                    parameters.duration("connect_timeout", Duration.ofSeconds(3), Duration.ofMinutes(1), SECOND);
            Duration answer = parameters.duration("socket_timeout", DEFAULT_ANSWER, MAX, SECOND);
            Duration statement = parameters.duration("statement_timeout", statementWithin(answer), MAX, MILLISECOND);
            if (parameters.text("statement_timeout").isPresent()
                    && parameters.text("socket_timeout").isEmpty()) {
                answer = statement.multipliedBy(10).dividedBy(9).plusMillis(1);
            }
            requireLess(parameters, "statement_timeout", "is", statement, answer);
            return new Timeouts(connect, answer, statement);
        }

        static Duration statementWithin(Duration answer) {
            return answer.multipliedBy(9).dividedBy(10);
        }

        Timeouts withStatement(Duration given) {
            return new Timeouts(connect, answer, given);
        }

        static void requireLess(
                UrlParameters parameters, String name, String verb, Duration statement, Duration answer) {
            if (statement.compareTo(answer) >= 0 || statement.isZero()) {
                parameters.refuse(
                        name,
                        verb + " not less than socket_timeout (" + answer.toMillis()
                                + "ms), so the server would carry out a statement after its caller has given up;"
                                + " write less, or a longer socket_timeout");
            }
        }
    }

    /** What is the pool's among the parameters. */
    record Pool(int most, int idle, Duration timeout, Duration longestLife) {
        static final List<String> NAMES = List.of("pool.max", "pool.min", "pool.timeout", "pool.max_lifetime");

        static Pool of(UrlParameters parameters) {
            int most = parameters.number("pool.max", 10, 1, 1000);
            return new Pool(
                    most,
                    parameters.number("pool.min", Math.min(1, most), 0, most),
                    // HikariCP takes no less, and puts another value in its place without a word.
                    atLeast(
                            parameters,
                            "pool.timeout",
                            Duration.ofSeconds(3),
                            Duration.ofMillis(250),
                            Duration.ofMinutes(1)),
                    atLeast(
                            parameters,
                            "pool.max_lifetime",
                            Duration.ofMinutes(30),
                            Duration.ofSeconds(30),
                            Duration.ofDays(1)));
        }

        private static Duration atLeast(
                UrlParameters parameters, String name, Duration fallback, Duration least, Duration most) {
            Duration given = parameters.duration(name, fallback, most);
            if (given.compareTo(least) < 0) {
                parameters.refuse(name, "is less than " + least.toMillis() + "ms");
            }
            return given;
        }
    }

    /**
     * The database that a URL means.
     *
     * @throws ConfigException if it means none, or the parameters are wrong
     */
    static Database of(ServiceUrl url) {
        return switch (url.scheme()) {
            case "postgres", "postgresql" -> PostgresUrl.database(url);
            case "mysql", "mariadb" -> MysqlUrl.database(url);
            case "jdbc" -> GivenUrl.database(url);
            default ->
                throw url.refused("has the scheme " + url.scheme()
                        + "; write postgres://user:password@host:5432/database, mysql: or mariadb:");
        };
    }

    /** The same, with no limit to how long a statement may take. */
    Database forLongStatements() {
        return answering(answer.map(limit -> Duration.ZERO), statement.map(limit -> Duration.ZERO), properties);
    }

    /** The same for leases: they are of no use on a standby, and that an answer does not come has to be known long before their time is over. */
    Database forLeases() {
        Properties ofPrimary = new Properties();
        ofPrimary.putAll(properties);
        if (kind.equals("PostgreSQL")) {
            ofPrimary.setProperty("targetServerType", "primary");
        }
        Duration limit = leaseTime.dividedBy(ANSWERS_IN_A_LEASE);
        Duration wait = answer.filter(given -> given.compareTo(limit) < 0 && !given.isZero())
                .orElse(limit);
        Duration most = Timeouts.statementWithin(wait);
        return answering(
                Optional.of(wait),
                Optional.of(statement.filter(given -> given.compareTo(most) < 0).orElse(most)),
                ofPrimary);
    }

    private Database answering(
            Optional<Duration> answerLimit, Optional<Duration> statementLimit, Properties withProperties) {
        return new Database(
                url, jdbcUrl, withProperties, pool, leaseTime, answerLimit, statementLimit, kind, name, driver);
    }

    /** What the driver is asked for: a URL that was given as it is may hold a password, and that may have been rotated. */
    String jdbcUrlNow() {
        return url.jdbc().isPresent() ? GivenUrl.forDriver(url.current()) : jdbcUrl.reveal();
    }

    /** What an operator should know of how the server is verified. */
    List<String> warnings() {
        String mode = properties.getProperty("sslmode", properties.getProperty("sslMode", ""));
        return mode.equals("require") || mode.equals("REQUIRED") || mode.equals("trust")
                ? List.of(
                        "the server's certificate is not verified; name its authority, or write verify-full (VERIFY_IDENTITY)")
                : List.of();
    }

    /** What tells one user's sessions from another's: of a URL for the driver all of it, since the user may be anywhere in that. */
    String identityNow() {
        return url.jdbc().isPresent() ? jdbcUrlNow() : user().orElse("");
    }

    /** The user as it is now, or empty where the URL names none. */
    Optional<String> user() {
        ServiceUrl now = url.current();
        return Optional.ofNullable(now.parameters().get("user"))
                .filter(user -> !user.isBlank())
                .or(now::user)
                .filter(user -> !user.isEmpty());
    }

    /** What a driver gets for one connection: a file that holds the URL may have been rotated since the last one. */
    Properties propertiesNow() {
        Properties all = new Properties();
        all.putAll(properties);
        ServiceUrl now = url.current();
        user().ifPresent(user -> all.setProperty("user", user));
        Optional.ofNullable(now.parameters().get("password"))
                .filter(password -> !password.isBlank())
                .or(() -> now.password().map(Secret::reveal))
                .ifPresent(password -> all.setProperty("password", password));
        return all;
    }

    /** Refuses a URL without hosts or a database, or with a socket. */
    static void requireHostAndName(ServiceUrl url, List<ServiceUrl.Host> hosts, String name, String form) {
        if (hosts.isEmpty()) {
            throw url.refused("names no host; write " + form);
        }
        if (hosts.stream().anyMatch(host -> host.name().contains("/"))) {
            throw url.refused("names a socket, which the driver cannot use; write host:port");
        }
        if (name.isEmpty()) {
            throw url.refused("names no database; write " + form);
        }
    }

    static String bracketed(ServiceUrl.Host host, int port) {
        String name = host.name().contains(":") ? "[" + host.name() + "]" : host.name();
        return name + ":" + host.port().orElse(port);
    }
}
