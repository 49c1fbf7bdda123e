package dev.twelvefactor.http;

import dev.twelvefactor.backing.KeyedStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** The session of one request: loaded when it is asked for, written back after the handler. */
final class SessionHolder {
    /** With the prefix a browser takes the cookie only over HTTPS, for this host and every path (RFC 6265bis, 4.1.3.2). */
    private static final String SECURE_COOKIE = "__Host-session";

    private static final String PLAIN_COOKIE = "session";
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
                    .flatMap(id -> store.get(id).map(json -> new Session(id, values(json))));
            fresh = stored.isEmpty();
            // An id that the store does not know is not taken over: a client does not choose its own.
            session = stored.orElseGet(() -> new Session(SessionId.random(), Map.of()));
        }
        return session;
    }

    private static Map<String, String> values(String json) {
        return Json.read(json.getBytes(StandardCharsets.UTF_8), VALUES);
    }

    /** A form has to carry the token of its session. */
    void checkCsrf(Request request) {
        if (request.isForm() && !session(request).accepts(request.form().getOrDefault("_csrf", ""))) {
            throw new HttpException(
                    403,
                    "This form lacks the token of its page. Load the page again and submit it once more; send JSON as application/json.");
        }
    }

    /** The response with the session's cookie, after the session itself was written. */
    Response save(Request request, Response response) {
        Session used = session;
        if (used == null || (fresh && !used.changed())) {
            return response;
        }
        used.replacedId().ifPresent(store::delete);
        if (used.ended()) {
            store.delete(used.id());
            return response.withHeader("Set-Cookie", cookie(request, "", 0));
        }
        if (used.changed()) {
            store.put(used.id(), new String(Json.write(used.values()), StandardCharsets.UTF_8), timeToLive);
        } else {
            store.touch(used.id(), timeToLive);
        }
        return response.withHeader("Set-Cookie", cookie(request, used.id(), timeToLive.toSeconds()));
    }

    private static String cookieName(Request request) {
        return request.secure() ? SECURE_COOKIE : PLAIN_COOKIE;
    }

    private static String cookie(Request request, String value, long maxAge) {
        return cookieName(request) + "=" + value + "; Path=/; Max-Age=" + maxAge + "; HttpOnly; SameSite=Lax"
                + (request.secure() ? "; Secure" : "");
    }
}
