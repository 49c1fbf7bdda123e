package dev.twelvefactor.http;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Lets pages of other origins call these routes: {@code routes.filter(Cors.of("https://shop.example.org"))}, outside of all groups, so that it answers the
 * browser's questions (preflights) too. Any request is still answered, since this protects nobody: it tells browsers which pages may read the answer.
 *
 * @param origins as a browser sends them, {@code https://shop.example.org}; {@code *} alone is every origin, without credentials
 * @param methods that a page may use
 * @param headers that a page may send, besides those that it always may
 * @param exposed header fields of the response that a page may read, besides those that it always may
 * @param credentials whether a page may send cookies
 * @param maxAge how long a browser may remember the answer
 * @see <a href="https://fetch.spec.whatwg.org/#http-cors-protocol">The CORS protocol</a>
 */
public record Cors(
        Set<String> origins,
        List<String> methods,
        List<String> headers,
        List<String> exposed,
        boolean credentials,
        Duration maxAge)
        implements Filter {
    private static final Pattern ORIGIN =
            Pattern.compile("([a-z][a-z0-9+.-]*)://(\\[[0-9a-f:.]+]|[^/?#:*\\s\\[\\]]+)(:\\d{1,5})?");
    static final Map<String, String> DEFAULT_PORTS = Map.of("http", ":80", "https", ":443");

    /**
     * Takes origins in any case and with the port that is the default of their scheme, and keeps them as a browser sends them.
     *
     * @throws IllegalArgumentException for what no browser sends as an origin, and for {@code *} with credentials or beside others
     */
    public Cors {
        origins = origins.stream().map(Cors::asSent).collect(Collectors.toUnmodifiableSet());
        methods = List.copyOf(methods);
        headers = List.copyOf(headers);
        exposed = List.copyOf(exposed);
        if (origins.contains("*") && (credentials || origins.size() > 1)) {
            throw new IllegalArgumentException(
                    "* is every origin, alone and without credentials; list the origins instead");
        }
    }

    /** Browsers write the scheme and the host in lower case, international names in ASCII, and leave the default port out. */
    static String asSent(String origin) {
        if (origin.equals("*")) {
            return origin;
        }
        Matcher parts = ORIGIN.matcher(origin.toLowerCase(Locale.ROOT));
        if (!parts.matches() || !Grammar.isHost(parts.group(2))) {
            throw new IllegalArgumentException(
                    "\"" + origin
                            + "\" is no origin; write https://shop.example.org, without a slash after it and with an international name as xn--…");
        }
        String port = parts.group(3) == null || parts.group(3).equals(DEFAULT_PORTS.get(parts.group(1)))
                ? ""
                : parts.group(3);
        return parts.group(1) + "://" + parts.group(2) + port;
    }

    /** The usual: GET, HEAD, POST, PUT, PATCH and DELETE, with {@code Content-Type} and {@code Authorization}, without cookies, remembered for ten minutes. */
    public static Cors of(String... origins) {
        return new Cors(
                new LinkedHashSet<>(List.of(origins)),
                List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
                List.of("Content-Type", "Authorization"),
                List.of(),
                false,
                Duration.ofMinutes(10));
    }

    /** The same with cookies. */
    public Cors withCredentials() {
        return new Cors(origins, methods, headers, exposed, true, maxAge);
    }

    @Override
    public Response handle(Request request, Handler next) throws Exception {
        Optional<String> origin = request.header("Origin");
        boolean everybody = origins.contains("*");
        boolean allowed = everybody
                || origin.map(given -> origins.contains(given.toLowerCase(Locale.ROOT)))
                        .orElse(false);
        boolean preflight = request.method().equals("OPTIONS")
                && origin.isPresent()
                && request.header("Access-Control-Request-Method").isPresent();
        Response response = preflight ? Response.noContent() : next.handle(request);
        if (!everybody) {
            // Also where none is allowed: a cache must not give that answer to another origin.
            response = response.withHeader("Vary", "Origin");
        }
        if (!allowed) {
            return response;
        }
        // To a request without an origin too if it is for everybody: a cache gives the same answer to pages.
        response = response.withHeader("Access-Control-Allow-Origin", everybody ? "*" : origin.orElseThrow());
        if (credentials) {
            response = response.withHeader("Access-Control-Allow-Credentials", "true");
        }
        if (preflight) {
            return withIfAny(
                            withIfAny(response, "Access-Control-Allow-Methods", methods),
                            "Access-Control-Allow-Headers",
                            headers)
                    .withHeader("Access-Control-Max-Age", Long.toString(maxAge.toSeconds()));
        }
        return withIfAny(response, "Access-Control-Expose-Headers", exposed);
    }

    private static Response withIfAny(Response response, String name, List<String> values) {
        return values.isEmpty() ? response : response.withHeader(name, String.join(", ", values));
    }
}
