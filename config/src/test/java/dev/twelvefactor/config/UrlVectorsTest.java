package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Service URLs beside what other programs make of them, as {@link VectorsTest} does it for other forms: what all agree on is ours too, and where they differ, a row of
 * {@code docs/config.md} says what ours is.
 */
class UrlVectorsTest {
    private static final Path OUTCOMES = Path.of("../../shared/vectors");
    private static final Pattern ROW = Pattern.compile("\\| ([a-z ]+) \\| url \\| `(.*?)` \\| (.+?) \\| .+ \\|");

    /** The one is fed another text, and the other reads more of an environment than its URL. */
    private static final Set<String> NO_PARSERS = Set.of("pgjdbc-42.7.14", "heroku-jvm-buildpack");

    /** What in a URL brings a choice into play. */
    private static final Map<String, Pattern> SIGNS = signs(
            "no scheme", "^(?![A-Za-z][A-Za-z0-9+.-]*://)",
            "scheme", "^(https?|unknown-scheme|mysql(-x)?|postgre|loadbalance|replication|sqlite|ldap|jdbc)://",
            "white space", "\\s",
            "fragment", "#",
            "at sign", "//[^/?]*@[^/?]*@|//[^@/?]*[/?].*@",
            "nameless host", "//([^/?@]*@|(?![^/?]*@))([:,]|[^/?]*,([,/?]|$))",
            "no host", "//([^/?@]*@)?([/?]|$)",
            "empty part", "//(:@|[^/?]*:([/?,]|$))",
            "hosts", "//[^/?]*,",
            "brackets", "\\[",
            "encoded host", "//([^/?@]*@)?[^/?@]*%",
            "percent", "%(?![0-9A-Fa-f]{2})|%00",
            "plus", "\\?.*\\+",
            "twice", "[?&]([^=&]+)=[^&]*&(.*&)?\\1=",
            "no value", "\\?(.*&)?([^=&]+(&|$)|&|[^=&]*=[^&]*=)",
            "part as parameter", "[?&](u(s|%73)er|host|port|dbname|db|database|addr|ssl)=",
            "other parameter",
                    "[?&](u(z|%7a)er|m(in|ax)_protocol_version|pool_(size|fifo)|abc|(socket_)?timeout|heartbeat|connection_timeout|channel_max)=",
            "user alone", "^redis\\S*?//[^:@/?]+:?@",
            "path", "^(amqps?|redis)://[^/?]+/($|[a-z]+$|[0-9%].*/)",
            "environment", "sslrootcert=system");

    /** The choices in which we are alone, as the document says. */
    private static final Set<String> ALONE = Set.of(
            "no scheme",
            "scheme",
            "white space",
            "fragment",
            "at sign",
            "nameless host",
            "no host",
            "brackets",
            "encoded host",
            "plus",
            "twice",
            "no value",
            "part as parameter",
            "other parameter",
            "user alone",
            "path");

    private static Map<String, Pattern> signs(String... namesAndPatterns) {
        Map<String, Pattern> signs = new LinkedHashMap<>();
        for (int i = 0; i < namesAndPatterns.length; i += 2) {
            signs.put(namesAndPatterns[i], Pattern.compile(namesAndPatterns[i + 1]));
        }
        return signs;
    }

    private static List<Matcher> rows() throws IOException {
        return Files.readAllLines(Path.of("../docs/config.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    /** How a URL's parts look in the document. */
    private static String parts(String text) {
        try {
            ServiceUrl url = ServiceUrl.parse(text);
            List<String> parts = new ArrayList<>();
            url.user().ifPresent(user -> parts.add("user=" + user));
            url.password().ifPresent(password -> parts.add("password=" + password.reveal()));
            url.hosts()
                    .forEach(host -> parts.add("host=" + host.name()
                            + host.port().map(port -> " " + port).orElse("")));
            url.path().ifPresent(path -> parts.add("path=" + path));
            url.parameters().forEach((name, value) -> parts.add("?" + name + "=" + value));
            return String.join(", ", parts);
        } catch (IllegalArgumentException e) {
            return "refused";
        }
    }

    @TestFactory
    Stream<DynamicTest> reads_every_row_as_the_document_says() throws IOException {
        List<Matcher> rows = rows();
        assertThat(rows).hasSizeGreaterThan(20);
        return rows.stream()
                .map(row -> DynamicTest.dynamicTest(row.group(2), () -> assertThat(parts(row.group(2)))
                        .isEqualTo(row.group(3).replace("`", ""))));
    }

    @Test
    void has_a_choice_for_every_sign() throws IOException {
        Set<String> named = rows().stream().map(row -> row.group(1)).collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isEqualTo(new TreeSet<>(SIGNS.keySet()));
    }

    @TestFactory
    Stream<DynamicTest> agrees_with_the_others_or_has_chosen() {
        return !Files.isDirectory(OUTCOMES)
                ? Stream.of()
                : Stream.of("database", "redis", "amqp")
                        .map(kind -> DynamicTest.dynamicTest(kind, () -> replay(kind, outcomes(kind))));
    }

    private static Config outcomes(String kind) {
        return ConfigFactory.parseFile(OUTCOMES.resolve(kind + "_urls.json").toFile());
    }

    private static void replay(String kind, Config outcomes) {
        List<String> undecided = new ArrayList<>();
        int agreed = 0;
        int chosen = 0;
        for (Config one : outcomes.getConfigList("cases")) {
            String input = one.getString("input");
            Optional<ServiceUrl> ours = parsed(input);
            List<Boolean> same = new ArrayList<>();
            for (Map.Entry<String, ConfigValue> program :
                    one.getObject("expected").entrySet()) {
                if (!NO_PARSERS.contains(program.getKey())) {
                    Config theirs = ((ConfigObject) program.getValue()).toConfig();
                    same.add(new Theirs(kind, program.getKey(), theirs).isSameAs(ours));
                }
            }
            Set<String> choices = SIGNS.entrySet().stream()
                    .filter(sign -> sign.getValue().matcher(input).find())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
            if (one.hasPath("env") && !one.getObject("env").isEmpty()) {
                choices.add("environment");
            }
            boolean alone = same.stream().noneMatch(yes -> yes) && !one.getBoolean("disputed");
            if (same.stream().allMatch(yes -> yes)) {
                agreed++;
            } else if (alone ? choices.stream().anyMatch(ALONE::contains) : !choices.isEmpty()) {
                chosen++;
            } else {
                undecided.add(one.getString("id") + " " + input);
            }
        }
        System.err.println(kind + " URLs: " + agreed + " as all others, " + chosen + " by choice");
        assertThat(undecided).isEmpty();
        assertThat(agreed).isPositive();
    }

    private static Optional<ServiceUrl> parsed(String text) {
        try {
            // A jdbc: URL is not read but handed on.
            return Optional.of(ServiceUrl.parse(text)).filter(url -> url.jdbc().isEmpty());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What a program made of a URL; a default that it fills in counts as the absence that it is. */
    private record Theirs(String kind, String program, Config outcome) {
        private record Place(String name, int port) {}

        boolean isSameAs(Optional<ServiceUrl> ours) {
            boolean refused =
                    outcome.hasPath("error") || (outcome.hasPath("accepts") && !outcome.getBoolean("accepts"));
            return refused ? ours.isEmpty() : ours.isPresent() && isSame(ours.get());
        }

        private boolean isSame(ServiceUrl url) {
            String user = url.user().orElse("");
            String password = url.password().map(Secret::reveal).orElse("");
            boolean socket = url.scheme().matches("unix|redis.socket");
            return text("user")
                            .or(() -> text("username"))
                            .map(blankOr("guest"))
                            .map(user::equals)
                            .orElse(true)
                    && text("password")
                            .map(blankOr("guest"))
                            .map(password::equals)
                            .orElse(true)
                    && (socket || places().map(places(url)::equals).orElse(true))
                    && text("database")
                            .map(name -> name.equals(url.path().orElse("")) || name.equals(":memory:"))
                            .orElse(true)
                    && text("db")
                            .map(number -> socket
                                    || number.equals(url.path()
                                            .filter(path -> !path.isEmpty())
                                            .orElse("0")))
                            .orElse(true)
                    && text("vhost")
                            .map(vhost -> vhost.equals(url.path().orElse(program.equals("spec") ? "" : "/")))
                            .orElse(true)
                    && text("tls")
                            .map(tls -> kind.equals("database")
                                    || Boolean.parseBoolean(tls)
                                            == url.scheme().matches("rediss|amqps|redis.(ssl|tls)|rediss-sentinel"))
                            .orElse(true)
                    && parameters().map(url.parameters()::equals).orElse(true);
        }

        /** What the broker's clients put in the place of nothing. */
        private UnaryOperator<String> blankOr(String fallback) {
            return text -> kind.equals("amqp") && !program.equals("spec") && text.equals(fallback) ? "" : text;
        }

        private Optional<String> text(String key) {
            return outcome.root().containsKey(key)
                    ? Optional.of(Objects.toString(outcome.root().get(key).unwrapped(), "")
                            .replaceFirst("^null$", ""))
                    : Optional.empty();
        }

        private Optional<List<Place>> places() {
            for (String key : List.of("hosts", "nodes")) {
                if (outcome.root().containsKey(key)) {
                    return Optional.of(sorted(outcome.getConfigList(key).stream()
                            .map(host -> place(
                                    host.hasPath("host") ? host.getString("host") : "",
                                    host.hasPath("port") ? host.getInt("port") : 0))
                            .toList()));
                }
            }
            return text("host")
                    .map(host -> List.of(place(
                            host,
                            outcome.hasPath("port") && outcome.getValue("port").valueType() == ConfigValueType.NUMBER
                                    ? outcome.getInt("port")
                                    : 0)));
        }

        private List<Place> places(ServiceUrl url) {
            List<Place> all = url.hosts().stream()
                    .map(host -> place(host.name(), host.port().orElse(0)))
                    .toList();
            return all.isEmpty() ? List.of(place("", 0)) : sorted(all);
        }

        private static List<Place> sorted(List<Place> places) {
            return places.stream().sorted(Comparator.comparing(Place::toString)).toList();
        }

        private Place place(String host, int port) {
            boolean usual = Set.of(0, 5432, 3306, 6379, 26379, 5671, 5672).contains(port);
            return new Place(host.equals("localhost") ? "" : host, usual ? 0 : port);
        }

        private Optional<Map<String, String>> parameters() {
            if (!outcome.root().containsKey("params")) {
                return Optional.empty();
            }
            Map<String, String> parameters = new LinkedHashMap<>();
            outcome.getObject("params")
                    .forEach((name, value) -> parameters.put(name, String.valueOf(value.unwrapped())));
            return Optional.of(parameters);
        }
    }

    @TestFactory
    Stream<DynamicTest> decodes_as_the_others_do() {
        if (!Files.isDirectory(OUTCOMES)) {
            return Stream.of();
        }
        return outcomes("database").getConfig("percent_decode_cases").getConfigList("cases").stream()
                .map(one -> DynamicTest.dynamicTest(one.getString("id"), () -> {
                    String input = one.getString("input");
                    Config theirs = one.getConfig("expected.pgx");
                    // White space around a value is refused here, and cut off there.
                    boolean wanted = theirs.hasPath("value") && input.equals(input.strip());
                    Optional<ServiceUrl> inPath = parsed("x://h/" + input + "?a=b");
                    Optional<ServiceUrl> inPassword = parsed("x://u:" + input + "@h/");
                    assertThat(inPath.flatMap(ServiceUrl::path))
                            .isEqualTo(wanted ? Optional.of(theirs.getString("value")) : Optional.empty());
                    assertThat(inPassword.flatMap(ServiceUrl::password).map(Secret::reveal))
                            .isEqualTo(wanted ? Optional.of(theirs.getString("value")) : Optional.empty());
                }));
    }

    @TestFactory
    Stream<DynamicTest> shows_none_of_the_secrets_that_others_hide() {
        if (!Files.isDirectory(OUTCOMES)) {
            return Stream.of();
        }
        return outcomes("database").getConfigList("redaction_cases").stream()
                .map(one -> DynamicTest.dynamicTest(one.getString("id"), () -> {
                    String shown;
                    try {
                        ServiceUrl url = ServiceUrl.parse(one.getString("input"));
                        // What is wrong with it is the value of a parameter, and for its attacher to refuse.
                        assertThat(url.parameters()).containsEntry("sslmode", "invalid");
                        shown = url + " " + url.refused("is refused").getMessage();
                    } catch (IllegalArgumentException e) {
                        shown = String.valueOf(e.getMessage());
                    }
                    assertThat(shown).doesNotContain(one.getStringList("error_must_not_contain"));
                }));
    }
}
