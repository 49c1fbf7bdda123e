package dev.twelvefactor.http;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The session of one request: loaded when it is asked for, written back after the handler. */
final class SessionHolder {
    private final SessionStore store;
    private final BooleanSupplier answered;
    private Optional<SessionCookie> cookie = Optional.empty();
    private Optional<StoredSession> stored = Optional.empty();
    private @Nullable Session session;
    private boolean closed;

    /** {@code answered}: whether the client has its response already, since the handler has taken too long. */
    SessionHolder(SessionStore store, BooleanSupplier answered) {
        this.store = store;
        this.answered = answered;
    }

    Session session(Request request) {
        if (session == null) {
            cookie = SessionCookie.of(request);
            stored = cookie.flatMap(sent -> store.use(sent.id()));
            // An id that the store does not know is not taken over: a client does not choose its own.
            session = stored.isPresent()
                    ? new Session(cookie.orElseThrow().id(), stored.get().values())
                    : new Session(SessionId.random(), Map.of());
            if (closed) {
                session.close();
            }
        }
        return session;
    }

    /**
     * A form has to carry the token of its session, one without a session too: a page of another site could log its visitor in as somebody else otherwise.
     * What else a page of another origin can send without asking, with the session's cookie, is told by the browser itself (Fetch Metadata, and Origin where
     * a browser is older).
     */
    void checkCsrf(Request request, boolean needsToken) {
        if (!changesSomething(request)) {
            return;
        }
        boolean checksToken = needsToken && request.isForm();
        if (!checksToken && SessionCookie.isIn(request) && !isAskedForFirst(request) && isOfAnotherOrigin(request)) {
            throw new HttpException(403, "A page of another origin has sent this. Send JSON as application/json.");
        }
        if (checksToken && !session(request).accepts(request.form().getOrDefault("_csrf", ""))) {
            throw new HttpException(
                    403,
                    "This form lacks the token of its page. Load the page again and submit it once more; send JSON as application/json.");
        }
    }

    /** For any other media type a browser asks with a preflight, which only CORS answers. */
    private static boolean isAskedForFirst(Request request) {
        String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        return !type.isEmpty()
                && !type.startsWith("text/plain")
                && !type.startsWith("multipart/form-data")
                && !type.startsWith("application/x-www-form-urlencoded");
    }

    /** Whether a page of another origin has made the browser send this. */
    static boolean isOfAnotherOrigin(Request request) {
        Optional<String> site = request.header("Sec-Fetch-Site");
        if (site.isPresent()) {
            return !site.get().equals("same-origin") && !site.get().equals("none");
        }
        return request.header("Origin")
                .map(origin -> !OwnOrigin.is(origin, request))
                .orElse(false);
    }

    private static boolean changesSomething(Request request) {
        return !request.method().equals("GET") && !request.method().equals("HEAD");
    }

    /** The response with the session's cookie if the client needs one, after the session itself was written. */
    Response save(Request request, Response response) {
        closed = true;
        Session used = session;
        if (used == null) {
            return response;
        }
        Session.Changes own = used.close();
        if (answered.getAsBoolean()) {
            // The client has been told that the request failed, and would never learn a new id.
            return response;
        }
        try {
            return saved(request, response, own);
        } catch (Throwable e) {
            used.reopen();
            throw e;
        }
    }

    private Response saved(Request request, Response response, Session.Changes own) {
        if (stored.isEmpty() || own.ended()) {
            boolean removed = own.ended()
                    && stored.isPresent()
                    && store.end(cookie.orElseThrow().id());
            if (!own.needed()) {
                // Who had no session may have got one by another request meanwhile, and keeps its cookie.
                return removed ? SessionCookie.remove(request, response) : response;
            }
            store.create(own.id(), own.values());
            return withCookie(request, response, own.id());
        }
        SessionCookie sent = cookie.orElseThrow();
        StoredSession read = stored.get();
        if (own.renewed()) {
            store.renew(sent.id(), read, own.id(), own.values());
            return withCookie(request, response, own.id());
        }
        if (!own.values().isEmpty()) {
            store.write(sent.id(), read, own.values());
        }
        // A request that has read the session before its id was renewed must not bring the old id back.
        boolean extended = !read.retired()
                && sent.isAging(store.now(), store.timeToLive())
                && store.use(sent.id()).filter(session -> !session.retired()).isPresent();
        return extended ? withCookie(request, response, sent.id()) : response;
    }

    private Response withCookie(Request request, Response response, String id) {
        Instant now = store.now();
        return SessionCookie.set(request, response, id, now, store.timeToLive());
    }
}
