package dev.twelvefactor.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/**
 * A request, as a value: whole, with its body, but in the routes of {@link Routes#streaming}. A test makes one without a server:
 * {@code Request.of("GET", "/entries/7")}.
 */
public final class Request {
    private final Head head;
    private final Content content;
    private final Matched matched;

    /** Everything but the body. */
    record Head(
            String method,
            String rawPath,
            Function<String, List<String>> query,
            Fields fields,
            ClientAddress.Client client) {}

    /** The body: all of it, or a way to read it as it comes. */
    sealed interface Content {
        @SuppressWarnings("ArrayRecordComponent")
        record Bytes(byte[] bytes) implements Content {}

        record Stream(InputStream in) implements Content {}
    }

    /** What the routes make of it. */
    private static final class Matched {
        private final Map<String, String> pathParameters;
        private final Json json;
        private final Optional<SessionHolder> sessions;
        /** The one that keeps what was opened, for all copies of the request. */
        private final Matched first;
        /** What handlers have opened for the writers of their responses. */
        private @Nullable List<CloseOnce> opened;

        Matched(
                Map<String, String> pathParameters,
                Json json,
                Optional<SessionHolder> sessions,
                @Nullable Matched first) {
            this.pathParameters = pathParameters;
            this.json = json;
            this.sessions = sessions;
            this.first = first == null ? this : first;
        }

        Map<String, String> pathParameters() {
            return pathParameters;
        }

        Json json() {
            return json;
        }

        Optional<SessionHolder> sessions() {
            return sessions;
        }
    }

    Request(Head head, Content content) {
        this(head, content, new Matched(Map.of(), Json.STANDARD, Optional.empty(), null));
    }

    private Request(Head head, Content content, Matched matched) {
        this.head = head;
        this.content = content;
        this.matched = matched;
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
        Fields fields = Fields.NONE.with("Host", "localhost");
        Head head = new Head(
                method,
                path,
                name -> query.getOrDefault(name, List.of()),
                fields,
                new ClientAddress.Client("127.0.0.1", false, "localhost"));
        return new Request(head, new Content.Bytes(new byte[0]));
    }

    /** The same with this header field, in the place of those of this name in whatever case: what a client has sent in it is gone. */
    public Request withHeader(String name, String value) {
        ClientAddress.Client client = name.equalsIgnoreCase("Host")
                ? new ClientAddress.Client(
                        head.client().address(), head.client().secure(), value)
                : head.client();
        Head other = new Head(
                head.method(), head.rawPath(), head.query(), head.fields().with(name, value), client);
        return new Request(other, content, matched);
    }

    /** The same with this body. */
    public Request withBody(String contentType, String text) {
        Content.Bytes bytes = new Content.Bytes(text.getBytes(StandardCharsets.UTF_8));
        return new Request(withHeader("Content-Type", contentType).head, bytes, matched);
    }

    Request matched(Map<String, String> pathParameters, Json json) {
        return new Request(head, content, new Matched(pathParameters, json, Optional.empty(), null));
    }

    Request withSessions(SessionHolder holder) {
        return new Request(
                head,
                content,
                new Matched(matched.pathParameters(), matched.json(), Optional.of(holder), matched.first));
    }

    /** Remembers what was opened for a response, which a filter or a failure may replace. */
    Response opened(Response response) {
        CloseOnce resource = response.resource();
        if (resource != null) {
            if (matched.first.opened == null) {
                matched.first.opened = new ArrayList<>();
            }
            matched.first.opened.add(resource);
        }
        return response;
    }

    /** Closes what was opened for other responses than the one that is given in the end. */
    void releaseAllBut(Response response) {
        if (matched.first.opened != null) {
            CloseOnce kept = response.resource();
            matched.first.opened.stream().filter(resource -> resource != kept).forEach(CloseOnce::close);
        }
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

    Head head() {
        return head;
    }

    /** A part of the path that the route's template names: {@code id} of {@code /entries/{id}}. */
    public String path(String name) {
        String value = matched.pathParameters().get(name);
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
        List<String> values = head.query().apply(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }

    /** The first value of a header field, in whatever case its name is written. */
    public Optional<String> header(String name) {
        return head.fields().first(name);
    }

    /** All values of a header field, one for each line that the client has sent, in whatever case its name is written. */
    public List<String> headers(String name) {
        return List.copyOf(head.fields().all(name));
    }

    /** The value of a field that is a list, whose items may come in several lines (RFC 9110, 5.3); empty if there is none. */
    String list(String name) {
        return String.join(", ", head.fields().all(name));
    }

    /** The value of a cookie, without the quotes that it may stand in (RFC 6265, 4.1.1). */
    public Optional<String> cookie(String name) {
        for (String line : head.fields().all("Cookie")) {
            int start = 0;
            while (start < line.length()) {
                int semicolon = line.indexOf(';', start);
                int end = semicolon < 0 ? line.length() : semicolon;
                String pair = line.substring(start, end).strip();
                if (pair.startsWith(name) && pair.startsWith("=", name.length())) {
                    return Optional.of(unquoted(pair.substring(name.length() + 1)));
                }
                start = end + 1;
            }
        }
        return Optional.empty();
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** The address of the client; behind a trusted proxy, the one that the proxy reports. */
    public String remoteAddress() {
        return head.client().address();
    }

    /** Whether the client came by HTTPS, as a trusted proxy reports it. */
    public boolean secure() {
        return head.client().secure();
    }

    /** The host, and its port if it has one, that the client asked for; behind a trusted proxy, as the proxy reports it. Empty if the client named none. */
    public String host() {
        return head.client().host();
    }

    /**
     * The body as it comes, in the routes of {@link Routes#streaming}: a read waits for the client, who waits for the reads. In other routes, the body that
     * is here already. To be read once; if the handler answers before the end, the client gets the answer and the connection is closed.
     */
    public InputStream stream() {
        return content instanceof Content.Stream stream
                ? stream.in()
                : new ByteArrayInputStream(((Content.Bytes) content).bytes());
    }

    /** The parts of a submitted form with files, {@code multipart/form-data}; 415 if the body is none. In other routes than those of {@link Routes#streaming} the form has to fit {@code HTTP_MAX_BODY}. */
    public Multipart multipart() {
        return Multipart.of(header("Content-Type").orElse(""), stream());
    }

    /** The body. */
    public byte[] body() {
        return whole().clone();
    }

    /** The body as UTF-8 text. */
    public String text() {
        return new String(whole(), StandardCharsets.UTF_8);
    }

    /** Whether nothing is left of a body that its handler reads; on the IO thread. */
    boolean endsHere() {
        return content instanceof Content.Stream stream && stream.in() instanceof RequestStream body && body.endsHere();
    }

    private byte[] whole() {
        if (content instanceof Content.Bytes whole) {
            return whole.bytes();
        }
        throw new IllegalStateException(
                "the routes of streaming(…) do not hold a body in memory; read request.stream()");
    }

    /**
     * The body's JSON as a value. A body of another media type is 415, since a page of another site can send those without asking; what is no JSON is
     * 400; what does not fit the type, or what its record refuses, 422.
     */
    public <T> T json(Class<T> type) {
        checkJson();
        return matched.json().read(whole(), type);
    }

    /** The body's JSON as a value of a generic type. */
    public <T> T json(TypeReference<T> type) {
        checkJson();
        return matched.json().read(whole(), type);
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

    /** Whether the body is a form that can be looked into. */
    boolean isForm() {
        return content instanceof Content.Bytes
                && header("Content-Type")
                        .map(type -> type.toLowerCase(Locale.ROOT).startsWith("application/x-www-form-urlencoded"))
                        .orElse(false);
    }

    /**
     * The session of this client, from the store that {@link Routes#sessions} names; empty until something is put into it. An {@link IllegalStateException} where
     * there is none: without a store, and in {@link Routes#nonBlocking}.
     */
    public Session session() {
        return matched.sessions()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "there is no session here; name a store with routes.sessions(…), and do not ask for one in a nonBlocking route"))
                .session(this);
    }
}
