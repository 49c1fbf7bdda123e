package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the documentation promises of the requests that one client sends at once: which sessions may be there when all have their responses, and what is in them. */
final class SessionModel {
    enum Kind {
        READ,
        PUT,
        REMOVE,
        LOGIN,
        LOGOUT
    }

    /** One request; {@code value} is one that no other request puts. */
    record Step(Kind kind, String name, String value) {}

    /**
     * What came back.
     *
     * @param status 500 if the store failed, which leaves open whether the step has taken place
     * @param newId of the cookie that was set
     */
    record Outcome(Step step, int status, Optional<String> newId) {
        boolean isOk() {
            return status == 200;
        }

        private boolean is(Kind kind) {
            return step.kind() == kind;
        }

        /** What a name may have as its value by this one; empty for none. */
        private Optional<String> value() {
            return is(Kind.REMOVE) ? Optional.empty() : Optional.of(step.value());
        }
    }

    private final String id;
    private final Map<String, String> before;
    private final List<Outcome> outcomes;
    private final Function<String, Map<String, String>> reader;

    /** {@code reader} reads what is stored under an id; a session always has a value. */
    SessionModel(
            String id,
            Map<String, String> before,
            List<Outcome> outcomes,
            Function<String, Map<String, String>> reader) {
        this.id = id;
        this.before = before;
        this.outcomes = outcomes;
        this.reader = reader;
    }

    boolean mayHave(Kind kind) {
        return outcomes.stream().anyMatch(outcome -> outcome.is(kind) && outcome.status() != 409);
    }

    /** Without a logout: nobody loses the session, and of what was confirmed nothing is lost. */
    void checkAlive() {
        boolean loggedIn = mayHave(Kind.LOGIN);
        Map<String, String> after = reader.apply(id);
        for (Outcome outcome : outcomes) {
            assertThat(outcome.status()).as("%s", outcome).isIn(200, 500);
            assertThat(outcome.newId().isPresent())
                    .as("a cookie for %s", outcome)
                    .isEqualTo(outcome.is(Kind.LOGIN) && outcome.isOk());
            if (outcome.is(Kind.LOGIN) && outcome.isOk()) {
                Map<String, String> renewed = reader.apply(outcome.newId().orElseThrow());
                assertThat(renewed)
                        .as("the session of %s", outcome)
                        .containsEntry("user", outcome.step().value());
                checkValues(renewed, false);
            }
        }
        assertThat(after).as("the session that was there before").isNotEmpty();
        assertThat(after.get("user")).as("the user under the old id").isEqualTo(before.get("user"));
        checkValues(after, !loggedIn);
    }

    /** After a logout that was confirmed: what is there now began after it. */
    void checkEnded() {
        assertThat(reader.apply(id)).as("the session that has ended").isEmpty();
        for (Outcome outcome : outcomes) {
            if (outcome.newId().isEmpty()) {
                continue;
            }
            Map<String, String> other = reader.apply(outcome.newId().get());
            if (outcome.is(Kind.LOGIN)) {
                if (!other.isEmpty()) {
                    assertThat(other)
                            .as("%s", outcome)
                            .isEqualTo(Map.of("user", outcome.step().value()));
                }
            } else {
                assertThat(outcome.step().kind()).as("a cookie for %s", outcome).isEqualTo(Kind.PUT);
                assertThat(other)
                        .as("%s", outcome)
                        .isEqualTo(Map.of(outcome.step().name(), outcome.step().value()));
            }
        }
    }

    /** {@code exact}: what was confirmed has to be there; else it may have been dropped with the old id, or have come too late for the new one. */
    private void checkValues(Map<String, String> after, boolean exact) {
        Set<String> names = new HashSet<>(before.keySet());
        names.addAll(after.keySet());
        Map<String, Set<Optional<String>>> allowed = new HashMap<>();
        Set<String> confirmed = new HashSet<>();
        for (Outcome outcome : outcomes) {
            if (outcome.is(Kind.PUT) || outcome.is(Kind.REMOVE)) {
                String name = outcome.step().name();
                names.add(name);
                allowed.computeIfAbsent(name, unused -> new HashSet<>()).add(outcome.value());
                if (outcome.isOk()) {
                    confirmed.add(name);
                }
            }
        }
        names.remove("user");
        for (String name : names) {
            Set<Optional<String>> values = new HashSet<>(allowed.getOrDefault(name, Set.of()));
            if (!exact || !confirmed.contains(name)) {
                values.add(Optional.ofNullable(before.get(name)));
            }
            assertThat(values).as("values of %s", name).contains(Optional.ofNullable(after.get(name)));
        }
    }
}
