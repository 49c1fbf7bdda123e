package dev.twelvefactor.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record filled from a command line, with the types, defaults and messages of {@link EnvConfig}: {@code olderThan} is
 * {@code --older-than 30d} or {@code --older-than=30d}; a boolean is a flag and false without it; an {@link Argument} is told by its place alone. Behind
 * {@code --} everything is an argument.
 *
 * @param <T> the record
 * @param options the record, filled
 * @param shown what was given or is a default, by option, as it may be shown: secrets are masked
 */
public record CommandLine<T extends Record>(T options, Map<String, String> shown) {
    private static final String END_OF_OPTIONS = "--";

    /**
     * The record that these arguments give.
     *
     * @throws UsageException if an option is unknown, missing, given twice or of the wrong type
     * @throws RecordException if the record cannot be bound, whatever the arguments
     */
    public static <T extends Record> CommandLine<T> read(
            Class<T> type, List<String> arguments, Conversions conversions) {
        RecordShape shape = shape(type, conversions);
        List<Problem> problems = new ArrayList<>();
        Map<String, Environment.Value> given = new Reader(shape.leaves(), problems).read(arguments);
        RecordBinder binder = new RecordBinder(
                (leaf, declared) -> reading(leaf, given.get(leaf.variable().name())), Set::of, List.of(shape));
        Record record = binder.bind(shape);
        problems.addAll(binder.problems());
        if (record == null || !problems.isEmpty()) {
            throw new UsageException(problems);
        }
        Map<String, String> shown = new LinkedHashMap<>();
        for (Setting setting : binder.settings()) {
            setting.shown().ifPresent(value -> shown.put(setting.variable().name(), value));
        }
        return new CommandLine<>(type.cast(record), shown);
    }

    /**
     * The record alone, with the standard conversions.
     *
     * @throws UsageException if an option is unknown, missing, given twice or of the wrong type
     * @throws RecordException if the record cannot be bound, whatever the arguments
     */
    public static <T extends Record> T bind(Class<T> type, List<String> arguments) {
        return read(type, arguments, Conversions.standard()).options();
    }

    /** The options that a record declares, for a task's help. */
    public static List<Variable> describe(Class<? extends Record> type) {
        return describe(type, Conversions.standard());
    }

    /** The same, with conversions of the app's own. */
    public static List<Variable> describe(Class<? extends Record> type, Conversions conversions) {
        return shape(type, conversions).variables().stream()
                .map(variable -> isFlag(variable) ? variable.optional() : variable)
                .toList();
    }

    private static RecordShape shape(Class<? extends Record> type, Conversions conversions) {
        RecordShape shape = RecordShape.of(type, Names.OPTION, conversions);
        boolean mayBeAbsent = false;
        boolean takesTheRest = false;
        for (RecordShape.Leaf leaf : shape.leaves()) {
            if (!leaf.isArgument()) {
                continue;
            }
            String name = leaf.variable().name();
            if (takesTheRest) {
                throw new RecordException(type, name + " stands behind an argument that takes all that is left");
            }
            if (mayBeAbsent && leaf.variable().required()) {
                throw new RecordException(type, name + " is required and stands behind an argument that may be absent");
            }
            mayBeAbsent = mayBeAbsent || !leaf.variable().required();
            takesTheRest = leaf.converter().many();
        }
        return shape;
    }

    private static Environment.Reading reading(RecordShape.Leaf leaf, Environment.@Nullable Value value) {
        if (value == null
                && isFlag(leaf.variable())
                && leaf.variable().defaultValue().isEmpty()
                && !leaf.optional()) {
            return new Environment.Reading(new Environment.Value("false", RecordBinder.DEFAULT), null);
        }
        return new Environment.Reading(value, null);
    }

    private static boolean isFlag(Variable variable) {
        return variable.type().equals("boolean") && variable.name().startsWith("-");
    }

    /** Takes a command line apart. */
    private static final class Reader {
        private final Map<String, RecordShape.Leaf> options = new LinkedHashMap<>();
        private final Deque<RecordShape.Leaf> arguments = new ArrayDeque<>();
        private final Map<String, Environment.Value> given = new LinkedHashMap<>();
        private final List<Problem> problems;
        private final Deque<String> rest = new ArrayDeque<>();

        Reader(List<RecordShape.Leaf> leaves, List<Problem> problems) {
            this.problems = problems;
            for (RecordShape.Leaf leaf : leaves) {
                if (leaf.isArgument()) {
                    arguments.add(leaf);
                } else {
                    options.put(leaf.variable().name(), leaf);
                }
            }
        }

        Map<String, Environment.Value> read(List<String> words) {
            rest.addAll(words);
            boolean onlyArguments = false;
            while (!rest.isEmpty()) {
                String word = rest.remove();
                if (!onlyArguments && word.equals(END_OF_OPTIONS)) {
                    onlyArguments = true;
                } else if (onlyArguments || !word.startsWith("-") || word.equals("-")) {
                    argument(word);
                } else {
                    option(word);
                }
            }
            return given;
        }

        private void argument(String word) {
            RecordShape.Leaf leaf = arguments.peek();
            if (leaf == null) {
                problems.add(Problem.missing(
                        shown(word),
                        given.keySet().stream().anyMatch(name -> name.startsWith("<"))
                                ? "is an argument too many"
                                : "is an argument, and none is expected"));
                return;
            }
            if (!leaf.converter().many()) {
                arguments.remove();
                put(leaf, word);
                return;
            }
            String item = word.replace(",", "\\,");
            Environment.Value before = given.get(leaf.variable().name());
            put(leaf, before == null ? item : before.text() + "," + item);
        }

        private void option(String word) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            RecordShape.Leaf leaf = options.get(name);
            if (leaf == null) {
                problems.add(Problem.missing(shown(name), unknown(name)));
                // The value of the option that was meant, which may be a secret, is no argument of its own.
                if (equals < 0 && arguments.isEmpty() && valueFollows()) {
                    rest.remove();
                }
                return;
            }
            Optional<String> value = equals >= 0
                    ? Optional.of(word.substring(equals + 1))
                    : isFlag(leaf.variable()) ? Optional.of("true") : Optional.ofNullable(rest.poll());
            if (value.isEmpty()) {
                problems.add(Problem.missing(
                        name, "has no value; " + leaf.converter().instead() + " after it"));
            } else if (given.containsKey(name)) {
                problems.add(Problem.missing(name, "is given twice; write it once"));
            } else {
                put(leaf, value.get());
            }
        }

        private boolean valueFollows() {
            String next = rest.peek();
            return next != null && !next.startsWith("-");
        }

        private void put(RecordShape.Leaf leaf, String text) {
            given.put(leaf.variable().name(), new Environment.Value(text, "command line"));
        }

        private String unknown(String name) {
            String known = options.isEmpty()
                    ? "there are no options"
                    : "the options are " + String.join(", ", options.keySet());
            return Suggestions.nearest(name, options.keySet())
                    .map(near -> "is unknown; did you mean " + near + "?")
                    .orElse("is unknown; " + known);
        }
    }

    /** What is no option may be a value in the wrong place, and that a secret. */
    private static String shown(String name) {
        return name.matches("-{0,2}[\\w.-]{1,40}") ? name : "what is written there";
    }
}
