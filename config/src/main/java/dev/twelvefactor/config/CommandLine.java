package dev.twelvefactor.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A record filled from a command line, with the types, defaults and messages of {@link EnvConfig}: {@code olderThan} is
 * {@code --older-than 30d} or {@code --older-than=30d}; a boolean is a flag and false without it; an {@link Argument} is known by its place alone, and each of a list
 * is taken as it is written. After {@code --} everything is an argument.
 *
 * <p>What begins with {@code --} is never the value of the option before it, so that a forgotten value does not swallow an option: such a value is written
 * {@code --author=--dry-run}. A negative number is a value or an argument.
 *
 * @param <T> the record
 * @param options the record, filled
 * @param shown what was given or is a default, by option, as it may be shown: secrets are masked
 */
public record CommandLine<T extends Record>(T options, Map<String, String> shown) {
    /** What all options begin with, and alone the end of them. */
    private static final String END_OF_OPTIONS = "--";

    private static final Pattern NEGATIVE_NUMBER = Pattern.compile("-\\.?[0-9].*");

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
        Map<String, Environment.Reading> given = new Reader(shape.leaves(), problems).read(arguments);
        RecordBinder binder = new RecordBinder(
                (leaf, declared) -> given.getOrDefault(leaf.variable().name(), Environment.Reading.ABSENT),
                Set::of,
                List.of(shape));
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
        return shape(type, conversions).variables();
    }

    /** The arguments before {@code --}: those that may be options. */
    public static List<String> optionsOf(List<String> arguments) {
        int end = arguments.indexOf(END_OF_OPTIONS);
        return end < 0 ? arguments : arguments.subList(0, end);
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
                throw new RecordException(type, name + " stands after an argument that takes all that is left");
            }
            if (mayBeAbsent && leaf.variable().required()) {
                throw new RecordException(type, name + " is required and stands after an argument that may be absent");
            }
            mayBeAbsent = mayBeAbsent || !leaf.variable().required();
            takesTheRest = leaf.converter().many();
        }
        return shape;
    }

    /** Takes a command line apart. */
    private static final class Reader {
        private static final String ORIGIN = "command line";

        private final Map<String, RecordShape.Leaf> options = new LinkedHashMap<>();
        private final Deque<RecordShape.Leaf> arguments = new ArrayDeque<>();
        private final Map<String, Environment.Reading> given = new LinkedHashMap<>();
        private final List<String> items = new ArrayList<>();
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

        Map<String, Environment.Reading> read(List<String> words) {
            rest.addAll(words);
            boolean onlyArguments = false;
            while (!rest.isEmpty()) {
                String word = rest.remove();
                if (!onlyArguments && word.equals(END_OF_OPTIONS)) {
                    onlyArguments = true;
                } else if (onlyArguments || isArgument(word)) {
                    argument(word);
                } else {
                    option(word);
                }
            }
            return given;
        }

        private boolean isArgument(String word) {
            return !word.startsWith("-")
                    || word.equals("-")
                    || (!arguments.isEmpty() && NEGATIVE_NUMBER.matcher(word).matches());
        }

        private void argument(String word) {
            RecordShape.Leaf leaf = arguments.peek();
            if (leaf == null) {
                problems.add(Problem.missing(
                        shown(word),
                        given.keySet().stream().anyMatch(name -> name.startsWith("<"))
                                ? "is an argument too many"
                                : "is an argument, and none is expected"));
            } else if (leaf.converter().many()) {
                items.add(word);
                put(leaf, Environment.Value.ofItems(List.copyOf(items), ORIGIN));
            } else {
                arguments.remove();
                put(leaf, new Environment.Value(word, ORIGIN));
            }
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
                    : leaf.isFlag() ? Optional.of("true") : next();
            if (value.isEmpty()) {
                refuse(name, withoutValue(leaf));
            } else if (given.containsKey(name)) {
                refuse(name, "is given twice; write it once");
            } else {
                put(leaf, new Environment.Value(value.get(), ORIGIN));
            }
        }

        private boolean valueFollows() {
            String next = rest.peek();
            return next != null && !next.startsWith("-");
        }

        /** What follows an option as its value. */
        private Optional<String> next() {
            String next = rest.peek();
            return next == null || next.startsWith(END_OF_OPTIONS) ? Optional.empty() : Optional.of(rest.remove());
        }

        private String withoutValue(RecordShape.Leaf leaf) {
            String name = leaf.variable().name();
            // What a secret's converter advises is for a variable.
            String instead = (leaf.converter().secret()
                            ? "write the value"
                            : leaf.converter().instead()) + " after it";
            String next = rest.peek();
            if (next == null) {
                return "has no value; " + instead;
            }
            if (leaf.isSecret() && !isOption(next)) {
                // It may be the secret, and is not to be reported as an option either.
                rest.remove();
                return "has no value; " + instead + ", or " + name + "=VALUE if the value begins with --";
            }
            boolean showable = shown(next).equals(next) || isOption(next);
            return "has no value before " + (showable ? next : "what begins with --") + "; " + instead + ", or " + name
                    + "=" + (showable ? next : "VALUE") + " if that is the value";
        }

        /** Whether this is an option of the record, or the end of the options, and so no secret. */
        private boolean isOption(String word) {
            return word.equals(END_OF_OPTIONS) || options.containsKey(word);
        }

        private void put(RecordShape.Leaf leaf, Environment.Value value) {
            given.put(leaf.variable().name(), new Environment.Reading(value, null));
        }

        private void refuse(String name, String message) {
            given.put(name, new Environment.Reading(null, Problem.missing(name, message)));
        }

        private String unknown(String name) {
            String known = options.isEmpty()
                    ? "there are no options"
                    : "the options are " + String.join(", ", options.keySet());
            String asArgument = arguments.isEmpty() ? "" : "; write -- before an argument that begins with -";
            return Suggestions.nearest(name, options.keySet())
                    .map(near -> "is unknown; did you mean " + near + "?")
                    .orElse("is unknown; " + known + asArgument);
        }
    }

    /** What is no option may be a value in the wrong place, and that a secret. */
    private static String shown(String name) {
        return name.matches("-{0,2}[\\w.-]{1,40}") ? name : "what is written there";
    }
}
