package dev.twelvefactor.app;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.config.CommandLine;
import dev.twelvefactor.config.Suggestions;
import dev.twelvefactor.config.UsageException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a command line asks an app for. */
sealed interface Command<S extends Record> {
    Set<String> HELP = Set.of("--help", "-h");

    /** {@code --help}. */
    record Help<S extends Record>() implements Command<S> {}

    /** {@code --version}. */
    record Version<S extends Record>() implements Command<S> {}

    /** {@code admin}: the list of tasks. */
    record Tasks<S extends Record>() implements Command<S> {}

    /** A task that every app has. */
    record Standing<S extends Record>(BuiltIn task, Record options) implements Command<S> {}

    /** {@code admin config --help}, and so on. */
    record StandingHelp<S extends Record>(BuiltIn task) implements Command<S> {}

    /** {@code admin NAME --help}. */
    record TaskHelp<S extends Record>(Task<S> task) implements Command<S> {}

    /** {@code web}. */
    record Web<S extends Record>(App.WebWiring<S> wiring) implements Command<S> {}

    /** {@code worker NAME}. */
    record Worker<S extends Record>(String name, App.WorkerWiring<S> wiring) implements Command<S> {}

    /** {@code admin NAME}. */
    record Admin<S extends Record>(Task<S> task, Task.Ready<S> ready) implements Command<S> {}

    /** Whether it is work that is done once, and that is cut short by a signal. */
    default boolean isTask() {
        return this instanceof Admin<S> || this instanceof Standing<S>;
    }

    /** Whether its purpose is to print, and it needs neither a valid configuration nor a service. */
    default boolean prints() {
        return this instanceof Help<S>
                || this instanceof Version<S>
                || this instanceof Tasks<S>
                || this instanceof StandingHelp<S>
                || this instanceof TaskHelp<S>
                || (this instanceof Standing<S> standing && standing.task() != BuiltIn.CONSOLE);
    }

    /** Whether it works for a while before it prints. */
    default boolean takesTime() {
        return this instanceof Standing<S> standing && standing.task().takesTime();
    }

    /** Nothing that the app has. */
    record Unknown<S extends Record>(String message) implements Command<S> {}

    static <S extends Record> Command<S> of(App<S> app, List<String> arguments) {
        if (arguments.isEmpty()) {
            return only(app);
        }
        String first = arguments.get(0);
        List<String> rest = arguments.subList(1, arguments.size());
        if (rest.size() == 1 && HELP.contains(rest.get(0))) {
            return new Help<>();
        }
        return switch (first) {
            case "--help", "-h", "help" -> new Help<>();
            case "--version" -> new Version<>();
            case "admin" -> rest.isEmpty() ? new Tasks<>() : task(app, rest.get(0), rest.subList(1, rest.size()));
            case App.WEB ->
                rest.isEmpty()
                        ? web(app)
                        : new Unknown<>("web takes no arguments, and " + shown(rest.get(0)) + " is one");
            case App.WORKER -> worker(app, rest);
            default -> new Unknown<>(unknown("process type", first, processTypes(app)) + "; see --help");
        };
    }

    private static <S extends Record> Command<S> only(App<S> app) {
        if (app.web().isPresent()) {
            return web(app);
        }
        if (app.workers().size() == 1) {
            return worker(app, List.copyOf(app.workers().keySet()));
        }
        return new Unknown<>(
                "the app has no web process; name a process type: " + String.join(", ", processTypes(app)));
    }

    private static <S extends Record> Command<S> web(App<S> app) {
        return app.web()
                .<Command<S>>map(Web::new)
                .orElseGet(() -> new Unknown<>("the app has no web process; see --help"));
    }

    private static <S extends Record> Command<S> worker(App<S> app, List<String> rest) {
        if (app.workers().isEmpty()) {
            return new Unknown<>("the app has no worker; see --help");
        }
        if (rest.size() != 1) {
            return new Unknown<>("worker takes one name, of "
                    + String.join(", ", app.workers().keySet()));
        }
        App.WorkerWiring<S> wiring = app.workers().get(rest.get(0));
        return wiring == null
                ? new Unknown<>(unknown("worker", rest.get(0), app.workers().keySet()) + "; see --help")
                : new Worker<>(rest.get(0), wiring);
    }

    private static <S extends Record> Command<S> task(App<S> app, String name, List<String> arguments) {
        Optional<BuiltIn> standing = BuiltIn.named(name);
        Task<S> task = app.tasks().get(name);
        if (standing.isEmpty() && task == null) {
            List<String> names = new ArrayList<>(app.tasks().keySet());
            names.addAll(BuiltIn.names());
            return new Unknown<>(unknown("task", name, Set.copyOf(names)) + "; \"admin\" lists them all");
        }
        boolean help = CommandLine.optionsOf(arguments).stream().anyMatch(HELP::contains);
        try {
            if (task != null) {
                return help ? new TaskHelp<>(task) : new Admin<>(task, task.with(arguments, app.conversions()));
            }
            BuiltIn found = standing.orElseThrow();
            return help ? new StandingHelp<>(found) : new Standing<>(found, found.options(arguments));
        } catch (UsageException e) {
            return new Unknown<>(e.getMessage() + "\nSee: admin " + name + " --help");
        }
    }

    private static List<String> processTypes(App<?> app) {
        List<String> types = new ArrayList<>();
        app.web().ifPresent(unused -> types.add(App.WEB));
        app.workers().keySet().forEach(worker -> types.add(App.WORKER + " " + worker));
        types.add("admin");
        return types;
    }

    /** What is no plain word may be a URL or a token in the wrong place: it is not repeated. */
    private static String shown(String given) {
        return given.matches("[\\w.-]{1,40}") ? '"' + given + '"' : "of the name that is written there";
    }

    private static String unknown(String kind, String given, Collection<String> known) {
        return "there is no " + kind + " " + shown(given)
                + Suggestions.nearest(given, known)
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse("");
    }
}
