package dev.twelvefactor.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the app remembers of a client between requests: short texts, kept in a backing service (twelve-factor, VI: processes share nothing), so
 * that any instance can answer the next request.
 *
 * <p>The request's own changes are written when its handler and the filters have returned. They are applied to the session as it is then: of two requests at
 * once, both keep what they put, and where both put the same name, the later one counts. What another request has ended stays ended. A request whose
 * {@code HTTP_REQUEST_TIMEOUT} is over by then changes nothing.
 *
 * <p>Later, as in the writer of a streamed response, the session can be read. A change is an {@link IllegalStateException}, and so is a token that
 * was not asked for in time.
 */
public final class Session {
    private final Map<String, String> values;
    private Map<String, Optional<String>> changes = new LinkedHashMap<>();
    private String id;
    private boolean renewed;
    private boolean ended;
    private boolean tokenAsked;
    private boolean written;

    Session(String id, Map<String, String> values) {
        this.id = id;
        this.values = new TreeMap<>(values);
    }

    /** A value. */
    public synchronized Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Puts a value in place of what was there. */
    public synchronized void put(String name, String value) {
        checkOpen("put");
        if (!value.equals(values.put(name, value))) {
            changes.put(name, Optional.of(value));
        }
    }

    /** Removes a value. */
    public synchronized void remove(String name) {
        checkOpen("remove");
        if (values.remove(name) != null) {
            changes.put(name, Optional.empty());
        }
    }

    /**
     * Gives the session a new id and keeps its values: at every login, so that an id planted before it is worth nothing.
     *
     * <p>The old id lives on for 30 seconds with the values from before, for requests under way and for a client that the new id has not reached: that
     * one may log in again. What requests with the old id put then is dropped. If the session has ended meanwhile, the response is 409.
     */
    public synchronized void renew() {
        checkOpen("renew");
        id = SessionId.random();
        renewed = true;
    }

    /**
     * Ends the session: its values are gone, and its id is worth nothing from now on, nor is one that came before or after it within 30 seconds. What is put
     * after that, and the token, belong to a new session.
     */
    public synchronized void end() {
        checkOpen("end");
        values.clear();
        changes = new LinkedHashMap<>();
        id = SessionId.random();
        renewed = false;
        tokenAsked = false;
        ended = true;
    }

    /**
     * The token that a form of this session carries in a hidden field called {@code _csrf}. A form that comes without it is refused with 403
     * before its handler is called. It is the same for all forms of a session until {@link #renew} or {@link #end}: ask for it after those.
     */
    public synchronized String csrfToken() {
        if (!tokenAsked) {
            checkOpen("csrfToken");
            tokenAsked = true;
        }
        return CsrfToken.of(id);
    }

    private void checkOpen(String method) {
        if (written) {
            throw new IllegalStateException("the session was written when the handler returned; call " + method
                    + "() before that, and not in the writer of a stream");
        }
    }

    synchronized boolean accepts(String token) {
        return CsrfToken.matches(id, token);
    }

    /** What a request did with its session; without {@code needed}, there is no use in making one. */
    record Changes(String id, boolean ended, boolean renewed, boolean needed, Map<String, Optional<String>> values) {}

    /** From here on it can only be read. */
    synchronized Changes close() {
        written = true;
        return new Changes(id, ended, renewed, renewed || tokenAsked || !changes.isEmpty(), Map.copyOf(changes));
    }

    /** After a failed write, so that an error mapping can use it. */
    synchronized void reopen() {
        written = false;
    }
}
