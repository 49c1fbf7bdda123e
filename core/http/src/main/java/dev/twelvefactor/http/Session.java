package dev.twelvefactor.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the app remembers of a client between requests: short texts, kept in a backing service (twelve-factor, VI: processes share nothing), so
 * that any instance can answer the next request. It is written back after the handler, if it changed.
 */
public final class Session {
    private static final String CSRF = "csrf";

    private final Map<String, String> values;
    private String id;
    private Optional<String> replaced = Optional.empty();
    private boolean changed;
    private boolean ended;

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
        if (!value.equals(values.put(name, value))) {
            changed = true;
        }
    }

    /** Removes a value. */
    public synchronized void remove(String name) {
        if (values.remove(name) != null) {
            changed = true;
        }
    }

    /** Gives the session a new id and keeps its values: at every login, so that an id planted before it is worth nothing. */
    public synchronized void renew() {
        if (replaced.isEmpty()) {
            replaced = Optional.of(id);
        }
        id = SessionId.random();
        changed = true;
    }

    /** Ends the session: its values are gone, its cookie too. */
    public synchronized void end() {
        values.clear();
        ended = true;
        changed = true;
    }

    /**
     * The token that a form of this session carries in a hidden field called {@code _csrf}. A form that comes without it is refused with 403
     * before its handler is asked.
     */
    public synchronized String csrfToken() {
        return values.computeIfAbsent(CSRF, unused -> {
            changed = true;
            return SessionId.random();
        });
    }

    synchronized boolean accepts(String token) {
        String expected = values.get(CSRF);
        return expected != null
                && MessageDigest.isEqual(
                        expected.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    synchronized String id() {
        return id;
    }

    synchronized Map<String, String> values() {
        return Map.copyOf(values);
    }

    synchronized Optional<String> replacedId() {
        return replaced;
    }

    synchronized boolean changed() {
        return changed;
    }

    synchronized boolean ended() {
        return ended;
    }
}
