package dev.twelvefactor.http;

import dev.twelvefactor.backing.KeyedStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sessions of an app. Each write replaces what its request has read, so that it takes place on the session as it is, or not at all. Whatever fails on the
 * way, the id that the client has keeps working or has ended; what is left over has an id that no client got.
 */
final class SessionStore {
    /** How long the old id of a renewed session lives on, for a client that the new one has not reached. */
    static final Duration GRACE = Duration.ofSeconds(30);

    /** In case the deletion after it fails. */
    private static final Duration ENDED_KEPT = Duration.ofMinutes(1);

    /** Each conflict is a success of another request. */
    private static final int MAX_ATTEMPTS = 100;

    private final KeyedStore store;
    private final Duration timeToLive;
    private final InstantSource clock;

    SessionStore(KeyedStore store, Duration timeToLive, InstantSource clock) {
        this.store = store;
        this.timeToLive = timeToLive;
        this.clock = clock;
    }

    Duration timeToLive() {
        return timeToLive;
    }

    Instant now() {
        return clock.instant();
    }

    /** The session under an id, which lives on from now, unless it is retired. */
    Optional<StoredSession> use(String id) {
        Optional<StoredSession> found = store.getAndTouch(id, timeToLive).flatMap(StoredSession::read);
        if (found.isEmpty() || !found.get().retired()) {
            return found;
        }
        Instant now = now();
        if (found.get().isOver(now)) {
            store.delete(id);
            return Optional.empty();
        }
        // Its use must not make it live longer.
        store.touch(id, Duration.between(now, found.get().until()));
        return found;
    }

    private Optional<StoredSession> current(String id) {
        return store.get(id).flatMap(StoredSession::read).filter(session -> !session.isOver(now()));
    }

    void create(String id, Map<String, Optional<String>> changes) {
        StoredSession created = StoredSession.create(StoredSession.changed(Map.of(), changes));
        store.put(id, created.text(), timeToLive);
    }

    /** Writes a request's own changes, unless the session has ended meanwhile or is retired. */
    void write(String id, StoredSession read, Map<String, Optional<String>> changes) {
        Optional<StoredSession> last = Optional.of(read);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            if (last.isEmpty() || last.get().retired()) {
                return;
            }
            StoredSession old = last.get();
            StoredSession changed = old.with(changes, now());
            if (changed.values().equals(old.values()) || store.replace(id, old.text(), changed.text(), timeToLive)) {
                return;
            }
            last = current(id);
        }
        throw tooManyChanges();
    }

    /** Puts a successor with a request's own changes beside a session, and then retires that. */
    void renew(String id, StoredSession read, String successor, Map<String, Optional<String>> changes) {
        Optional<StoredSession> last = Optional.of(read);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Instant now = now();
            if (last.isEmpty() || last.get().isOver(now)) {
                store.delete(successor);
                throw new HttpException(
                        409, "The session ended while this request was being handled. Load the page again.");
            }
            StoredSession old = last.get();
            if (old.successors().contains(successor)) {
                // A client library that connects again sends again: the first one has taken place.
                return;
            }
            Instant end = old.retired() ? old.until() : now.plus(GRACE);
            store.put(successor, old.successor(id, changes, end).text(), timeToLive);
            String retired = old.retired(successor, end).text();
            if (store.replace(id, old.text(), retired, Duration.between(now, end))) {
                return;
            }
            last = current(id);
        }
        throw tooManyChanges();
    }

    /**
     * Ends a session, with those that have come in its place or were there before. Its own id is the last, so that the end can be tried again if it fails.
     *
     * @return whether there was one to end
     */
    boolean end(String id) {
        return end(id, new HashSet<>());
    }

    private boolean end(String id, Set<String> seen) {
        seen.add(id);
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Optional<StoredSession> found = store.get(id).flatMap(StoredSession::read);
            if (found.isEmpty()) {
                return false;
            }
            for (String other : found.get().linked()) {
                if (!seen.contains(other)) {
                    end(other, seen);
                }
            }
            // A deletion would not notice a successor that has come since.
            if (store.replace(id, found.get().text(), StoredSession.ENDED, ENDED_KEPT)) {
                store.delete(id);
                return true;
            }
        }
        throw tooManyChanges();
    }

    private static HttpException tooManyChanges() {
        return new HttpException(503, "Too many requests change this session at once. Try again soon.");
    }
}
