package dev.twelvefactor.config;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Fills records from a source of text and collects, on the way, every setting and every problem. */
final class RecordBinder {
    private static final Object ABSENT = new Object();
    static final String DEFAULT = "default";

    private final Source source;
    private final Supplier<Set<String>> setNames;
    private final Set<String> declared = new LinkedHashSet<>();
    private final Map<String, Settled> settings = new LinkedHashMap<>();
    private final Map<String, Environment.Value> plainValues = new LinkedHashMap<>();
    private final Map<String, Fingerprint.Value> fingerprints = new LinkedHashMap<>();
    private final Map<String, Environment.Reading> readings = new HashMap<>();
    private final List<Problem> recordProblems = new ArrayList<>();
    private final Set<String> secrets = new LinkedHashSet<>();
    /** What the variables of nested records begin with. */
    private final Set<String> prefixes = new TreeSet<>();
    /** Set, and named already as what a missing variable was meant to be. */
    private final Set<String> blamed = new TreeSet<>();

    private @Nullable Set<String> unread;

    /** Where the text of a variable comes from. */
    @FunctionalInterface
    interface Source {
        Environment.Reading read(RecordShape.Leaf leaf, Set<String> declared);
    }

    /** What became of one variable. */
    private record Settled(
            RecordShape.Leaf leaf,
            @Nullable Object value,
            @Nullable String origin,
            @Nullable Problem problem) {
        Setting setting() {
            return new Setting(
                    leaf.variable(),
                    Optional.ofNullable(value).map(leaf::shown),
                    Optional.ofNullable(origin),
                    Optional.ofNullable(problem));
        }

        boolean isGiven() {
            return origin != null && !origin.startsWith(DEFAULT);
        }
    }

    RecordBinder(Source source, Supplier<Set<String>> setNames, List<RecordShape> shapes) {
        this.source = source;
        this.setNames = setNames;
        for (RecordShape shape : shapes) {
            prefixes.addAll(shape.prefixes());
            for (RecordShape.Leaf leaf : shape.leaves()) {
                if (!declared.add(leaf.variable().name())) {
                    throw new RecordException(
                            "two components read " + leaf.variable().name() + "; rename one of them, or read it once");
                }
            }
        }
    }

    /** The record, or null if something of it is wrong; the problems say what. */
    @Nullable
    Record bind(RecordShape shape) {
        Object[] values = new Object[shape.parts().size()];
        boolean complete = true;
        for (int i = 0; i < values.length; i++) {
            Object value = part(shape.parts().get(i));
            if (value == null) {
                complete = false;
            } else {
                values[i] = value;
            }
        }
        if (!complete) {
            return null;
        }
        try {
            return shape.create(values);
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof IllegalArgumentException refusal)) {
                throw shape.failed(Objects.requireNonNull(e.getCause()));
            }
            String why =
                    Optional.ofNullable(refusal.getMessage()).orElse("was refused by its own check, without a message");
            recordProblems.add(Problem.missing(shape.title(), Shown.without(secrets, why)));
            return null;
        }
    }

    /** The value as the component takes it; null is a problem, an absent optional is {@code Optional.empty()}. */
    private @Nullable Object part(RecordShape.Part part) {
        if (part instanceof RecordShape.Leaf leaf) {
            Object value = leaf(leaf);
            return leaf.optional() && value != null && value != ABSENT ? Optional.of(value) : orEmpty(value);
        }
        RecordShape.Nested nested = (RecordShape.Nested) part;
        if (!nested.optional()) {
            return bind(nested.shape());
        }
        if (!anyGiven(nested.shape())) {
            nested.shape().leaves().forEach(leaf -> settle(leaf, null, null, null));
            return Optional.empty();
        }
        Record record = bind(nested.shape());
        return record == null ? null : Optional.of(record);
    }

    private static @Nullable Object orEmpty(@Nullable Object value) {
        return value == ABSENT ? Optional.empty() : value;
    }

    private boolean anyGiven(RecordShape shape) {
        return shape.leaves().stream().anyMatch(leaf -> !read(leaf).isAbsent());
    }

    /** Once for each variable: a file that is a pipe can be read only once. */
    private Environment.Reading read(RecordShape.Leaf leaf) {
        String name = leaf.variable().name();
        Environment.Reading reading = readings.get(name);
        if (reading == null) {
            reading = source.read(leaf, declared);
            readings.put(name, reading);
        }
        return reading;
    }

    /** The converted value, {@link #ABSENT}, or null for a problem. */
    private @Nullable Object leaf(RecordShape.Leaf leaf) {
        Environment.Reading reading = read(leaf);
        if (reading.problem() != null) {
            settle(leaf, null, null, reading.problem());
            return null;
        }
        if (reading.value() != null) {
            return convert(leaf, reading.value());
        }
        if (leaf.fallback().isPresent()) {
            return convert(leaf, new Environment.Value(leaf.fallback().get(), DEFAULT));
        }
        if (leaf.variable().required()) {
            settle(leaf, null, null, reading.lack() == null ? missing(leaf) : reading.lack());
            return null;
        }
        settle(leaf, null, null, null);
        return leaf.optional() ? ABSENT : "";
    }

    private @Nullable Object convert(RecordShape.Leaf leaf, Environment.Value value) {
        String name = leaf.variable().name();
        if (leaf.variable().secret()) {
            secrets.add(value.text());
        }
        try {
            Object converted = leaf.converter().convert(value);
            keepSecretsOf(converted);
            if (leaf.hides(converted)) {
                secrets.addAll(parts(leaf, value));
            }
            if (converted instanceof ServiceUrl url) {
                converted = url.readFrom(name, value);
            } else if (converted instanceof RotatingSecret && value.current().isPresent()) {
                converted = new RotatingSecret(value.current().get());
            }
            settle(leaf, converted, value.origin(), null);
            boolean secret = leaf.isSecret() || leaf.hides(converted);
            if (!leaf.isSecret()) {
                plainValues.put(name, value);
            }
            fingerprints.put(
                    name,
                    new Fingerprint.Value(
                            value.text(),
                            secret ? leaf.shown(converted) : value.text(),
                            secretsOf(converted, secret, value)));
            return converted;
        } catch (RuntimeException e) {
            settle(leaf, null, value.origin(), Problem.of(name, refusal(leaf, value, e), value.origin()));
            return null;
        }
    }

    private static String secretsOf(Object converted, boolean secret, Environment.Value value) {
        if (converted instanceof ServiceUrl url) {
            return url.password().map(Secret::reveal).orElse("") + String.join("", url.secretParameters());
        }
        return secret ? value.text() : "";
    }

    private void keepSecretsOf(Object converted) {
        if (converted instanceof Secret secret) {
            secrets.add(secret.reveal());
        } else if (converted instanceof RotatingSecret rotating) {
            secrets.add(rotating.current().reveal());
        } else if (converted instanceof ServiceUrl url) {
            url.password().map(Secret::reveal).ifPresent(secrets::add);
            url.secretParameters().forEach(secrets::add);
        } else if (converted instanceof Collection<?> some) {
            some.forEach(this::keepSecretsOf);
        } else if (converted instanceof Map<?, ?> map) {
            map.values().forEach(this::keepSecretsOf);
        }
    }

    /** A text and, of several items, each of them: in the words of a refusal one may stand alone, and cut short. */
    private static Set<String> parts(RecordShape.Leaf leaf, Environment.Value value) {
        Set<String> parts = new LinkedHashSet<>(List.of(value.text()));
        for (String part : Converters.parts(leaf.converter(), value)) {
            parts.add(part);
            parts.add(Shown.plain(part));
        }
        return parts;
    }

    private String refusal(RecordShape.Leaf leaf, Environment.Value value, RuntimeException refusal) {
        String text = value.text();
        String name = leaf.variable().name();
        if (name.endsWith("_PORT") && text.strip().matches("(?:tcp|udp|sctp)://[0-9a-fA-F.:\\[\\]]+")) {
            String service = Names.OPTION
                    .of(name.substring(0, name.length() - "_PORT".length()).replace('_', '-'))
                    .substring(2);
            return Shown.quoted(text) + " is a link that Kubernetes made for its Service \"" + service
                    + "\"; write enableServiceLinks: false in the pod's spec, or rename the Service";
        }
        String why = Optional.ofNullable(refusal.getMessage())
                .orElse("is not a " + leaf.variable().type());
        return leaf.isSecret() ? Shown.without(parts(leaf, value), why) : Shown.quoted(text) + " " + why;
    }

    private Problem missing(RecordShape.Leaf leaf) {
        String name = leaf.variable().name();
        return nearMiss(name)
                .map(near -> {
                    String meant = near.meant();
                    blamed.add(near.set());
                    return Problem.missing(name, "is missing; " + near.set() + " is set: did you mean " + meant + "?");
                })
                .orElseGet(() ->
                        Problem.missing(name, "is missing; " + leaf.converter().instead()));
    }

    /** A variable that is set and read by nothing, and the one that it was probably meant to be. */
    private record NearMiss(String set, String meant) {}

    private Optional<NearMiss> nearMiss(String name) {
        Set<String> unread = unread();
        String file = name + Environment.FILE_SUFFIX;
        return Suggestions.nearest(name, unread)
                .map(set -> new NearMiss(set, name))
                .or(() -> Suggestions.nearest(file, unread).map(set -> new NearMiss(set, file)));
    }

    /** Every name that is set and read by nothing. */
    private Set<String> unread() {
        Set<String> found = unread;
        if (found == null) {
            found = new TreeSet<>(setNames.get());
            found.removeIf(this::isRead);
            unread = found;
        }
        return found;
    }

    private boolean isRead(String name) {
        return declared.contains(name)
                || isDeclaredBut(Environment.FILE_SUFFIX, name)
                || isDeclaredBut(ServiceUrlSource.PARAMETERS_SUFFIX, name)
                || isDeclaredBut(ServiceUrlSource.PARAMETERS_SUFFIX + Environment.FILE_SUFFIX, name);
    }

    private boolean isDeclaredBut(String suffix, String name) {
        return name.endsWith(suffix) && declared.contains(name.substring(0, name.length() - suffix.length()));
    }

    /**
     * Variables that are set, look as if they were meant for these records, and are read by nothing: a slip of the keys beside a variable that is absent, and what begins
     * like the variables of a nested record. It tells nothing of a value, and counts once all records are bound.
     */
    List<Problem> warnings(Function<String, String> origin) {
        Map<String, Problem> warnings = new TreeMap<>();
        for (Settled settled : settings.values()) {
            if (settled.problem() == null && !settled.isGiven()) {
                nearMiss(settled.leaf().variable().name())
                        .ifPresent(near -> warnings.putIfAbsent(
                                near.set(),
                                Problem.of(
                                        near.set(),
                                        "is set and read by nothing; did you mean " + near.meant() + "?",
                                        origin.apply(near.set()))));
            }
        }
        for (String name : unread()) {
            if (prefixes.stream().anyMatch(name::startsWith)) {
                warnings.putIfAbsent(
                        name,
                        Problem.of(
                                name, "is set and read by nothing; remove it, or mend its name", origin.apply(name)));
            }
        }
        warnings.keySet().removeAll(blamed);
        return List.copyOf(warnings.values());
    }

    private void settle(
            RecordShape.Leaf leaf, @Nullable Object value, @Nullable String origin, @Nullable Problem problem) {
        settings.put(leaf.variable().name(), new Settled(leaf, value, origin, problem));
    }

    /** Every variable that was read, in the order of declaration. */
    List<Setting> settings() {
        return settings.values().stream().map(Settled::setting).toList();
    }

    /** Every problem: those of single variables in the order of declaration, then those that records found themselves. */
    List<Problem> problems() {
        List<Problem> problems = new ArrayList<>();
        for (Settled settled : settings.values()) {
            if (settled.problem() != null) {
                problems.add(settled.problem());
            }
        }
        problems.addAll(recordProblems);
        return problems;
    }

    /** What tells these values from others, but for the variables that do not count. */
    Fingerprint fingerprint(Set<String> except) {
        Map<String, Fingerprint.Value> counting = new LinkedHashMap<>(fingerprints);
        counting.keySet().removeAll(except);
        return Fingerprint.of(counting);
    }

    /** The text of every value that is not a secret. */
    Map<String, Environment.Value> plainValues() {
        return plainValues;
    }
}
