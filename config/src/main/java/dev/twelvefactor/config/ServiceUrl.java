package dev.twelvefactor.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a backing service: {@code scheme://user:password@host:port/path?parameter=value}. RFC 3986 with the rules of PostgreSQL's libpq
 * where that one is silent: several hosts with commas between them, IPv6 in brackets, a socket's directory as {@code %2Fvar%2Frun}. Percent
 * decoding is strict, {@code +} is a plus, and {@code %00} is refused. Its {@code toString}, and whatever is said of it when it is wrong, hides
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
            "(?i)(ssl|tls)(_?mode)?|(application|client)_?name|db|database|charset|encoding|region|heartbeat|.*time_?out(_ms)?|pool\\..*|(max|min)_.*");

    private final Parts parts;
    private final Optional<Source> source;

    private ServiceUrl(Parts parts, Optional<Source> source) {
        this.parts = parts;
        this.source = source;
    }

    private record Source(String variable, String origin, Optional<NamedFile> file) {}

    /** What the text holds, decoded. */
    record Parts(
            String scheme,
            Optional<String> user,
            Optional<Secret> password,
            List<Host> hosts,
            Optional<String> path,
            Map<String, String> parameters) {}

    /**
     * One of the hosts.
     *
     * @param name a name, an address (IPv6 without brackets) or the directory of a socket
     * @param port empty if the service's own default is meant
     */
    public record Host(String name, Optional<Integer> port) {
        @Override
        public String toString() {
            String shown = name.contains(":") ? "[" + name + "]" : encoded(name);
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
        return new ServiceUrl(parts, Optional.of(new Source(variable, value.origin(), value.file())));
    }

    /**
     * The URL as it is now: if it came from a file that has changed since, what the file says, for a new connection with a password that was rotated. What is no URL, in
     * the middle of a change say, leaves it as it is.
     */
    public ServiceUrl current() {
        try {
            return source.flatMap(Source::file)
                    .map(file -> new ServiceUrl(ServiceUrlParser.parse(file.text()), source))
                    .orElse(this);
        } catch (IllegalArgumentException e) {
            return this;
        }
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

    /** The parameters of the query, decoded, in their order. Some may be secret: do not show them. */
    public Map<String, String> parameters() {
        return parts.parameters();
    }

    /**
     * This URL, if it has no parameters but these.
     *
     * @throws ConfigException if it has another, with the known ones in its message
     */
    public ServiceUrl withOnlyParameters(Set<String> known) {
        for (String name : parameters().keySet()) {
            if (!known.contains(name)) {
                String advice = Suggestions.nearest(name, known)
                        .map(near -> "did you mean " + near + "?")
                        .orElseGet(() -> "known are " + String.join(", ", new TreeSet<>(known)));
                throw refused("has an unknown parameter, " + Shown.plain(name) + "; " + advice);
            }
        }
        return this;
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
        StringBuilder shown = new StringBuilder(scheme()).append("://");
        user().ifPresent(user -> shown.append(encoded(user)));
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

    private static String shownValue(Map.Entry<String, String> parameter) {
        boolean harmless = HARMLESS.matcher(parameter.getKey()).matches()
                && !parameter.getValue().contains("/")
                && !parameter.getValue().contains("@");
        return harmless ? encoded(parameter.getValue()) : Secret.MASK;
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
