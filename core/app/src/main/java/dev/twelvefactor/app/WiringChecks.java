package dev.twelvefactor.app;

import dev.twelvefactor.app.Check.Finding;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Factors IV, VI and VIII: each process type is wired as at its start, and let go again before it does anything. */
final class WiringChecks {
    private static final String SERVICES = "IV-services";
    private static final String STATELESS = "VI-stateless";
    private static final String TYPES = "VIII-process-types";
    private static final String WIRING = "VIII-wiring";

    private final List<TrialRun> trials;

    private WiringChecks(List<TrialRun> trials) {
        this.trials = trials;
    }

    static <S extends Record> List<Finding> of(App<S> app, EnvConfig config, Lifecycle lifecycle) {
        Map<String, App.Trial<S>> declared = app.trials();
        Finding types = declared.isEmpty()
                ? Finding.broken(
                        TYPES, "the app has neither a web process nor a worker", "declare one with web(…) or worker(…)")
                : Finding.ok(
                        TYPES,
                        (app.web().isPresent() ? "web, " : "") + app.workers().size() + " workers");
        if (!config.problems().isEmpty()) {
            String found = "not known while the configuration is invalid";
            String mend = "mend III-config-valid first";
            return List.of(
                    types,
                    Finding.broken(SERVICES, found, mend),
                    Finding.broken(STATELESS, found, mend),
                    Finding.broken(WIRING, found, mend));
        }
        S settings = config.get(app.settings());
        Standard standard = config.get(Standard.class);
        WiringChecks checks = new WiringChecks(declared.entrySet().stream()
                .map(trial ->
                        new TrialRun(trial.getKey(), wiring -> trial.getValue().wire(settings, wiring), standard))
                .toList());
        checks.attemptAll(lifecycle);
        List<Finding> findings = List.of(types, checks.services(), checks.stateless(), checks.wiring());
        checks.trials.forEach(TrialRun::stop);
        return findings;
    }

    /** All at once, so that services that do not answer take {@code ATTACH_TIMEOUT} once; until the drain request at the latest. */
    private void attemptAll(Lifecycle lifecycle) {
        CompletableFuture<Void> cutShort = new CompletableFuture<>();
        lifecycle.onDrainRequest(() -> cutShort.complete(null));
        CompletableFuture<Void> ended =
                CompletableFuture.allOf(trials.stream().map(TrialRun::begin).toArray(CompletableFuture<?>[]::new));
        try {
            var unused = CompletableFuture.anyOf(ended, cutShort).get();
        } catch (InterruptedException e) {
            lifecycle.requestDrain(Execution.INTERRUPTED);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> all(Function<TrialRun, List<String>> found) {
        return trials.stream()
                .flatMap(trial -> found.apply(trial).stream())
                .distinct()
                .sorted()
                .toList();
    }

    private Finding services() {
        List<String> attached = all(TrialRun::attached);
        return Finding.of(
                SERVICES,
                all(TrialRun::away),
                attached.isEmpty() ? "none is attached" : String.join(", ", attached) + " can be attached",
                "start the service, or mend its URL");
    }

    private Finding stateless() {
        List<String> local = all(TrialRun::local);
        return Finding.of(
                STATELESS,
                local.stream()
                        .map(service -> service + " is a folder of this machine, which the next process does not have")
                        .toList(),
                "nothing that is attached lives on this machine alone",
                "attach a service that all processes share: s3:// in place of file://");
    }

    private Finding wiring() {
        return Finding.of(
                WIRING, all(TrialRun::failures), "every process type can be wired", "see what is thrown there");
    }
}
