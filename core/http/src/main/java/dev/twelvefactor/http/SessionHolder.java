package dev.twelvefactor.http;

import dev.twelvefactor.backing.KeyedStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;

/** The session of one request: loaded when it is asked for, written back after the handler. */
final class SessionHolder {
    /** With the prefix a browser takes the cookie only over HTTPS, for this host and every path (RFC 6265bis, 4.1.3.2). */
    private static final String SECURE_COOKIE = "__Host-session";

    private static final String PLAIN_COOKIE = "session";
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final TypeReference<Map<String, String>> VALUES = new TypeReference<>() {};

    private final KeyedStore store;
    private final Duration timeToLive;
    private @Nullable Session session;
    private boolean fresh;

    SessionHolder(KeyedStore store, Duration timeToLive) {
        this.store = store;
        this.timeToLive = timeToLive;
    }

    Session session(Request request) {
        if (session == null) {
            Optional<Session> stored = request.cookie(cookieName(request))
                    .filter(SessionId::isOne)
                    .flatMap(id -> store.getAndTouch(id, timeToLive)
                            .flatMap(SessionHolder::values)
                            .map(values -> new Session(id, values)));
            fresh = stored.isEmpty();
            // An id that the store does not know is not taken over: a client does not choose its own.
            session = stored.orElseGet(() -> new Session(SessionId.random(), Map.of()));
        }
        return session;
    }

    private static Optional<Map<String, String>> values(String json) {
        try {
            return Optional.of(Json.STANDARD.read(json.getBytes(StandardCharsets.UTF_8), VALUES));
        } catch (HttpException e) {
            LOG.warn("a session in the store cannot be read, and a new one takes its place: {}", e.detail());
            return Optional.empty();
        }
    }

    /**
     * A form has to carry the token of its session. What else a page of another origin can send without asking, with the session's cookie, is told by the
     * browser itself (Fetch Metadata, and Origin where a browser is older).
     */
    void checkCsrf(Request request) {
        if (!changesSomething(request)) {
            return;
        }
        if (!request.isForm()
                && request.cookie(cookieName(request)).isPresent()
                && !isAskedForFirst(request)
                && isOfAnotherOrigin(request)) {
            throw new HttpException(403, "A page of another origin has sent this. Send JSON as application/json.");
        }
        if (request.isForm() && !session(request).accepts(request.form().getOrDefault("_csrf", ""))) {
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

    private static boolean isOfAnotherOrigin(Request request) {
        Optional<String> site = request.header("Sec-Fetch-Site");
        if (site.isPresent()) {
            return !site.get().equals("same-origin") && !site.get().equals("none");
        }
        return request.header("Origin")
                .map(origin -> !origin.replaceFirst("^[a-z]+://", "").equalsIgnoreCase(request.host()))
                .orElse(false);
    }

    private static boolean changesSomething(Request request) {
        return !request.method().equals("GET") && !request.method().equals("HEAD");
    }

    /** The response with the session's cookie, after the session itself was written. */
    Response save(Request request, Response response) {
        Session used = session;
        if (used == null || (fresh && !used.changed())) {
            return response;
        }
        Optional<String> replaced = used.replacedId();
        if (!fresh && replaced.isPresent() && !store.delete(replaced.get())) {
            return response;
        }
        if (used.ended()) {
            store.delete(used.id());
            return response.withHeader("Set-Cookie", cookie(request, "", 0));
        }
        boolean kept = true;
        if (fresh || replaced.isPresent()) {
            store.put(used.id(), json(used), timeToLive);
        } else if (used.changed()) {
            kept = store.replace(used.id(), json(used), timeToLive);
        }
        // What another request has ended meanwhile stays ended.
        return !kept ? response : response.withHeader("Set-Cookie", cookie(request, used.id(), timeToLive.toSeconds()));
    }

    private static String json(Session session) {
        return new String(Json.STANDARD.write(session.values()), StandardCharsets.UTF_8);
    }

    private static String cookieName(Request request) {
        return request.secure() ? SECURE_COOKIE : PLAIN_COOKIE;
    }

    private static String cookie(Request request, String value, long maxAge) {
        return cookieName(request) + "=" + value + "; Path=/; Max-Age=" + maxAge + "; HttpOnly; SameSite=Lax"
                + (request.secure() ? "; Secure" : "");
    }
}
