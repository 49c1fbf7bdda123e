package dev.twelvefactor.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The variables that configuration is read from: the process environment and, behind it, the {@code .env} file that {@code DOTENV} names,
 * if it names one. {@code X_FILE} holds the name of a file with the value of {@code X} (secrets mounted as files); one trailing newline is
 * not part of the value.
 */
public final class Environment {
    static final String FILE_SUFFIX = "_FILE";
    private static final String DOTENV = "DOTENV";

    private final List<Source> sources;
    private final List<Problem> problems;

    /** Where values are set. */
    private interface Source {
        @Nullable
        Value get(String name);

        Set<String> names();

        /** What is wrong with a variable that is set, whatever it is read for. */
        default Optional<Problem> problem(String name) {
            return Optional.empty();
        }
    }

    private record Variables(Map<String, String> texts, Set<String> undecodable) implements Source {
        @Override
        public @Nullable Value get(String name) {
            String text = texts.get(name);
            return text == null ? null : new Value(text, origin(name));
        }

        private static String origin(String name) {
            return "environment variable " + name;
        }

        @Override
        public Optional<Problem> problem(String name) {
            return undecodable.contains(name)
                    ? Optional.of(Problem.of(name, "has bytes that are not UTF-8; write it in UTF-8", origin(name)))
                    : Optional.empty();
        }

        @Override
        public Set<String> names() {
            return texts.keySet();
        }
    }

    private record File(Map<String, Value> values) implements Source {
        @Override
        public @Nullable Value get(String name) {
            return values.get(name);
        }

        @Override
        public Set<String> names() {
            return values.keySet();
        }
    }

    private Environment(List<Source> sources, List<Problem> problems) {
        this.sources = sources;
        this.problems = problems;
    }

    /**
     * What a variable is set to.
     *
     * @param current the text as it is by now, where it comes from files that may change
     * @param items what the text joins, where they came one by one
     */
    record Value(String text, String origin, Optional<Supplier<String>> current, Optional<List<String>> items) {
        Value(String text, String origin) {
            this(text, origin, Optional.empty());
        }

        Value(String text, String origin, Optional<Supplier<String>> current) {
            this(text, origin, current, Optional.empty());
        }

        static Value ofItems(List<String> items, String origin) {
            return new Value(Converters.joined(items.stream()), origin, Optional.empty(), Optional.of(items));
        }
    }

    /**
     * What the environment says of one variable: a value, a problem with getting at it, or neither.
     *
     * @param lack with neither, what is wrong if a value is required; null is that it is missing
     */
    record Reading(
            @Nullable Value value,
            @Nullable Problem problem,
            @Nullable Problem lack) {
        static final Reading ABSENT = new Reading(null, null);

        Reading(@Nullable Value value, @Nullable Problem problem) {
            this(value, problem, null);
        }

        static Reading absent(Problem lack) {
            return new Reading(null, null, lack);
        }

        boolean isAbsent() {
            return value == null && problem == null;
        }
    }

    /** The environment of this process, whose bytes are UTF-8 whatever the locale is; a variable that has other bytes is a problem where it is read. */
    public static Environment system() {
        KernelEnvironment kernel = KernelEnvironment.of(System.getenv());
        return of(new Variables(Map.copyOf(kernel.variables()), Set.copyOf(kernel.undecodable())));
    }

    /** An environment with these variables and no others, for tests. */
    public static Environment of(Map<String, String> variables) {
        return of(new Variables(Map.copyOf(variables), Set.of()));
    }

    private static Environment of(Source own) {
        Value dotenv = own.get(DOTENV);
        if (dotenv == null || dotenv.text().isBlank()) {
            return new Environment(List.of(own), List.of());
        }
        Optional<Problem> undecodable = own.problem(DOTENV);
        if (undecodable.isPresent()) {
            return new Environment(List.of(own), List.of(undecodable.get()));
        }
        String name = dotenv.text().strip();
        try {
            DotEnv.Parsed parsed = DotEnv.parse(name, NamedFile.read(name));
            return new Environment(List.of(own, new File(parsed.values())), parsed.problems());
        } catch (NamedFile.UnreadableException e) {
            return new Environment(List.of(own), List.of(Problem.of(DOTENV, e.getMessage(), dotenv.origin())));
        }
    }

    /** Whether anything is said of a variable: it or its {@code _FILE} is set and not blank. */
    public boolean has(String name) {
        return sources.stream()
                .anyMatch(source -> present(source.get(name), false).isPresent()
                        || present(source.get(name + FILE_SUFFIX), false).isPresent());
    }

    /** The variables whose names begin so: what a library reads by names of its own. */
    public Map<String, String> withPrefix(String prefix) {
        Map<String, String> found = new TreeMap<>();
        for (Source source : sources) {
            for (String name : source.names()) {
                Value value = source.get(name);
                if (name.startsWith(prefix) && value != null && !value.text().isBlank()) {
                    found.putIfAbsent(name, value.text());
                }
            }
        }
        return found;
    }

    /** Where a variable is set: {@code environment variable PORT}, {@code .env:3}. */
    String origin(String name) {
        return sources.stream()
                .map(source -> source.get(name))
                .filter(Objects::nonNull)
                .map(Value::origin)
                .findFirst()
                .orElse("");
    }

    /** The name of every variable that is set. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        sources.forEach(source -> names.addAll(source.names()));
        return names;
    }

    /** What is wrong with the sources themselves. */
    List<Problem> problems() {
        return problems;
    }

    /** The value of {@code name}: the first source that has {@code name} or its {@code _FILE} wins. */
    Reading read(String name, boolean secret, boolean blankCounts, Set<String> declared) {
        boolean fileCounts = !declared.contains(name + FILE_SUFFIX);
        for (Source source : sources) {
            Optional<Value> direct = present(source.get(name), blankCounts);
            Optional<Value> file = fileCounts ? present(source.get(name + FILE_SUFFIX), false) : Optional.empty();
            if (direct.isPresent() && file.isPresent()) {
                String both = "is set, and " + name + FILE_SUFFIX + " too; remove one of them";
                return new Reading(null, Problem.of(name, both, direct.get().origin()));
            }
            if (direct.isPresent()) {
                return source.problem(name)
                        .map(problem -> new Reading(null, problem))
                        .orElseGet(() -> new Reading(direct.get(), null));
            }
            if (file.isPresent()) {
                Optional<Problem> undecodable = source.problem(name + FILE_SUFFIX);
                if (undecodable.isPresent()) {
                    return new Reading(null, undecodable.get());
                }
                return readNamedFile(name, secret, file.get());
            }
        }
        return Reading.ABSENT;
    }

    private static Optional<Value> present(@Nullable Value value, boolean blankCounts) {
        return value == null || (!blankCounts && value.text().isBlank()) ? Optional.empty() : Optional.of(value);
    }

    private static Reading readNamedFile(String name, boolean secret, Value file) {
        try {
            String path = file.text().strip();
            if (secret && path.indexOf('/') < 0) {
                // The secret itself, in the wrong variable, is what this looks like.
                throw new NamedFile.UnreadableException("is to be the path of a file, and has no / in it");
            }
            NamedFile named = new NamedFile(path);
            String text = named.text();
            if (text.isBlank()) {
                String empty = "names an empty file; write the value into it or remove the variable";
                return new Reading(null, Problem.of(name + FILE_SUFFIX, empty, file.origin()));
            }
            String origin = "file named by " + name + FILE_SUFFIX;
            return new Reading(new Value(text, origin, Optional.of(named::text)), null);
        } catch (NamedFile.UnreadableException e) {
            return new Reading(null, Problem.of(name + FILE_SUFFIX, e.getMessage(), file.origin()));
        }
    }

    /** The names of the variables, never their values. */
    @Override
    public String toString() {
        return "Environment" + new ArrayList<>(names());
    }
}
