package dev.twelvefactor.http;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An answer, as a value: a status, header fields and a body. */
public final class Response {
    private static final Set<String> FRAMING = Set.of("connection", "content-length", "transfer-encoding", "upgrade");
    /** Of these a message has one value each (RFC 9110, 5.3); a second line would be two answers to one question. */
    private static final Set<String> SINGLE = Set.of(
            "access-control-allow-credentials",
            "access-control-allow-origin",
            "access-control-max-age",
            "age",
            "content-disposition",
            "content-location",
            "content-range",
            "content-type",
            "date",
            "etag",
            "expires",
            "last-modified",
            "location",
            "retry-after",
            "x-request-id");

    private static final Body NOTHING = new Body.Bytes(new byte[0]);
    private static final Map<String, List<String>> TEXT = contentType("text/plain; charset=utf-8");
    private static final Map<String, List<String>> HTML = contentType("text/html; charset=utf-8");
    private static final Map<String, List<String>> JSON = contentType("application/json");
    private static final Map<String, List<String>> PROBLEM = contentType("application/problem+json");

    private final int status;
    private final Map<String, List<String>> headers;
    private final Body body;

    private Response(int status, Map<String, List<String>> headers, Body body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    static Response of(int status, Map<String, List<String>> headers, Body body) {
        return new Response(status, headers, body);
    }

    private static Map<String, List<String>> contentType(String type) {
        return Map.of("Content-Type", List.of(type));
    }

    /** An answer with this status and nothing else. */
    public static Response status(int status) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("a status from 200 to 599 is wanted, not " + status);
        }
        return new Response(status, Map.of(), NOTHING);
    }

    /** 200 with a body of this media type. */
    public static Response bytes(String contentType, byte[] body) {
        return new Response(200, Map.of(), new Body.Bytes(body)).withHeader("Content-Type", contentType);
    }

    /**
     * 200 with a body that is written piece by piece, as the client takes it: for what is too large to be held in memory.
     *
     * @param writer runs once, on a thread of its own, when the handler and the filters have returned; the response ends when it returns, even if it has
     *     closed its output before. What it throws closes the connection, so that the client does not take a part for the whole; before the first byte has
     *     been sent, it becomes an answer as if the handler had thrown it. It is interrupted when its client has gone
     */
    public static Response stream(String contentType, BodyWriter writer) {
        return new Response(200, Map.of(), new Body.Stream(-1, writer)).withHeader("Content-Type", contentType);
    }

    /**
     * The same, with what the handler has opened for its writer: a cursor, a file, a lease.
     *
     * <pre>{@code
     * Rows rows = entries.open();
     * return Response.stream("text/csv", rows, rows::writeTo);
     * }</pre>
     *
     * @param resource is closed once, after the writer, and also where no writer runs: for HEAD, a client that has gone, a filter that answers otherwise, or
     *     a handler that returns after {@code HTTP_REQUEST_TIMEOUT}. What it throws is logged
     */
    public static Response stream(String contentType, AutoCloseable resource, BodyWriter writer) {
        return new Response(200, Map.of(), new Body.Stream(-1, writer, new CloseOnce(resource)))
                .withHeader("Content-Type", contentType);
    }

    /**
     * 200 with a stream of server-sent events.
     *
     * @param source sends them, on a thread of its own, until it returns, the client goes or the process drains
     */
    public static Response events(EventStream.Source source) {
        return new Response(
                200,
                Map.of(
                        "Content-Type", List.of("text/event-stream"),
                        "Cache-Control", List.of("no-store"),
                        "X-Accel-Buffering", List.of("no")),
                new Body.Events(source));
    }

    /** 200 with text. */
    public static Response text(String text) {
        return new Response(200, TEXT, new Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** 200 with a page; whatever in it comes from users has gone through {@link Html#escape}. */
    public static Response html(String html) {
        return new Response(200, HTML, new Body.Bytes(html.getBytes(StandardCharsets.UTF_8)));
    }

    /** 200 with a value as JSON, as the routes' mapper writes it once the handler has returned. */
    public static Response json(Object value) {
        return new Response(200, JSON, new Body.Value(value));
    }

    /** 200 with the value as JSON, or 404 if there is none. */
    public static Response jsonOr404(Optional<?> value) {
        return value.map(Response::json).orElseGet(Response::notFound);
    }

    /** 201 with a value as JSON. */
    public static Response created(Object value) {
        return json(value).withStatus(201);
    }

    /** 204. */
    public static Response noContent() {
        return status(204);
    }

    /**
     * 303: the client gets this page of the same origin next, after a form: {@code Response.seeOther("/entries/7#last")}. To redirect to another origin, pass a
     * {@link #seeOther(URI) URI}.
     *
     * @param location a path, or relative to the path of the request
     * @throws IllegalArgumentException if it leads to another origin, as {@code //evil.example} and {@code https://evil.example} do, or is not valid
     */
    public static Response seeOther(String location) {
        URI uri = URI.create(location);
        // A browser takes "//host" and "///host" for another host.
        if (uri.isAbsolute() || location.startsWith("//")) {
            throw new IllegalArgumentException("the redirect to \"" + location
                    + "\" leads to another origin; write a path, or pass a URI if that is what you want");
        }
        return seeOther(uri);
    }

    /**
     * 303 to any address, of another origin too: for a payment page, or a login elsewhere. Never build the scheme or host from what a client has sent: the
     * client of a prepared link would trust your name and end up elsewhere.
     *
     * <pre>{@code
     * return Response.seeOther(URI.create("https://pay.example/checkout/" + order.id()));
     * }</pre>
     */
    public static Response seeOther(URI location) {
        return status(303).withHeader("Location", location.toASCIIString());
    }

    /**
     * A problem document.
     *
     * @param detail what the client is told
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>
     */
    public static Response problem(int status, String detail) {
        Map<String, Object> problem = new LinkedHashMap<>();
        problem.put("type", "about:blank");
        problem.put("title", ReasonPhrase.of(status));
        problem.put("status", status);
        problem.put("detail", detail);
        return new Response(status(status).status, PROBLEM, new Body.Bytes(Json.STANDARD.write(problem)));
    }

    /** The same with another status. */
    public Response withStatus(int other) {
        return new Response(status(other).status, headers, body);
    }

    static Response notFound() {
        return problem(404, "There is nothing under this address.");
    }

    Response withBody(Body other) {
        return new Response(status, headers, other);
    }

    /**
     * The same with one more header field. A value of the same field, in whatever case its name is written, is kept beside the new one, as
     * {@code Set-Cookie} and {@code Vary} need it; in a field that has a single value, like {@code Content-Type} or {@code Location}, it is replaced.
     *
     * @throws IllegalArgumentException if the name is no token, if the value is not printable ASCII, or if the server writes the field itself, as it does
     *     {@code Content-Length}
     */
    public Response withHeader(String name, String value) {
        String lowerCase = name.toLowerCase(Locale.ROOT);
        if (!Grammar.isToken(name)) {
            throw new IllegalArgumentException("not a header field's name: " + name);
        }
        if (FRAMING.contains(lowerCase)) {
            throw new IllegalArgumentException("the server writes the header field " + name + " itself");
        }
        if (!isPrintable(value)) {
            throw new IllegalArgumentException("the header field " + name
                    + " has a character in its value that is not printable ASCII; encode it");
        }
        Map<String, List<String>> more = new LinkedHashMap<>(headers);
        String written = nameIn(headers, name);
        List<String> values =
                new ArrayList<>(SINGLE.contains(lowerCase) ? List.of() : more.getOrDefault(written, List.of()));
        values.add(value);
        more.put(written, List.copyOf(values));
        return new Response(status, more, body);
    }

    /** The name as it is written there already: names of fields have no case. */
    private static String nameIn(Map<String, List<String>> headers, String name) {
        for (String written : headers.keySet()) {
            if (written.equalsIgnoreCase(name)) {
                return written;
            }
        }
        return name;
    }

    private static boolean isPrintable(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** The status. */
    public int status() {
        return status;
    }

    /** The first value of a header field, in whatever case its name is written. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All values of a header field, in the order in which they were added. */
    public List<String> headers(String name) {
        return headers.getOrDefault(nameIn(headers, name), List.of());
    }

    Map<String, List<String>> headers() {
        return headers;
    }

    /** The body as text. A stream is written for it: in a test, what a client would read. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The body; a stream is written for it. */
    byte[] bytes() {
        if (body instanceof Body.Bytes whole) {
            return whole.bytes();
        }
        if (body instanceof Body.Value) {
            return rendered(Json.STANDARD).bytes();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (body instanceof Body.Stream stream) {
                stream.writer().write(bytes);
            } else if (body instanceof Body.Events events) {
                events.source().sendTo(new EventStream(bytes, Json.STANDARD, () -> true));
            }
        } catch (Exception e) {
            throw new IllegalStateException("the body could not be written", e);
        } finally {
            release();
        }
        return bytes.toByteArray();
    }

    Body body() {
        return body;
    }

    /** Whether this status has no content, whatever the body is (RFC 9110, 15.3.5, 15.3.6 and 15.4.5). */
    boolean hasNoContent() {
        return status == 204 || status == 205 || status == 304;
    }

    /** What was opened for its writer, if anything was. */
    @Nullable
    CloseOnce resource() {
        return body instanceof Body.Stream stream ? stream.resource() : null;
    }

    /** It is written, or never will be: what was opened for its writer is closed. */
    void release() {
        CloseOnce resource = resource();
        if (resource != null) {
            resource.close();
        }
    }

    /** The same with its value, if it has one, as JSON. */
    Response rendered(Json json) {
        return body instanceof Body.Value value ? withBody(new Body.Bytes(json.write(value.value()))) : this;
    }
}
