package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConsoleOptions;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.backing.AttachException;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.http.HttpServer;
import dev.twelvefactor.http.HttpSettings;
import dev.twelvefactor.http.Operations;
import dev.twelvefactor.http.Routes;
import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.DrainReport;
import dev.twelvefactor.lifecycle.Job;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.Participant;
import dev.twelvefactor.lifecycle.Phase;
import dev.twelvefactor.telemetry.Telemetry;
import dev.twelvefactor.telemetry.Tracer;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One process from its valid configuration to its status. */
final class Execution<S extends Record> {
    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);
    static final String INTERRUPTED = "SIGINT, or an interrupt in its place";
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(2);
    /** A collector that is away holds up no deploy. */
    private static final Duration LONGEST_EXPORT = Duration.ofSeconds(2);

    private static final Duration FOR_THE_REST = Duration.ofMillis(100);

    private final App<S> app;
    private final EnvConfig config;
    private final Lifecycle lifecycle;
    private final Attachments attachments;
    private final Metrics metrics;
    private final Tracer tracer;
    private final Outlets outlets;
    private final Identity identity;
    private final Supplier<Duration> sinceStart;
    private final Optional<Audit> audit;
    private Optional<TaskRun<S>> task = Optional.empty();

    Execution(
            App<S> app,
            EnvConfig config,
            Identity identity,
            Lifecycle lifecycle,
            Outlets outlets,
            Optional<Audit> audit,
            Supplier<Duration> sinceStart) {
        this.app = app;
        this.config = config;
        this.lifecycle = lifecycle;
        this.attachments = new Attachments(lifecycle, config.get(Standard.class).attachTimeout());
        this.metrics = new Metrics(identity.fields(), lifecycle, attachments);
        this.tracer = tracer(app.telemetry(), identity);
        this.outlets = outlets;
        this.audit = audit;
        this.identity = identity;
        this.sinceStart = sinceStart;
    }

    private Tracer tracer(Telemetry telemetry, Identity identity) {
        if (telemetry == Telemetry.NONE) {
            return Tracer.NONE;
        }
        try {
            return telemetry
                    .start(identity.telemetryVariables(), identity.fields().get())
                    .map(this::exporting)
                    .orElse(Tracer.NONE);
        } catch (IllegalArgumentException e) {
            throw ConfigException.of("OTEL_*", String.valueOf(e.getMessage()));
        }
    }

    /** Closed behind the last attachment, since all that happens until then may be told. */
    private Tracer exporting(Telemetry.Export export) {
        export.metrics(metrics);
        lifecycle.add(Phase.ATTACHMENTS, new Participant() {
            @Override
            public String name() {
                return "telemetry";
            }

            @Override
            public void drain(Deadline deadline) {
                Duration left = deadline.remaining().minus(FOR_THE_REST);
                export.close(left.compareTo(LONGEST_EXPORT) < 0 ? left : LONGEST_EXPORT);
            }
        });
        return export.tracer();
    }

    Outcome run(Command<S> command) {
        List<Job> jobs = List.of();
        Outcome started;
        try {
            jobs = start(command);
            awaitEnd();
            started = new Outcome.Succeeded();
        } catch (Throwable e) {
            if (Thread.interrupted()) {
                lifecycle.requestDrain(INTERRUPTED);
            }
            started = lifecycle.drainCause().isPresent() ? new Outcome.Succeeded() : startFailed(e);
        }
        DrainReport report = lifecycle.drain();
        Outcome outcome = outcome(jobs, report, started);
        audit.ifPresent(event -> event.ended(outcome));
        LoggingEventBuilder event = LOG.atInfo();
        if (outcome.isStatusKnown()) {
            event = event.addKeyValue("status", outcome.status());
        }
        event.addKeyValue("cause", lifecycle.drainCause().orElse(""))
                .addKeyValue("drain_ms", report.took().toMillis())
                .log("stopped");
        return outcome;
    }

    private List<Job> start(Command<S> command) throws Exception {
        if (audit.isPresent()) {
            return startTask(taskRun(command, audit.get()));
        }
        S settings = config.get(app.settings());
        if (command instanceof Command.Web<S> web) {
            Routes routes = new Routes();
            web.wiring().wire(settings, attachments, routes);
            joinAttachments();
            HttpServer server = HttpServer.start(config.get(HttpSettings.class), routes, operations(routes.list()));
            metrics.of(server);
            OpenFiles.problem(config.get(HttpSettings.class).httpMaxConnections(), OpenFiles.limit())
                    .ifPresent(problem -> LOG.warn("{}", problem));
            ready(Optional.of(server));
            return List.of();
        }
        Command.Worker<S> worker = (Command.Worker<S>) command;
        Jobs jobs = new Jobs();
        worker.wiring().wire(settings, attachments, jobs);
        joinAttachments();
        Optional<HttpServer> health = config.get(HttpSettings.class)
                .managementPort()
                .map(port -> HttpServer.startManagement(config.get(HttpSettings.class), operations(List.of())));
        ready(health);
        return lifecycle.state() == Lifecycle.State.READY ? jobs.start(lifecycle, tracer) : List.of();
    }

    private List<Job> startTask(TaskRun<S> run) {
        task = Optional.of(run);
        identity.warn();
        S settings = config.get(app.settings());
        return lifecycle.ready() ? List.of(run.start(settings, lifecycle, tracer)) : List.of();
    }

    private TaskRun<S> taskRun(Command<S> command, Audit event) {
        if (command instanceof Command.Admin<S> admin) {
            Task<S> chosen = admin.task();
            return new TaskRun<>(app.name(), event, chosen.exclusion(), admin.ready(), config, attachments, outlets);
        }
        ConsoleOptions options = (ConsoleOptions) ((Command.Standing<S>) command).options();
        AppConsole<S> console =
                new AppConsole<>(app, lifecycle, config.get(Standard.class).attachTimeout());
        return new TaskRun<>(
                app.name(),
                event,
                Optional.empty(),
                new Task.Ready<>(
                        event.arguments(),
                        (settings, read, wiring, output) ->
                                console.run(settings, options, outlets.out(), outlets.err())),
                config,
                attachments,
                outlets);
    }

    private Operations operations(List<String> routes) {
        ManagementRoutes management = new ManagementRoutes(
                metrics, new Diagnostics(identity, config, lifecycle, routes), LevelChanges.bySystemClock());
        return new Operations(attachments, lifecycle, tracer, metrics.identity(), management::declare);
    }

    /** A service that is away is named once, with all the others that are, whichever of them the wiring asked for first. */
    private void joinAttachments() {
        attachments.refusal().ifPresent(refusal -> {
            throw refusal;
        });
        List<String> failures = attachments.join();
        if (!failures.isEmpty()) {
            throw new UnavailableException(failures);
        }
    }

    private void ready(Optional<HttpServer> server) {
        if (!lifecycle.ready()) {
            return;
        }
        attachments.watch(CHECK_INTERVAL);
        identity.warn();
        LoggingEventBuilder event =
                LOG.atInfo().addKeyValue("took_ms", sinceStart.get().toMillis());
        if (server.isPresent()) {
            event = event.addKeyValue("port", server.get().port());
        }
        Optional<Integer> management = server.flatMap(HttpServer::managementPort);
        if (management.isPresent()) {
            event = event.addKeyValue("management_port", management.get());
        }
        Optional<Instant> built = identity.build().get().time();
        if (built.isPresent()) {
            event = event.addKeyValue("build_time", built.get().toString());
        }
        event.log("ready");
        outlets.ready().accept(new Ready(server.map(HttpServer::port), management));
    }

    private void awaitEnd() {
        try {
            lifecycle.awaitDrainRequest();
        } catch (InterruptedException e) {
            lifecycle.requestDrain(INTERRUPTED);
        }
    }

    private Outcome startFailed(Throwable e) {
        boolean ofConfig = e instanceof ConfigException || e instanceof AttachException;
        if (ofConfig && attachments.refusal().isPresent()) {
            return invalid(attachments.refusal().get(), outlets.err());
        }
        if (e instanceof UnavailableException unavailable) {
            return unavailable(unavailable.failures());
        }
        if (e instanceof AttachException) {
            return unavailable(attachments.join());
        }
        if (e instanceof ConfigException invalid) {
            return invalid(invalid, outlets.err());
        }
        if (e instanceof UncheckedIOException io && io.getCause() instanceof BindException bind) {
            String sentence = String.valueOf(bind.getMessage());
            LOG.error("{}", sentence);
            outlets.err().println(sentence);
            return new Outcome.Failed(ExitStatus.CANNOT_BIND);
        }
        LOG.error("the process could not start", e);
        outlets.err().println("The process could not start: " + e);
        return new Outcome.Failed(ExitStatus.FAILED);
    }

    private Outcome unavailable(List<String> failures) {
        for (String failure : failures) {
            LOG.error("{}", failure);
            outlets.err().println(failure);
        }
        return new Outcome.Failed(ExitStatus.UNAVAILABLE);
    }

    /** The report for a person, and one event a problem for the platform. */
    static Outcome invalid(ConfigException e, PrintStream err) {
        err.println(e.getMessage());
        for (Problem problem : e.problems()) {
            LoggingEventBuilder event = LOG.atError().addKeyValue("variable", problem.variable());
            if (problem.origin().isPresent()) {
                event = event.addKeyValue("origin", problem.origin().get());
            }
            event.log("the configuration is invalid: {} {}", problem.variable(), problem.message());
        }
        return new Outcome.Failed(ExitStatus.CONFIG);
    }

    private Outcome outcome(List<Job> jobs, DrainReport report, Outcome started) {
        String cause = lifecycle.drainCause().orElse("");
        boolean stopped = isSignal(cause) || lifecycle.isExiting();
        Outcome outcome = started;
        for (Job job : jobs) {
            if (job.failure().isPresent() && stopped) {
                LOG.warn("{} was cut short", job.name(), job.failure().get());
            } else if (job.failure().isPresent()) {
                outcome = jobFailed(job, job.failure().get());
            }
        }
        if (lifecycle.isExiting()) {
            return new Outcome.Exited();
        }
        if (outcome.status() != ExitStatus.OK) {
            return outcome;
        }
        if (audit.isEmpty()) {
            return report.complete() ? outcome : new Outcome.Failed(ExitStatus.FAILED);
        }
        if (task.filter(TaskRun::completed).isPresent()) {
            return outcome;
        }
        if (!isSignal(cause)) {
            return new Outcome.Failed(ExitStatus.FAILED);
        }
        if (jobs.stream().anyMatch(job -> job.ended() && job.failure().isEmpty())) {
            LOG.warn(
                    "{} returned after {} had interrupted it, so nothing shows whether its work is complete; it counts as cut short",
                    audit.get().task(),
                    cause);
        }
        return new Outcome.CutShort(cause);
    }

    static boolean isSignal(String cause) {
        return cause.startsWith("SIG");
    }

    private Outcome jobFailed(Job job, Throwable e) {
        if (e instanceof AttachException || e instanceof ConfigException) {
            return startFailed(e);
        }
        if (e instanceof TaskRun.BusyException) {
            LOG.error("{}", e.getMessage());
            outlets.err().println(e.getMessage());
            return new Outcome.Refused();
        }
        if (e instanceof AppConsole.FailedException) {
            return new Outcome.Failed(ExitStatus.FAILED);
        }
        LOG.error("{} failed", job.name(), e);
        outlets.err().println(job.name() + " failed: " + e);
        if (outlets.inputEnded().getAsBoolean()) {
            outlets.err()
                    .println(
                            "It had read stdin to its end. Where there is none to read, as in a one-off process of a platform,"
                                    + " give it what it asks for by its options.");
        }
        return new Outcome.Failed(ExitStatus.FAILED);
    }

    /** Services that could not be attached, each with its sentence. */
    private static final class UnavailableException extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient List<String> failures;

        UnavailableException(List<String> failures) {
            this.failures = failures;
        }

        List<String> failures() {
            return failures;
        }
    }
}
