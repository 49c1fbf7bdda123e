package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConfigReport;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.config.CommandLine;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Variable;
import java.util.ArrayList;
import java.util.List;

/** What {@code --help}, {@code admin} and {@code admin NAME --help} print. */
final class HelpText {
    private HelpText() {}

    static String of(App<?> app, List<Variable> variables) {
        StringBuilder text = new StringBuilder();
        text.append(app.name()).append(", a twelve-factor app\n\nCommands:\n");
        List<String[]> commands = new ArrayList<>();
        app.web().ifPresent(unused -> commands.add(row("  web", "the web process; what runs if nothing is named")));
        app.workers().keySet().forEach(name -> commands.add(row("  worker " + name, "a worker")));
        commands.add(row("  admin", "the list of tasks"));
        commands.add(row("  admin TASK", "one task, in the same configuration, then exit; --help tells its options"));
        commands.add(row("  --version", "build and release"));
        text.append(ConfigReport.columns(commands)).append("\nTasks:\n").append(tasks(app));
        text.append("\nEnvironment:\n").append(variables(variables));
        app.tasks().values().forEach(task -> {
            List<Variable> own = EnvConfig.describe(List.of(task.own()), app.conversions());
            if (!own.isEmpty()) {
                text.append("\nEnvironment of admin ")
                        .append(task.name())
                        .append(":\n")
                        .append(variables(own));
            }
        });
        return text.toString();
    }

    static String tasks(App<?> app) {
        List<String[]> rows = new ArrayList<>();
        app.tasks().values().forEach(task -> rows.add(row("  " + task.name(), task.description())));
        for (BuiltIn task : BuiltIn.values()) {
            rows.add(row("  " + task.title(), task.description()));
        }
        return ConfigReport.columns(rows);
    }

    static String of(Task<?> task, Conversions conversions) {
        List<Variable> own = EnvConfig.describe(List.of(task.own()), conversions);
        return of(task.name(), task.description(), task.options(conversions))
                + (own.isEmpty() ? "" : "\nEnvironment, beside the app's:\n" + variables(own));
    }

    static String of(BuiltIn task) {
        return of(task.title(), task.description(), CommandLine.describe(task.options()));
    }

    private static String of(String name, String description, List<Variable> options) {
        List<Variable> arguments = options.stream().filter(HelpText::isArgument).toList();
        List<Variable> named =
                options.stream().filter(option -> !isArgument(option)).toList();
        StringBuilder text = new StringBuilder("admin " + name + ": " + description + "\n\nUsage: admin " + name);
        text.append(named.isEmpty() ? "" : " [options]");
        arguments.forEach(argument -> text.append(' ')
                .append(argument.required() ? argument.name() : "[" + argument.name() + "]")
                .append(argument.type().matches("(?:list|set) of .*") ? "..." : ""));
        text.append('\n');
        if (!arguments.isEmpty()) {
            text.append("\nArguments:\n").append(variables(arguments));
        }
        if (!named.isEmpty()) {
            text.append("\nOptions:\n").append(variables(named));
        }
        return text.toString();
    }

    private static boolean isArgument(Variable option) {
        return option.name().startsWith("<");
    }

    private static String variables(List<Variable> variables) {
        List<String[]> rows = new ArrayList<>();
        for (Variable variable : variables) {
            String value = variable.required()
                    ? "required"
                    : variable.defaultValue()
                            .filter(text -> !text.isEmpty())
                            .map(text -> "= " + text)
                            .orElse("");
            rows.add(row("  " + variable.name(), value, variable.type(), variable.doc()));
        }
        return ConfigReport.columns(rows);
    }

    private static String[] row(String... cells) {
        return cells;
    }
}
