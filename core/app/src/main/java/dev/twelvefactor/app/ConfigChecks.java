package dev.twelvefactor.app;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.app.Check.Finding;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.config.RecordException;
import dev.twelvefactor.config.Variable;
import java.util.ArrayList;
import java.util.List;

/** Factors III and XII: what the app reads, and what its tasks do. */
final class ConfigChecks {
    private ConfigChecks() {}

    static List<Finding> of(App<?> app, EnvConfig config) {
        List<Variable> own = EnvConfig.describe(List.of(app.settings()), app.conversions());
        return List.of(valid(config), unread(config), inCode(own), secretTypes(own), tasks(app));
    }

    private static Finding valid(EnvConfig config) {
        return Finding.of(
                "III-config-valid",
                config.problems().stream().map(Problem::toString).toList(),
                config.settings().size() + " variables are read, and nothing is wrong with them",
                "set what is named there; admin config shows where each value comes from");
    }

    private static Finding unread(EnvConfig config) {
        return Finding.of(
                "III-config-unread",
                config.warnings().stream().map(Problem::toString).toList(),
                "nothing is set that looks like a slip of the keys",
                "rename or remove it");
    }

    /** What differs between deploys has no default that is right for all of them. */
    private static Finding inCode(List<Variable> variables) {
        return Finding.of(
                "III-no-config-in-code",
                variables.stream()
                        .filter(variable ->
                                variable.secret() && variable.defaultValue().isPresent())
                        .map(variable -> variable.name() + " has a default in the code")
                        .toList(),
                "no secret and no service's URL is in the code",
                "remove its @Default, and set it in the environment of each deploy");
    }

    private static Finding secretTypes(List<Variable> variables) {
        return Finding.of(
                "III-secrets-typed",
                variables.stream()
                        .filter(variable -> variable.namesASecret()
                                && !variable.secret()
                                && variable.type().endsWith("text"))
                        .map(variable -> variable.name() + " is named like a secret and is a String")
                        .toList(),
                "what is named like a secret is of a type that never shows it",
                "make its component a Secret");
    }

    private static Finding tasks(App<?> app) {
        List<String> wrong = new ArrayList<>();
        for (Task<?> task : app.tasks().values()) {
            try {
                List<Variable> unused = task.options(app.conversions());
                unused = EnvConfig.describe(List.of(task.own()), app.conversions());
            } catch (RecordException e) {
                wrong.add("admin " + task.name() + " can never run: " + e.getMessage());
            }
        }
        return Finding.of(
                "XII-tasks",
                wrong,
                app.tasks().size() + " tasks of its own can be run",
                "mend the record that is named there");
    }
}
