package dev.twelvefactor.admin;

import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.config.CommandLine;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.config.UsageException;
import dev.twelvefactor.config.Variable;
import java.util.List;
import java.util.Objects;

/**
 * A one-off task: its name, its options as a record, and what it does.
 *
 * <pre>{@code
 * record Purge(Duration olderThan) {}     // --older-than 30d
 *
 * Task.of("purge", "Delete old entries", Purge.class, (Settings settings, Purge options, Wiring wiring) -> …)
 * }</pre>
 *
 * @param <S> the record of the app's settings
 * @see <a href="https://12factor.net/admin-processes">The twelve-factor app, XII: admin processes</a>
 */
public final class Task<S extends Record> {
    private final String name;
    private final String description;
    private final Bound<S, ?> bound;

    private Task(String name, String description, Bound<S, ?> bound) {
        this.name = name;
        this.description = description;
        this.bound = bound;
    }

    /**
     * What a task does.
     *
     * @param <S> the record of the app's settings
     * @param <O> the record of the task's options
     */
    @FunctionalInterface
    public interface Body<S extends Record, O extends Record> {
        /**
         * Does it, on a thread that is interrupted on SIGTERM. Only what it attaches is opened.
         *
         * @throws Exception if it failed: the process ends with status 1
         */
        void run(S settings, O options, Wiring wiring) throws Exception;
    }

    /** A task whose options are ready: all that is left is to run it. */
    @FunctionalInterface
    public interface Ready<S extends Record> {
        /**
         * Runs the task.
         *
         * @throws Exception if it failed
         */
        void run(S settings, Wiring wiring) throws Exception;
    }

    private record Bound<S extends Record, O extends Record>(Class<O> options, Body<S, O> body) {
        Ready<S> with(List<String> arguments, Conversions conversions) {
            O given = CommandLine.bind(options, arguments, conversions);
            return (settings, wiring) -> body.run(settings, given, wiring);
        }
    }

    /**
     * A task.
     *
     * @param name what is typed: {@code admin NAME}
     * @param description one line for the list of tasks
     * @param options the record that its command line fills; {@link NoOptions} if there is nothing to say
     */
    public static <S extends Record, O extends Record> Task<S> of(
            String name, String description, Class<O> options, Body<S, O> body) {
        if (!name.matches("[a-z][a-z0-9:-]*")) {
            throw new IllegalArgumentException(
                    "a task's name is lower case letters, digits, : and -, not \"" + name + "\"");
        }
        return new Task<>(name, description, new Bound<>(options, Objects.requireNonNull(body)));
    }

    /** What is typed. */
    public String name() {
        return name;
    }

    /** One line for the list of tasks. */
    public String description() {
        return description;
    }

    /** The options that it takes. */
    public List<Variable> options(Conversions conversions) {
        return CommandLine.describe(bound.options(), conversions);
    }

    /**
     * The task with its options read.
     *
     * @throws UsageException if the arguments are not what the options allow
     */
    public Ready<S> with(List<String> arguments) {
        return with(arguments, Conversions.standard());
    }

    /**
     * The same, with conversions of the app's own.
     *
     * @throws UsageException if the arguments are not what the options allow
     */
    public Ready<S> with(List<String> arguments, Conversions conversions) {
        return bound.with(arguments, conversions);
    }
}
