package dev.twelvefactor.http;

import dev.twelvefactor.backing.KeyedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the web process answers, declared once at its start.
 *
 * <pre>{@code
 * routes.get("/entries/{id}", request -> Response.jsonOr404(entries.find(request.path("id", Long::parseLong))));
 * }</pre>
 *
 * <p>A template's literal segment goes before a {@code {parameter}}. {@code HEAD} is answered by {@code GET}'s handler, {@code OPTIONS} by the
 * routes themselves; another method is 405, another path 404.
 */
public final class Routes {
    private final List<Route> routes;
    private final List<Filter> filters;
    private final boolean blocking;
    private Optional<Sessions> sessions = Optional.empty();

    /** No routes yet. */
    public Routes() {
        this(new ArrayList<>(), new ArrayList<>(), true);
    }

    private Routes(List<Route> routes, List<Filter> filters, boolean blocking) {
        this.routes = routes;
        this.filters = filters;
        this.blocking = blocking;
    }

    record Route(String method, String template, Handler handler, boolean blocking) {}

    record Sessions(KeyedStore store, Duration timeToLive) {}

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
        routes.add(new Route(method, template, Objects.requireNonNull(handler), blocking));
        return this;
    }

    /**
     * Routes whose handlers never wait for anything: they run on the IO thread, which is faster, and which a wait would stop for everyone. Filters run
     * there too; there is no session, since that is a wait for its store.
     */
    public Routes nonBlocking(Consumer<Routes> group) {
        group.accept(new Routes(routes, filters, false));
        return this;
    }

    /** A filter around every handler; the first one added is the outermost. */
    public Routes filter(Filter filter) {
        filters.add(Objects.requireNonNull(filter));
        return this;
    }

    /**
     * Sessions in a backing service: {@link Request#session()} works from here on, and a form without its session's token is refused.
     *
     * @param timeToLive how long a session lives after its last use
     */
    public Routes sessions(KeyedStore store, Duration timeToLive) {
        sessions = Optional.of(new Sessions(store, timeToLive));
        return this;
    }

    /** Answers a request as the server would, in the calling thread: for tests, without a server. What a handler throws becomes a response. */
    public Response answer(Request request) {
        return new Router(this, failure -> false).answer(request);
    }

    List<Route> routes() {
        return List.copyOf(routes);
    }

    List<Filter> filters() {
        return List.copyOf(filters);
    }

    Optional<Sessions> sessions() {
        return sessions;
    }
}
