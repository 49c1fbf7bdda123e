package dev.twelvefactor.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A record filled from command-line options, with the types, defaults and messages of {@link EnvConfig}: {@code olderThan} is
 * {@code --older-than 30d} or {@code --older-than=30d}; a boolean is a flag and false without it.
 */
public final class CommandLine {
    private CommandLine() {}

    /**
     * The record that these arguments give.
     *
     * @throws UsageException if an option is unknown, missing, given twice or of the wrong type
     * @throws RecordException if the record cannot be bound, whatever the arguments
     */
    public static <T extends Record> T bind(Class<T> type, List<String> arguments) {
        return bind(type, arguments, Conversions.standard());
    }

    /**
     * The same, with conversions of the app's own.
     *
     * @throws UsageException if an option is unknown, missing, given twice or of the wrong type
     * @throws RecordException if the record cannot be bound, whatever the arguments
     */
    public static <T extends Record> T bind(Class<T> type, List<String> arguments, Conversions conversions) {
        RecordShape shape = RecordShape.of(type, Names.OPTION, conversions);
        Map<String, RecordShape.Leaf> known = new LinkedHashMap<>();
        shape.leaves().forEach(leaf -> known.put(leaf.variable().name(), leaf));
        List<Problem> problems = new ArrayList<>();
        Map<String, Environment.Value> given = given(arguments, known, problems);
        RecordBinder binder = new RecordBinder(
                (leaf, declared) -> reading(leaf, given.get(leaf.variable().name())), Set::of, List.of(shape));
        Record record = binder.bind(shape);
        problems.addAll(binder.problems());
        if (record == null || !problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return type.cast(record);
    }

    /** The options that a record declares, for a task's help. */
    public static List<Variable> describe(Class<? extends Record> type) {
        return describe(type, Conversions.standard());
    }

    /** The same, with conversions of the app's own. */
    public static List<Variable> describe(Class<? extends Record> type, Conversions conversions) {
        return RecordShape.of(type, Names.OPTION, conversions).variables().stream()
                .map(variable -> isFlag(variable) ? variable.optional() : variable)
                .toList();
    }

    private static Environment.Reading reading(RecordShape.Leaf leaf, Environment.@Nullable Value value) {
        if (value == null
                && isFlag(leaf.variable())
                && leaf.variable().defaultValue().isEmpty()
                && !leaf.optional()) {
            return new Environment.Reading(new Environment.Value("false", "default"), null);
        }
        return new Environment.Reading(value, null);
    }

    private static boolean isFlag(Variable variable) {
        return variable.type().equals("boolean");
    }

    private static Map<String, Environment.Value> given(
            List<String> arguments, Map<String, RecordShape.Leaf> known, List<Problem> problems) {
        Map<String, Environment.Value> given = new LinkedHashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            RecordShape.Leaf leaf = known.get(name);
            if (leaf == null) {
                problems.add(Problem.missing(shown(name), unknown(name, known.keySet())));
                boolean valueFollows = equals < 0
                        && name.startsWith("-")
                        && i + 1 < arguments.size()
                        && !arguments.get(i + 1).startsWith("-");
                // The value of the option that was meant, which may be a secret, is no argument of its own.
                i += valueFollows ? 1 : 0;
                continue;
            }
            String text;
            if (equals >= 0) {
                text = argument.substring(equals + 1);
            } else if (isFlag(leaf.variable())) {
                text = "true";
            } else if (i + 1 < arguments.size()) {
                text = arguments.get(++i);
            } else {
                problems.add(Problem.missing(
                        name, "has no value; " + leaf.converter().instead() + " after it"));
                continue;
            }
            if (given.put(name, new Environment.Value(text, "command line")) != null) {
                problems.add(Problem.missing(name, "is given twice; write it once"));
            }
        }
        return given;
    }

    /** What is no option may be a value in the wrong place, and that a secret. */
    private static String shown(String name) {
        return name.matches("-{0,2}[\\w.-]{1,40}") ? name : "what is written there";
    }

    private static String unknown(String name, Set<String> known) {
        if (!name.startsWith("-")) {
            return "is an argument, and none is expected";
        }
        String options = known.isEmpty() ? "there are no options" : "the options are " + String.join(", ", known);
        return Suggestions.nearest(name, known)
                .map(near -> "is unknown; did you mean " + near + "?")
                .orElse("is unknown; " + options);
    }
}
