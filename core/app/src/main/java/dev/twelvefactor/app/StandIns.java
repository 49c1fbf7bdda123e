package dev.twelvefactor.app;

import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.config.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.stream.Stream;

/** An environment in which what is set counts, and what is missing or wrong is replaced, by trial, with something that the app's records take. */
final class StandIns<S extends Record> {
    /** Nothing listens there, and to be told so takes no time. */
    private static final String CLOSED = "127.0.0.1:1";

    private static final List<String> TEXTS = List.of(
            "1",
            "x",
            "1s",
            "true",
            "2026-01-31",
            "2026-01-31T12:00:00Z",
            "UTC",
            "P1D",
            "UTF-8",
            "https://localhost",
            CLOSED,
            "00000000-0000-4000-8000-000000000001",
            "x=1");

    private static final List<String> FORMS = List.of("://x:x@" + CLOSED + "/1", "://x:x@" + CLOSED, "://" + CLOSED);

    private final App<S> app;
    private final Map<String, String> variables;
    private final Map<String, Iterator<String>> trials = new HashMap<>();

    private StandIns(App<S> app, Map<String, String> variables) {
        this.app = app;
        this.variables = variables;
    }

    static <S extends Record> StandIns<S> of(App<S> app, Map<String, String> given) {
        Map<String, String> variables = new LinkedHashMap<>(given);
        variables.keySet().removeIf(name -> name.startsWith("OTEL_"));
        StandIns<S> standIns = new StandIns<>(app, variables);
        while (standIns.replace(standIns.read().problems())) {
            // Until all are taken, or nothing is left to try.
        }
        return standIns;
    }

    private EnvConfig read() {
        return EnvConfig.read(List.of(app.settings()), Environment.of(variables), app.conversions());
    }

    S settings() {
        return read().get(app.settings());
    }

    /** What the process as such reads. */
    Map<String, String> ofTheProcess() {
        return Map.copyOf(variables);
    }

    /** Writes other values for those that are refused. False if there is none left for any of them. */
    boolean replace(List<Problem> problems) {
        boolean replaced = false;
        for (Problem problem : problems) {
            Optional<Variable> variable = EnvConfig.describe(List.of(app.settings()), app.conversions()).stream()
                    .filter(declared -> problem.variable().equals(declared.name())
                            || problem.variable().equals(declared.name() + "_FILE"))
                    .findFirst();
            replaced |= variable.isPresent() && next(variable.get());
        }
        return replaced;
    }

    private boolean next(Variable variable) {
        String name = variable.name();
        variables.remove(name + "_FILE");
        Iterator<String> trial = trials.get(name);
        if (trial == null) {
            trial = candidates(variable).iterator();
            trials.put(name, trial);
            if (variables.remove(name) != null && !variable.required()) {
                return true;
            }
        }
        if (!trial.hasNext()) {
            return false;
        }
        variables.put(name, trial.next());
        return true;
    }

    private static List<String> candidates(Variable variable) {
        if (variable.type().startsWith("one of ")) {
            return List.of(variable.type().substring("one of ".length()).split(", ", -1));
        }
        // Text takes anything, and would end the trial of a URL before it has begun.
        return variable.type().contains("URL") ? urls(variable).toList() : TEXTS;
    }

    /** First of the schemes that the variable's name or its description mentions. */
    private static Stream<String> urls(Variable variable) {
        TreeSet<String> schemes = new TreeSet<>();
        for (ServiceProvider<?> provider : ServiceLoader.load(ServiceProvider.class)) {
            schemes.addAll(provider.schemes());
        }
        List<String> ordered = new ArrayList<>(schemes);
        String said = (variable.name() + ' ' + variable.doc()).toLowerCase(Locale.ROOT);
        ordered.sort(Comparator.comparing(scheme -> !said.contains(scheme)));
        ordered.add("https");
        return ordered.stream().flatMap(scheme -> FORMS.stream().map(scheme::concat));
    }
}
