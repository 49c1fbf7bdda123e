package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code jdbc:} URL, for the driver as it is, but for the parameters of the pool and of leases, which no driver knows. */
final class GivenUrl {
    private static final Pattern OURS = Pattern.compile("([?&;])((?:pool|lease)\\.[^=&;]*)=([^&;]*)(&?)");
    private static final Pattern KIND = Pattern.compile("jdbc:([^:]+):.*", Pattern.DOTALL);
    /** What drivers take for the host's name, or log as a port. */
    private static final Pattern WITH_USER = Pattern.compile("jdbc:[^/?;]*//[^/?;]*@.*", Pattern.DOTALL);

    private static final Map<String, String> KINDS =
            Map.of("postgresql", "PostgreSQL", "mysql", "MySQL", "mariadb", "MariaDB");
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Database.Timeouts.DEFAULT_ANSWER;
    private static final String SOCKET_TIMEOUT = "socketTimeout";
    private static final Pattern GIVEN_TIMEOUT = Pattern.compile("[?&]socketTimeout=(\\d{1,9})(?![^&])");

    private GivenUrl() {}

    static Database database(ServiceUrl url) {
        String text = url.jdbc().orElseThrow().reveal();
        if (WITH_USER.matcher(text).matches()) {
            throw url.refused(
                    "has user and password before the host, where drivers do not look for them; write postgres:, mysql: or mariadb: without jdbc:, or user=…&password=… behind the ?");
        }
        Matcher kind = KIND.matcher(text);
        String vendor = kind.matches() ? kind.group(1) : "";
        boolean known = KINDS.containsKey(vendor);
        Properties properties = new Properties();
        if (known) {
            String unit = Long.toString(vendor.equals("postgresql") ? CONNECT.toSeconds() : CONNECT.toMillis());
            for (String limit : new String[] {"connectTimeout", SOCKET_TIMEOUT}) {
                if (!text.contains(limit)) {
                    properties.setProperty(limit, unit);
                }
            }
        }
        Ours ours = ours(url, text);
        return new Database(
                url,
                Secret.of(forDriver(url)),
                properties,
                ours.pool(),
                ours.leaseTime(),
                known && !text.contains(SOCKET_TIMEOUT) ? Optional.of(ANSWER) : Optional.empty(),
                known ? statementLimit(text, vendor) : Optional.empty(),
                KINDS.getOrDefault(vendor, vendor),
                "",
                "one");
    }

    /** Less than the driver waits, so that no statement outlives its caller; nothing where the driver waits for ever. */
    private static Optional<Duration> statementLimit(String text, String vendor) {
        Matcher given = GIVEN_TIMEOUT.matcher(text);
        if (!given.find()) {
            return Optional.of(Database.Timeouts.statementWithin(ANSWER));
        }
        long number = Long.parseLong(given.group(1));
        return Optional.of(vendor.equals("postgresql") ? Duration.ofSeconds(number) : Duration.ofMillis(number))
                .filter(answer -> !answer.isZero())
                .map(Database.Timeouts::statementWithin);
    }

    /** Without those parameters; the first that stays has the question mark. */
    static String forDriver(ServiceUrl url) {
        return OURS.matcher(url.jdbc().orElseThrow().reveal()).replaceAll(found -> {
            boolean another = !found.group(4).isEmpty();
            return another ? Matcher.quoteReplacement(found.group(1)) : "";
        });
    }

    private record Ours(Database.Pool pool, Duration leaseTime) {}

    /** What is wrong with them is told of the variable that the URL came from. */
    private static Ours ours(ServiceUrl url, String text) {
        Matcher parameter = OURS.matcher(text);
        StringBuilder query = new StringBuilder();
        while (parameter.find()) {
            query.append(query.isEmpty() ? "?" : "&")
                    .append(parameter.group(2))
                    .append('=')
                    .append(parameter.group(3));
        }
        try {
            UrlParameters parameters = UrlParameters.of(ServiceUrl.parse("pool://pool" + query));
            Ours ours = new Ours(Database.Pool.of(parameters), LeaseKeeper.timeToLive(parameters));
            parameters.end();
            return ours;
        } catch (ConfigException e) {
            throw url.refused(e.problems().get(0).message());
        } catch (IllegalArgumentException e) {
            throw url.refused(String.valueOf(e.getMessage()));
        }
    }
}
