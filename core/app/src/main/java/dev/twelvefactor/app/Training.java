package dev.twelvefactor.app;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The app as its JVM is to know it, without what only its operator has: settings that are missing have stand-ins, services that are away are
 * tried and given up, and of its code the wirings run, but no handler and no job. Text and JSON are answered by routes of its own.
 */
final class Training<S extends Record> {
    static final Duration ATTACH_TIMEOUT = Duration.ofSeconds(2);
    static final String TEXT = "/text";
    static final String JSON = "/json";
    static final String REMARK = "\"training\":";

    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);
    private static final int MOST_URLS = 60;

    private final App<S> app;
    private final StandIns<S> standIns;

    private Training(App<S> app, StandIns<S> standIns) {
        this.app = app;
        this.standIns = standIns;
    }

    /** The process that is trained, and the environment that it runs in. */
    record Trained(App<?> app, Map<String, String> variables) {}

    /** What a request's body is read to. */
    record Sample(String text, int number) {}

    static <S extends Record> Trained of(App<S> app, Map<String, String> variables) {
        StandIns<S> standIns = StandIns.of(app, variables);
        Training<S> training = new Training<>(app, standIns);
        App<NoSettings> trained = App.of(app.name()).ofTheBuildOf(app);
        if (app.web().isPresent()) {
            trained.web((settings, wiring, routes) -> {
                training.wire();
                declare(routes);
            });
        } else {
            trained.worker("training", (settings, wiring, jobs) -> {
                training.wire();
                jobs.repeat("nothing", () -> false);
            });
        }
        return new Trained(trained, standIns.ofTheProcess());
    }

    /** The command may be killed, and nobody else knows of this process. */
    static void endWithParent() {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // Nothing is ever written.
                        }
                    } catch (IOException e) {
                        LOG.debug("stdin broke off", e);
                    }
                    System.exit(ExitStatus.FAILED);
                },
                "end-with-parent");
        thread.setDaemon(true);
        thread.start();
    }

    private static void declare(Routes routes) {
        routes.get(TEXT, request -> Response.text("text"))
                .nonBlocking(group -> group.get(JSON, request -> Response.json(Map.of("text", "a", "number", 1))))
                .post(JSON, request -> Response.json(request.json(Sample.class)));
    }

    private void wire() {
        app.trials().forEach(this::wire);
    }

    /** Again with other stand-ins as long as those that were there are refused. */
    private void wire(String process, App.Trial<S> body) {
        for (int i = 0; i < MOST_URLS; i++) {
            S settings;
            try {
                settings = standIns.settings();
            } catch (ConfigException e) {
                remark(process, "has settings that nothing can stand in for: " + names(e.problems()));
                return;
            }
            Lifecycle lifecycle = new Lifecycle(ATTACH_TIMEOUT, Duration.ZERO);
            Attachments attachments = new Attachments(lifecycle, ATTACH_TIMEOUT);
            String outcome = attempt(body, settings, attachments);
            var refusal = attachments.refusal();
            var unused = lifecycle.drain();
            if (refusal.isEmpty() || !standIns.replace(refusal.get().problems())) {
                if (!outcome.isEmpty()) {
                    remark(process, outcome);
                }
                return;
            }
        }
    }

    private String attempt(App.Trial<S> body, S settings, Attachments attachments) {
        String outcome = "";
        try {
            body.wire(settings, attachments);
        } catch (Exception | LinkageError e) {
            outcome = "was wired until " + e;
        }
        if (attachments.refusal().isEmpty()) {
            List<String> failures = attachments.join();
            outcome = failures.isEmpty() ? outcome : "was trained without a service: " + String.join("; ", failures);
        }
        return outcome;
    }

    private static String names(List<Problem> problems) {
        return String.join(", ", problems.stream().map(Problem::variable).toList());
    }

    private static void remark(String process, String what) {
        LOG.atInfo().addKeyValue("training", process).log("{} {}", process, what);
    }
}
