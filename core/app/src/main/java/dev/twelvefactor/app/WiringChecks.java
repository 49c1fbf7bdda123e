package dev.twelvefactor.app;

import dev.twelvefactor.app.Check.Finding;
import dev.twelvefactor.backing.AttachException;
import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Factors IV, VI and VIII: each process type is wired as at its start, and let go again before it does anything. */
final class WiringChecks {
    private static final String SERVICES = "IV-services";
    private static final String STATELESS = "VI-stateless";
    private static final String TYPES = "VIII-process-types";
    private static final String WIRING = "VIII-wiring";
    /** Where a service is nothing but a place on this machine. */
    private static final String LOCAL = "file";

    private final Set<String> attached = new TreeSet<>();
    private final Set<String> away = new TreeSet<>();
    private final Set<String> local = new TreeSet<>();
    private final List<String> failures = new ArrayList<>();

    private WiringChecks() {}

    static <S extends Record> List<Finding> of(App<S> app, EnvConfig config) {
        Map<String, App.Trial<S>> trials = app.trials();
        Finding types = trials.isEmpty()
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
        WiringChecks checks = new WiringChecks();
        S settings = config.get(app.settings());
        trials.forEach((name, trial) ->
                checks.attempt(name, wiring -> trial.wire(settings, wiring), config.get(Standard.class)));
        return List.of(types, checks.services(), checks.stateless(), checks.wiring());
    }

    private interface Wired {
        void by(Wiring wiring) throws Exception;
    }

    private void attempt(String name, Wired wired, Standard standard) {
        Lifecycle lifecycle = new Lifecycle(standard.drainTimeout(), Duration.ZERO);
        Attachments attachments = new Attachments(lifecycle, standard.attachTimeout());
        try {
            wired.by(new Wiring() {
                @Override
                public <T> Attached<T> attach(String service, Attachment<T> attachment) {
                    if (attachment.url().scheme().equals(LOCAL)) {
                        local.add(service + " (" + attachment.url() + ")");
                    }
                    return attachments.attach(service, attachment);
                }
            });
            away.addAll(attachments.join());
            attachments.health().stream()
                    .filter(ServiceHealth::up)
                    .map(ServiceHealth::name)
                    .forEach(attached::add);
        } catch (AttachException e) {
            away.addAll(attachments.join());
        } catch (ConfigException e) {
            e.problems().forEach(problem -> away.add(problem.toString()));
        } catch (Exception | LinkageError e) {
            failures.add("the wiring of " + name + " throws " + e);
        } finally {
            var unused = lifecycle.drain();
        }
    }

    private Finding services() {
        return Finding.of(
                SERVICES,
                List.copyOf(away),
                attached.isEmpty() ? "none is attached" : String.join(", ", attached) + " can be attached",
                "start the service, or mend its URL");
    }

    private Finding stateless() {
        return Finding.of(
                STATELESS,
                local.stream()
                        .map(service -> service + " is a folder of this machine, which the next process does not have")
                        .toList(),
                "nothing that is attached lives on this machine alone",
                "attach a service that all processes share: s3:// in place of file://");
    }

    private Finding wiring() {
        return Finding.of(WIRING, failures, "every process type can be wired", "see what is thrown there");
    }
}
