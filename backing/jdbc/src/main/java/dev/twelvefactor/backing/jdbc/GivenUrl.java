package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code jdbc:} URL, for the driver as it is, but for the parameters of the pool, which no driver knows. */
final class GivenUrl {
    private static final Pattern POOL = Pattern.compile("([?&;])(pool\\.[^=&;]*)=([^&;]*)");
    private static final Pattern KIND = Pattern.compile("jdbc:([^:]+):.*", Pattern.DOTALL);

    private GivenUrl() {}

    static Database database(ServiceUrl url) {
        String text = url.jdbc().orElseThrow().reveal();
        Matcher pool = POOL.matcher(text);
        StringBuilder query = new StringBuilder();
        while (pool.find()) {
            query.append(query.isEmpty() ? "?" : "&")
                    .append(pool.group(2))
                    .append('=')
                    .append(pool.group(3));
        }
        // What is left begins with a question mark again, where the pool's parameters were the first.
        String rest = POOL.matcher(text)
                .replaceAll(found -> found.group(1).equals("?") ? "?" : "")
                .replace("?&", "?")
                .replaceFirst("\\?$", "");
        return new Database(
                url,
                Secret.of(rest),
                new Properties(),
                pool(url, query.toString()),
                Optional.empty(),
                kind(text),
                "",
                "it");
    }

    /** What is wrong with them is told of the variable that the URL came from. */
    private static Database.Pool pool(ServiceUrl url, String query) {
        UrlParameters parameters = UrlParameters.of(ServiceUrl.parse("pool://pool" + query));
        Database.Pool pool = Database.Pool.of(parameters);
        try {
            parameters.end();
        } catch (ConfigException e) {
            throw url.refused(e.problems().get(0).message());
        }
        return pool;
    }

    private static String kind(String text) {
        Matcher kind = KIND.matcher(text);
        String name = kind.matches() ? kind.group(1) : "";
        return Map.of("postgresql", "PostgreSQL", "mysql", "MySQL", "mariadb", "MariaDB")
                .getOrDefault(name, name);
    }
}
