package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConfigReport;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.config.CommandLine;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.config.Variable;
import java.util.ArrayList;
import java.util.List;

/** What {@code --help}, {@code admin} and {@code admin NAME --help} print. */
final class HelpText {
    private static final String CONFIG_DESCRIPTION = "Show the configuration: values, origins, problems; no secrets";

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
        return text.append("\nEnvironment:\n").append(variables(variables)).toString();
    }

    static String tasks(App<?> app) {
        List<String[]> rows = new ArrayList<>();
        app.tasks().values().forEach(task -> rows.add(row("  " + task.name(), task.description())));
        rows.add(row("  " + App.CONFIG_TASK, CONFIG_DESCRIPTION));
        return ConfigReport.columns(rows);
    }

    static String of(Task<?> task, Conversions conversions) {
        return of(task.name(), task.description(), task.options(conversions));
    }

    static String ofConfig() {
        return of(
                App.CONFIG_TASK, CONFIG_DESCRIPTION, CommandLine.describe(ConfigOptions.class, Conversions.standard()));
    }

    private static String of(String name, String description, List<Variable> options) {
        String shown = options.isEmpty() ? "It has no options.\n" : "Options:\n" + variables(options);
        return "admin " + name + ": " + description + "\n\n" + shown;
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
