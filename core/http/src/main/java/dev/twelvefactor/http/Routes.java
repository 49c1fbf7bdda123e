package dev.twelvefactor.http;

import dev.twelvefactor.backing.KeyedStore;
import dev.twelvefactor.config.DataSize;
import io.undertow.server.HttpHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the web process answers, declared once at its start.
 *
 * <pre>{@code
 * routes.get("/entries/{id}", request -> Response.jsonOr404(entries.find(request.path("id", Long::parseLong))));
 * }</pre>
 *
 * <p>A template's literal segment goes before a {@code {parameter}}, and that before a {@code {rest*}}, which stands for one or more segments at its
 * end. A parameter never contains a {@code .} or {@code ..} between its slashes, encoded or not, and the rest does not begin with a slash: such a path is
 * 404. {@code HEAD} is answered by {@code GET}'s handler, {@code OPTIONS} by the routes themselves; another method is 405, another path 404.
 */
public final class Routes {
    private static final Duration MIN_SESSION = Duration.ofSeconds(1);

    private final Declared declared;
    private final Scope scope;
    private final Mode mode;

    /** No routes yet. */
    public Routes() {
        this(
                new Declared(),
                new Scope("", Optional.empty(), new ArrayList<>()),
                new Mode(true, Optional.empty(), true));
    }

    private Routes(Declared declared, Scope scope, Mode mode) {
        this.declared = declared;
        this.scope = scope;
        this.mode = mode;
    }

    /** What all groups add to. */
    private static final class Declared {
        final Map<String, HttpHandler> raw = new LinkedHashMap<>();
        final List<Route> routes = new ArrayList<>();
        final List<Mapping<?>> mappings = new ArrayList<>();
        Optional<SessionStore> sessions = Optional.empty();
        final Set<String> webSocketOrigins = ConcurrentHashMap.newKeySet();
        Json json = Json.STANDARD;
    }

    /** Whether handlers may wait, the largest body if they read it themselves, and whether forms need their session's token. */
    private record Mode(boolean blocking, Optional<DataSize> streamed, boolean csrfToken) {}

    /** What a group puts in front of its templates and around its handlers, inside of what the group around it does. */
    record Scope(String prefix, Optional<Scope> around, List<Filter> own) {
        List<Filter> filters() {
            List<Filter> all = new ArrayList<>(around.map(Scope::filters).orElse(List.of()));
            all.addAll(own);
            return all;
        }
    }

    record Route(
            String method,
            String template,
            Handler handler,
            Scope scope,
            boolean blocking,
            Optional<DataSize> streamed,
            boolean csrfToken) {
        boolean streams() {
            return streamed.isPresent();
        }
    }

    /** Which response an exception becomes. */
    record Mapping<E extends Throwable>(Class<E> type, BiFunction<Request, E, Response> response) {
        Response of(Request request, Throwable e) {
            return response.apply(request, type.cast(e));
        }
    }

    /** Answers GET, and HEAD without the body. */
    public Routes get(String template, Handler handler) {
        return add("GET", template, handler);
    }

    /** Answers POST. */
    public Routes post(String template, Handler handler) {
        return add("POST", template, handler);
    }

    /** Answers PUT. */
    public Routes put(String template, Handler handler) {
        return add("PUT", template, handler);
    }

    /** Answers PATCH. */
    public Routes patch(String template, Handler handler) {
        return add("PATCH", template, handler);
    }

    /** Answers DELETE. */
    public Routes delete(String template, Handler handler) {
        return add("DELETE", template, handler);
    }

    private Routes add(String method, String template, Handler handler) {
        if (!template.startsWith("/")) {
            throw new IllegalArgumentException("a template begins with a slash, which \"" + template + "\" does not");
        }
        declared.routes.add(new Route(
                method,
                scope.prefix() + template,
                Objects.requireNonNull(handler),
                scope,
                mode.blocking(),
                mode.streamed(),
                mode.csrfToken()));
        return this;
    }

    /**
     * Opens WebSockets: {@code routes.webSocket("/echo", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)))}. The request passes the filters and
     * has its session and path parameters. Before {@code accept} sees it, the handshake is checked: what is no handshake of version 13 is 426, a bad key 400,
     * and a page of another origin 403, unless {@code WEBSOCKET_ORIGINS} names it.
     *
     * @param accept gives {@link WebSocket#accept}, or another response that rejects the client
     * @throws IllegalStateException within {@link #nonBlocking}, where no handler may wait
     * @see WebSocketSettings
     */
    public Routes webSocket(String template, Handler accept) {
        return webSocket(template, Set.of(), accept);
    }

    /**
     * The same for pages of other origins, too.
     *
     * @param origins as browsers send them, {@code https://shop.example.org}; {@code *} is every origin, whose pages then act for their visitors
     * @throws IllegalArgumentException for what no browser sends as an origin
     */
    public Routes webSocket(String template, Set<String> origins, Handler accept) {
        if (!mode.blocking()) {
            throw new IllegalStateException(
                    "a WebSocket's handler waits; declare " + template + " outside of nonBlocking");
        }
        Set<String> own = origins.stream().map(Cors::asSent).collect(Collectors.toSet());
        WebSocketHandshake handshake = new WebSocketHandshake(Objects.requireNonNull(accept), () -> {
            Set<String> all = new HashSet<>(own);
            all.addAll(declared.webSocketOrigins);
            return all;
        });
        return new Routes(declared, scope, new Mode(true, Optional.empty(), mode.csrfToken())).get(template, handshake);
    }

    /** Pages of these origins may open every WebSocket. */
    void allowWebSocketOrigins(Collection<String> origins) {
        declared.webSocketOrigins.addAll(origins);
    }

    /**
     * Hands everything under a prefix to a handler of Undertow's: the way out for proxying and whatever else Undertow can. A WebSocket is better declared with
     * {@link #webSocket}: behind {@code Handlers.websocket(…)} no limit, no timeout and no check of the origin is ours. It begins on the IO thread of the connection and must not wait there; several of those call it, and what it listens with, at once. No filter and no session is
     * around it; the framing is checked and the body bounded as for any request. The drain closes a connection that it has upgraded, a WebSocket with 1001.
     *
     * @param prefix begins with a slash; one at its end makes no difference, and {@code /} alone is everything. Of several that fit, the longest counts
     * @throws IllegalArgumentException if the prefix does not begin with a slash, or has a handler already
     */
    public Routes undertow(String prefix, HttpHandler handler) {
        String whole = scope.prefix() + withoutSlash(prefix);
        if (!prefix.isEmpty() && !prefix.startsWith("/")) {
            throw new IllegalArgumentException("a prefix begins with a slash, which \"" + prefix + "\" does not");
        }
        if (declared.raw.putIfAbsent(whole, Objects.requireNonNull(handler)) != null) {
            throw new IllegalArgumentException("two handlers of Undertow answer " + whole + "/; remove one");
        }
        return this;
    }

    private static String withoutSlash(String prefix) {
        return prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    /** The raw handlers, by the prefix that each answers, without a slash at its end; the longest first. */
    Map<String, HttpHandler> raw() {
        Map<String, HttpHandler> longestFirst = new LinkedHashMap<>();
        declared.raw.entrySet().stream()
                .sorted(Comparator.comparing(entry -> -entry.getKey().length()))
                .forEach(entry -> longestFirst.put(entry.getKey(), entry.getValue()));
        return longestFirst;
    }

    /**
     * Serves the files of a directory under a prefix, with entity tags, ranges, and the compressed variants ({@code app.js.br}, {@code app.js.gz}) that lie
     * beside them. What begins with a dot, and a link that leads there or out of the directory, is not there. A tag is a hash of the content; a file of more than
     * 64 MiB has none until it was sent as a whole.
     *
     * @param prefix begins with a slash; one at its end makes no difference
     * @throws java.io.UncheckedIOException if there is no such directory
     */
    public Routes files(String prefix, Path directory) {
        return get(withoutSlash(prefix) + "/{path*}", StaticFiles.ofDirectory(directory));
    }

    /** Serves the resources of a folder of the class path in the same way: {@code routes.assets("/assets", Shop.class.getClassLoader(), "public")}. */
    public Routes assets(String prefix, ClassLoader loader, String folder) {
        return get(withoutSlash(prefix) + "/{path*}", StaticFiles.ofClassPath(loader, withoutSlash(folder)));
    }

    /**
     * Routes whose templates begin with this prefix, and whose filters are around no others: {@code routes.group("/api", api -> …)}.
     *
     * @param prefix begins with a slash and does not end with one; empty for filters alone
     */
    public Routes group(String prefix, Consumer<Routes> group) {
        if (!prefix.isEmpty() && (!prefix.startsWith("/") || prefix.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "a group's prefix begins with a slash and ends without one, which \"" + prefix + "\" does not");
        }
        group.accept(
                new Routes(declared, new Scope(scope.prefix() + prefix, Optional.of(scope), new ArrayList<>()), mode));
        return this;
    }

    /**
     * Routes whose handlers never wait for anything: they run on the IO thread of their connection, which is faster, and which a wait would stop for all of
     * its connections. There are {@code HTTP_IO_THREADS} of them, so a handler is called by several at once. Filters run there too; there is no session, since
     * that is a wait for its store.
     */
    public Routes nonBlocking(Consumer<Routes> group) {
        group.accept(new Routes(declared, scope, new Mode(false, Optional.empty(), mode.csrfToken())));
        return this;
    }

    /**
     * Routes whose handlers read the body themselves, as it comes, by {@link Request#stream()} or {@link Request#multipart()}: for what is too large to be
     * held in memory. They begin when the head of the request is there; {@code HTTP_REQUEST_TIMEOUT} counts from the last piece of the body on.
     *
     * @param largest the largest body, in the place of {@code HTTP_MAX_BODY}; more is 413
     */
    public Routes streaming(DataSize largest, Consumer<Routes> group) {
        group.accept(new Routes(declared, scope, new Mode(true, Optional.of(largest), mode.csrfToken())));
        return this;
    }

    /**
     * Routes that take forms without the token of a session: for webhooks, whose senders have no page of ours. The handler has to find out by something else
     * than the session who has sent the form: a signature, or a secret in a header field. A page of another origin that sends one with the session's
     * cookie is still refused, as the browser says where it comes from.
     *
     * <pre>{@code
     * routes.withoutCsrfToken(hooks -> hooks.post("/hooks/payments", this::paid));
     * }</pre>
     */
    public Routes withoutCsrfToken(Consumer<Routes> group) {
        group.accept(new Routes(declared, scope, new Mode(mode.blocking(), mode.streamed(), false)));
        return this;
    }

    /**
     * Changes how JSON is read and written: {@code routes.json(mapper -> mapper.propertyNamingStrategy(SNAKE_CASE))}. Problem documents and sessions stay as they
     * are, and secrets masked.
     */
    public Routes json(UnaryOperator<JsonMapper.Builder> mapper) {
        declared.json = new Json(mapper);
        return this;
    }

    /**
     * A filter around every handler of this group and the groups in it; the first one added is the outermost. What a handler throws is a response
     * by then. Those outside of all groups are around the answers for addresses that are not there too.
     */
    public Routes filter(Filter filter) {
        scope.own().add(Objects.requireNonNull(filter));
        return this;
    }

    /**
     * Which response an exception becomes that a handler or a filter throws; of several types that fit, the nearest counts. It is not logged then.
     * What {@code response} changes in the session is saved, unless it was the session's store that failed.
     */
    public <E extends Throwable> Routes onError(Class<E> type, BiFunction<Request, E, Response> response) {
        declared.mappings.add(new Mapping<>(type, response));
        return this;
    }

    /**
     * Sessions in a backing service: {@link Request#session()} works in all routes, and a form without its session's token is refused, but in those of
     * {@link #withoutCsrfToken}.
     *
     * @param timeToLive how long a session lives after its last use, at least a second; the cookie lives twice as long, and is set again when half of that
     *     is over
     */
    public Routes sessions(KeyedStore store, Duration timeToLive) {
        return sessions(store, timeToLive, InstantSource.system());
    }

    Routes sessions(KeyedStore store, Duration timeToLive, InstantSource clock) {
        if (timeToLive.compareTo(MIN_SESSION) < 0) {
            throw new IllegalArgumentException(
                    "the time to live of a session is " + timeToLive + "; it must be at least 1s (PT1S)");
        }
        declared.sessions = Optional.of(new SessionStore(Objects.requireNonNull(store), timeToLive, clock));
        return this;
    }

    /** Answers a request as the server would, in the calling thread: for tests, without a server. What a handler throws becomes a response. */
    public Response answer(Request request) {
        return new Router(this, new RequestMeters(), failure -> false).answer(request);
    }

    /** What is declared so far, one line each, sorted by its template: {@code GET /entries/{id}}. A handler of Undertow's is {@code * /prefix/*}. */
    public List<String> list() {
        return Stream.concat(
                        declared.routes.stream().map(route -> Map.entry(route.template(), route.method())),
                        declared.raw.keySet().stream().map(prefix -> Map.entry(prefix + "/*", "*")))
                .sorted(Map.Entry.<String, String>comparingByKey().thenComparing(Map.Entry.comparingByValue()))
                .map(route -> route.getValue() + " " + route.getKey())
                .toList();
    }

    List<Route> routes() {
        return List.copyOf(declared.routes);
    }

    Scope scope() {
        return scope;
    }

    List<Mapping<?>> mappings() {
        return List.copyOf(declared.mappings);
    }

    Json json() {
        return declared.json;
    }

    Optional<SessionStore> sessions() {
        return declared.sessions;
    }
}
