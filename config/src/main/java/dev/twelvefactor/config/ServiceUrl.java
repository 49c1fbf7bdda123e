package dev.twelvefactor.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a backing service: {@code scheme://user:password@host:port/path?parameter=value}. RFC 3986 with the rules of PostgreSQL's libpq
 * where that one is silent: several hosts with commas between them, IPv6 in brackets, a socket's directory as {@code %2Fvar%2Frun}. Percent
 * decoding is strict, {@code +} is a plus, and {@code %00} is refused. A {@code jdbc:} URL is taken as it is. Its {@code toString}, and whatever is said of it when it is wrong, hides
 * the password and every parameter that is not known to be harmless.
 *
 * @see <a href="https://12factor.net/backing-services">The twelve-factor app, IV: backing services</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986">RFC 3986</a>
 */
public final class ServiceUrl {
    /** How a service URL is written, for messages. */
    static final String FORM = "scheme://user:password@host:port/name";

    /** Parameters whose values are shown. Nobody can list all the names that a secret has. */
    private static final Pattern HARMLESS = Pattern.compile(
            "(?i)(ssl|tls)(_?mode)?|tls\\.(verify|name)|(application|client)_?name|db|database|charset|encoding|region|heartbeat|.*time_?out(_ms)?|(pool|lease)\\..*|(max|min)_.*");

    private static final Set<String> USERS_WITHOUT_PASSWORD = Set.of("postgres", "postgresql", "mysql", "mariadb");

    private final Parts parts;
    private final Optional<Source> source;

    private ServiceUrl(Parts parts, Optional<Source> source) {
        this.parts = parts;
        this.source = source;
    }

    /** {@code latest} is what the files said when they last held a URL. */
    private record Source(
            String variable,
            String origin,
            Optional<Supplier<String>> current,
            AtomicReference<@Nullable Parts> latest) {}

    /** What the text holds, decoded. */
    record Parts(
            String scheme,
            Optional<String> user,
            Optional<Secret> password,
            List<Host> hosts,
            Optional<String> path,
            List<String> segments,
            Map<String, String> parameters,
            Optional<Secret> jdbc) {
        static Parts ofJdbc(String text) {
            return new Parts(
                    "jdbc",
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty(),
                    List.of(),
                    Map.of(),
                    Optional.of(Secret.of(text)));
        }
    }

    /**
     * One of the hosts.
     *
     * @param name a name, an address (IPv6 without brackets) or the directory of a socket
     * @param port empty if the service's own default is meant
     */
    public record Host(String name, Optional<Integer> port) {
        @Override
        public String toString() {
            boolean address = name.contains(":") && !name.contains("/");
            String shown = address
                    ? "[" + name.replace("%", "%25") + "]"
                    : encoded(name).replace(":", "%3A");
            return shown + port.map(number -> ":" + number).orElse("");
        }
    }

    /**
     * Reads a URL.
     *
     * @throws IllegalArgumentException if it is none; the message says what is wrong and repeats nothing that may be secret
     */
    public static ServiceUrl parse(String text) {
        return new ServiceUrl(ServiceUrlParser.parse(text), Optional.empty());
    }

    ServiceUrl readFrom(String variable, Environment.Value value) {
        return new ServiceUrl(
                parts, Optional.of(new Source(variable, value.origin(), value.current(), new AtomicReference<>())));
    }

    /**
     * The URL as it is now: if it came from a file that has changed since, what the file says, for a new connection with a password that was rotated. What is no URL, in
     * the middle of a change say, leaves it as it is.
     */
    public ServiceUrl current() {
        if (source.isEmpty() || source.get().current().isEmpty()) {
            return this;
        }
        Source from = source.get();
        Parts now;
        try {
            now = ServiceUrlParser.parse(from.current().get().get());
            from.latest().set(now);
        } catch (IllegalArgumentException e) {
            now = from.latest().get();
        }
        return now == null ? this : new ServiceUrl(now, source);
    }

    /** The scheme, in lower case. */
    public String scheme() {
        return parts.scheme();
    }

    /** The user's name, if there is one; it may be empty. */
    public Optional<String> user() {
        return parts.user();
    }

    /** The password, if there is one; it may be empty. */
    public Optional<Secret> password() {
        return parts.password();
    }

    /** The hosts, in their order; none if the URL names none. */
    public List<Host> hosts() {
        return parts.hosts();
    }

    /** What follows the hosts, decoded and without its leading slash; empty if there is no slash. */
    public Optional<String> path() {
        return parts.path();
    }

    /** The parts of the path between its slashes, each decoded on its own: {@code %2F} is part of a segment. None if there is no path. */
    public List<String> segments() {
        return parts.segments();
    }

    /** The parameters of the query, decoded, in their order. Some may be secret: do not show them. */
    public Map<String, String> parameters() {
        return parts.parameters();
    }

    /** The whole text of a {@code jdbc:} URL, whose grammar is its driver's: nothing else of it is known here, and so all of it counts as secret. */
    public Optional<Secret> jdbc() {
        return parts.jdbc();
    }

    /**
     * The exception for a URL that is well formed and yet not usable, filed under the variable that it was read from.
     *
     * @param why what is wrong and what to write instead, as what follows "DATABASE_URL …"
     */
    public ConfigException refused(String why) {
        return new ConfigException(List.of(source.map(from -> Problem.of(from.variable(), why, from.origin()))
                .orElseGet(() -> Problem.missing(toString(), why))));
    }

    /** The URL with its secrets hidden. */
    @Override
    public String toString() {
        if (parts.jdbc().isPresent()) {
            String text = parts.jdbc().get().reveal();
            return text.substring(0, text.indexOf(':', "jdbc:".length()) + 1) + Secret.MASK;
        }
        StringBuilder shown = new StringBuilder(scheme()).append("://");
        user().ifPresent(user -> shown.append(isToken() ? Secret.MASK : encoded(user)));
        password().ifPresent(password -> shown.append(':').append(Secret.MASK));
        if (user().isPresent() || password().isPresent()) {
            shown.append('@');
        }
        shown.append(hosts().stream().map(Host::toString).collect(Collectors.joining(",")));
        path().ifPresent(path -> shown.append('/').append(encoded(path).replace("%2F", "/")));
        String query = parameters().entrySet().stream()
                .map(parameter -> encoded(parameter.getKey()) + "=" + shownValue(parameter))
                .collect(Collectors.joining("&"));
        return query.isEmpty()
                ? shown.toString()
                : shown.append('?').append(query).toString();
    }

    /** A user without a password is one where databases know users by other means; elsewhere it is a token, or a password in the wrong place. */
    private boolean isToken() {
        return password().isEmpty() && !user().orElse("").isEmpty() && !USERS_WITHOUT_PASSWORD.contains(scheme());
    }

    /** The values of the parameters that are not shown. */
    List<String> secretParameters() {
        return parameters().entrySet().stream()
                .filter(parameter -> !isHarmless(parameter))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean isHarmless(Map.Entry<String, String> parameter) {
        return HARMLESS.matcher(parameter.getKey()).matches()
                && !parameter.getValue().contains("/")
                && !parameter.getValue().contains("@");
    }

    private static String shownValue(Map.Entry<String, String> parameter) {
        return isHarmless(parameter) ? encoded(parameter.getValue()) : Secret.MASK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%3A", ":");
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServiceUrl that && parts.equals(that.parts);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(parts);
    }
}
