package dev.twelvefactor.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** A request, as a value: whole, with its body. A test makes one without a server: {@code Request.of("GET", "/entries/7")}. */
public final class Request {
    private final Head head;
    private final byte[] body;
    private final Map<String, String> pathParameters;
    private final @Nullable SessionHolder sessions;

    /** Everything but the body. */
    record Head(
            String method,
            String rawPath,
            Map<String, List<String>> query,
            TreeMap<String, List<String>> headers,
            String remoteAddress,
            boolean secure) {}

    Request(Head head, byte[] body, Map<String, String> pathParameters, @Nullable SessionHolder sessions) {
        this.head = head;
        this.body = body;
        this.pathParameters = pathParameters;
        this.sessions = sessions;
    }

    /**
     * A request for a test.
     *
     * @param target a path, with a query behind it if there is one
     */
    public static Request of(String method, String target) {
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        Map<String, List<String>> query = question < 0 ? Map.of() : FormData.parse(target.substring(question + 1));
        Head head = new Head(method, path, query, new TreeMap<>(String.CASE_INSENSITIVE_ORDER), "127.0.0.1", false);
        return new Request(head, new byte[0], Map.of(), null);
    }

    /** The same with one more header field. */
    public Request withHeader(String name, String value) {
        TreeMap<String, List<String>> headers = new TreeMap<>(head.headers());
        headers.put(name, List.of(value));
        Head other =
                new Head(head.method(), head.rawPath(), head.query(), headers, head.remoteAddress(), head.secure());
        return new Request(other, body, pathParameters, sessions);
    }

    /** The same with this body. */
    public Request withBody(String contentType, String text) {
        Request typed = withHeader("Content-Type", contentType);
        return new Request(typed.head, text.getBytes(StandardCharsets.UTF_8), pathParameters, sessions);
    }

    Request withPath(Map<String, String> parameters) {
        return new Request(head, body, parameters, sessions);
    }

    Request withSessions(SessionHolder holder) {
        return new Request(head, body, pathParameters, holder);
    }

    /** {@code GET}, {@code POST}, … */
    public String method() {
        return head.method();
    }

    /** The path, decoded, without the query. */
    public String path() {
        return RequestPath.decoded(head.rawPath());
    }

    String rawPath() {
        return head.rawPath();
    }

    /** A part of the path that the route's template names: {@code id} of {@code /entries/{id}}. */
    public String path(String name) {
        String value = pathParameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route's template has no {" + name + "}");
        }
        return value;
    }

    /** The same, read by {@code parser}; a part that it refuses is no address of ours, hence 404. */
    public <T> T path(String name, Function<String, T> parser) {
        String text = path(name);
        try {
            return parser.apply(text);
        } catch (RuntimeException e) {
            throw new HttpException(404, "There is nothing under this address.");
        }
    }

    /** The first value of a parameter of the query. */
    public Optional<String> query(String name) {
        return head.query().getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The first value of a header field, in whatever case its name is written. */
    public Optional<String> header(String name) {
        return head.headers().getOrDefault(name, List.of()).stream().findFirst();
    }

    /** The value of a cookie, without the quotes that it may stand in (RFC 6265, 4.1.1). */
    public Optional<String> cookie(String name) {
        return head.headers().getOrDefault("Cookie", List.of()).stream()
                .flatMap(line -> List.of(line.split(";")).stream())
                .map(String::strip)
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> unquoted(pair.substring(name.length() + 1)))
                .findFirst();
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** The address of the client; behind a trusted proxy, the one that the proxy reports. */
    public String remoteAddress() {
        return head.remoteAddress();
    }

    /** Whether the client came by HTTPS, as a trusted proxy reports it. */
    public boolean secure() {
        return head.secure();
    }

    /** The body. */
    public byte[] body() {
        return body.clone();
    }

    /** The body as UTF-8 text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * The body's JSON as a value. A body of another media type is 415, since a page of another site can send those without asking; what is no JSON is
     * 400; what does not fit the type, or what its record refuses, 422.
     */
    public <T> T json(Class<T> type) {
        checkJson();
        return Json.read(body, type);
    }

    /** The body's JSON as a value of a generic type. */
    public <T> T json(TypeReference<T> type) {
        checkJson();
        return Json.read(body, type);
    }

    /** The first value of each field of a submitted form; 415 if the body is no form. */
    public Map<String, String> form() {
        if (!isForm()) {
            throw new HttpException(415, "A form is expected: application/x-www-form-urlencoded.");
        }
        Map<String, String> fields = new LinkedHashMap<>();
        FormData.parse(text()).forEach((name, values) -> fields.put(name, values.get(0)));
        return fields;
    }

    private void checkJson() {
        String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        String media = (parameters < 0 ? type : type.substring(0, parameters)).strip();
        if (!media.equals("application/json") && !media.endsWith("+json")) {
            throw new HttpException(415, "JSON is expected: Content-Type: application/json.");
        }
    }

    boolean isForm() {
        return header("Content-Type")
                .map(type -> type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded"))
                .orElse(false);
    }

    /** The session of this client, from the store that {@link Routes#sessions} names; empty until something is put into it. */
    public Session session() {
        if (sessions == null) {
            throw new IllegalStateException(
                    "there is no session here; name a store with routes.sessions(…), and do not ask for one in a nonBlocking route");
        }
        return sessions.session(this);
    }
}
