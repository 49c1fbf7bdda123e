package dev.twelvefactor.http;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;

/**
 * A session as the store has it under one id: JSON, an object of the values; or a list of that and of the links, once its id was renewed.
 *
 * @param text what stands in the store, which a replacement compares
 * @param replaced the id in whose place this one came
 * @param successors the ids that came in the place of this one: with any, this one is retired
 * @param until when the retired one of the two ends
 */
record StoredSession(
        String text, Map<String, String> values, Optional<String> replaced, List<String> successors, Instant until) {
    /** Stands in the place of a session from its end on until it is deleted, so that no other request can put a successor beside it meanwhile. */
    static final String ENDED = "[]";

    /** A client that renews one id again and again cannot make its text grow. */
    private static final int MAX_SUCCESSORS = 16;

    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final TypeReference<Map<String, String>> VALUES = new TypeReference<>() {};
    private static final TypeReference<List<Map<String, String>>> WITH_LINKS = new TypeReference<>() {};

    static StoredSession create(Map<String, String> values) {
        return of(values, Optional.empty(), List.of(), Instant.EPOCH);
    }

    private static StoredSession of(
            Map<String, String> values, Optional<String> replaced, List<String> successors, Instant until) {
        boolean linked = replaced.isPresent() || !successors.isEmpty();
        Map<String, String> sorted = new TreeMap<>(values);
        byte[] json = Json.STANDARD.write(linked ? List.of(sorted, links(replaced, successors, until)) : sorted);
        return new StoredSession(new String(json, StandardCharsets.UTF_8), sorted, replaced, successors, until);
    }

    private static Map<String, String> links(Optional<String> replaced, List<String> successors, Instant until) {
        Map<String, String> links = new TreeMap<>();
        replaced.ifPresent(id -> links.put("replaced", id));
        links.put("successors", String.join(" ", successors));
        links.put("until", Long.toString(until.toEpochMilli()));
        return links;
    }

    /** Empty if the session has ended, or cannot be read. */
    static Optional<StoredSession> read(String text) {
        if (text.equals(ENDED)) {
            return Optional.empty();
        }
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        try {
            if (!text.startsWith("[")) {
                return Optional.of(new StoredSession(
                        text, Json.STANDARD.read(json, VALUES), Optional.empty(), List.of(), Instant.EPOCH));
            }
            List<Map<String, String>> parts = Json.STANDARD.read(json, WITH_LINKS);
            Map<String, String> links = parts.get(1);
            List<String> successors = Stream.of(
                            links.getOrDefault("successors", "").split(" "))
                    .filter(id -> !id.isEmpty())
                    .toList();
            return Optional.of(new StoredSession(
                    text,
                    parts.get(0),
                    Optional.ofNullable(links.get("replaced")),
                    successors,
                    Instant.ofEpochMilli(Long.parseLong(links.getOrDefault("until", "0")))));
        } catch (HttpException | IndexOutOfBoundsException | NumberFormatException e) {
            LOG.warn("a session in the store cannot be read, and a new one takes its place: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether another id has come in the place of this one. */
    boolean retired() {
        return !successors.isEmpty();
    }

    boolean isOver(Instant now) {
        return retired() && !until.isAfter(now);
    }

    /** The ids that end with this one. */
    List<String> linked() {
        List<String> all = new ArrayList<>(successors);
        replaced.ifPresent(all::add);
        return all;
    }

    /** The same with a request's own changes; an empty one removes. */
    StoredSession with(Map<String, Optional<String>> changes, Instant now) {
        return of(changed(values, changes), replaced.filter(id -> until.isAfter(now)), successors, until);
    }

    /** What comes in the place of this one, which has the id {@code own}. */
    StoredSession successor(String own, Map<String, Optional<String>> changes, Instant end) {
        return of(changed(values, changes), Optional.of(own), List.of(), end);
    }

    /** What is left of this one. */
    StoredSession retired(String successor, Instant end) {
        List<String> all = new ArrayList<>(successors);
        all.add(successor);
        return of(
                values, replaced, List.copyOf(all.subList(Math.max(0, all.size() - MAX_SUCCESSORS), all.size())), end);
    }

    static Map<String, String> changed(Map<String, String> values, Map<String, Optional<String>> changes) {
        Map<String, String> changed = new TreeMap<>(values);
        changes.forEach(
                (name, value) -> value.ifPresentOrElse(text -> changed.put(name, text), () -> changed.remove(name)));
        return changed;
    }
}
