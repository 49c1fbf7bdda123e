package dev.twelvefactor.admin;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.config.CommandLine;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.UsageException;
import dev.twelvefactor.config.Variable;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * A one-off task: its name, its options and arguments as a record, and what it does.
 *
 * <pre>{@code
 * record Purge(Duration olderThan, boolean dryRun) {}     // --older-than 30d --dry-run
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
    private final Bound<S, ?, ?> bound;
    private final Optional<Exclusion<S>> exclusion;

    private Task(String name, String description, Bound<S, ?, ?> bound, Optional<Exclusion<S>> exclusion) {
        this.name = name;
        this.description = description;
        this.bound = bound;
        this.exclusion = exclusion;
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

    /**
     * What a task does that has something to show: a table, progress.
     *
     * @param <S> the record of the app's settings
     * @param <O> the record of the task's options
     */
    @FunctionalInterface
    public interface ShowingBody<S extends Record, O extends Record> {
        /**
         * Does it, as {@link Body#run} does.
         *
         * @throws Exception if it failed: the process ends with status 1
         */
        void run(S settings, O options, Wiring wiring, TaskOutput output) throws Exception;
    }

    /**
     * What a task does that has settings of its own beside the app's.
     *
     * @param <S> the record of the app's settings
     * @param <T> the record of the task's own settings
     * @param <O> the record of the task's options
     */
    @FunctionalInterface
    public interface ConfiguredBody<S extends Record, T extends Record, O extends Record> {
        /**
         * Does it, as {@link Body#run} does.
         *
         * @throws Exception if it failed: the process ends with status 1
         */
        void run(S settings, T own, O options, Wiring wiring, TaskOutput output) throws Exception;
    }

    /**
     * A task whose command line has been read: all that is left is to run it.
     *
     * @param arguments what was given, by option, without secrets: for the audit event
     * @param work the task itself
     * @param <S> the record of the app's settings
     */
    public record Ready<S extends Record>(Map<String, String> arguments, Work<S> work) {}

    /**
     * What is left to do when options are read.
     *
     * @param <S> the record of the app's settings
     */
    @FunctionalInterface
    public interface Work<S extends Record> {
        /**
         * Runs the task.
         *
         * @param config with the task's own settings among what was read
         * @throws Exception if it failed
         */
        void run(S settings, EnvConfig config, Wiring wiring, TaskOutput output) throws Exception;
    }

    /**
     * That no two runs of a task happen at once.
     *
     * @param leases where the lease is taken
     * @param patience for how long a run waits for another; zero not at all
     * @param <S> the record of the app's settings
     */
    public record Exclusion<S extends Record>(Function<S, Attachment<Leases>> leases, Duration patience) {}

    private record Bound<S extends Record, T extends Record, O extends Record>(
            Class<T> own, Class<O> options, ConfiguredBody<S, T, O> body) {
        Ready<S> with(List<String> arguments, Conversions conversions) {
            CommandLine<O> given = CommandLine.read(options, arguments, conversions);
            return new Ready<>(
                    given.shown(),
                    (settings, config, wiring, output) ->
                            body.run(settings, config.get(own), given.options(), wiring, output));
        }
    }

    /**
     * A task.
     *
     * @param name what is typed: {@code admin NAME}
     * @param description one line for the list of tasks
     * @param options the record that its command line fills; {@link NoOptions} if there is nothing to say. A component {@code boolean dryRun} is
     *     {@code --dry-run}: show what would be done, and do nothing
     */
    public static <S extends Record, O extends Record> Task<S> of(
            String name, String description, Class<O> options, Body<S, O> body) {
        Objects.requireNonNull(body);
        return of(name, description, options, (settings, given, wiring, output) -> body.run(settings, given, wiring));
    }

    /** A task that has something to show. */
    public static <S extends Record, O extends Record> Task<S> of(
            String name, String description, Class<O> options, ShowingBody<S, O> body) {
        Objects.requireNonNull(body);
        return of(
                name,
                description,
                options,
                NoOptions.class,
                (settings, none, given, wiring, output) -> body.run(settings, given, wiring, output));
    }

    /**
     * A task with settings of its own, which no other process reads: credentials that only migrations have.
     *
     * @param own the record of these settings
     */
    public static <S extends Record, T extends Record, O extends Record> Task<S> of(
            String name, String description, Class<O> options, Class<T> own, ConfiguredBody<S, T, O> body) {
        if (!name.matches("[a-z][a-z0-9:-]*")) {
            throw new IllegalArgumentException(
                    "a task's name is lower case letters, digits, : and -, not \"" + name + "\"");
        }
        return new Task<>(name, description, new Bound<>(own, options, Objects.requireNonNull(body)), Optional.empty());
    }

    /**
     * The same task, never twice at once: a run that finds another one ends with status 75.
     *
     * @param leases where its lease is taken, such as {@code settings -> Jdbc.leases(settings.databaseUrl())}
     */
    public Task<S> exclusive(Function<S, Attachment<Leases>> leases) {
        return exclusive(leases, Duration.ZERO);
    }

    /**
     * The same task, never twice at once: a run that finds another one waits this long for its end, and ends with status 75 if it did not come.
     *
     * @param leases where its lease is taken
     */
    public Task<S> exclusive(Function<S, Attachment<Leases>> leases, Duration patience) {
        return new Task<>(name, description, bound, Optional.of(new Exclusion<>(leases, patience)));
    }

    /** What is typed. */
    public String name() {
        return name;
    }

    /** One line for the list of tasks. */
    public String description() {
        return description;
    }

    /** Where it takes the lease that keeps a second run away, if it does. */
    public Optional<Exclusion<S>> exclusion() {
        return exclusion;
    }

    /** The record of its own settings; {@link NoOptions} if it has none. */
    public Class<? extends Record> own() {
        return bound.own();
    }

    /** The options that it takes. */
    public List<Variable> options(Conversions conversions) {
        return CommandLine.describe(bound.options(), conversions);
    }

    /**
     * The task with its command line read.
     *
     * @throws UsageException if the arguments are not what the options allow
     */
    public Ready<S> with(List<String> arguments, Conversions conversions) {
        return bound.with(arguments, conversions);
    }
}
