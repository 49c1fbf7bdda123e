package dev.twelvefactor.app;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.LeaseKeeper;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.lifecycle.Job;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.ProcessEnd;
import dev.twelvefactor.telemetry.Trace;
import dev.twelvefactor.telemetry.Tracer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of an admin task: its lease, its work, and the event that tells who has run what. */
final class TaskRun<S extends Record> {
    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);
    private static final Logger AUDIT = LoggerFactory.getLogger("dev.twelvefactor.audit");

    private final String service;
    private final String name;
    private final Optional<Task.Exclusion<S>> exclusion;
    private final Task.Ready<S> ready;
    private final EnvConfig config;
    private final Attachments attachments;
    private final Outlets outlets;
    private final long begun = System.nanoTime();
    private volatile boolean lost;

    TaskRun(
            String service,
            String name,
            Optional<Task.Exclusion<S>> exclusion,
            Task.Ready<S> ready,
            EnvConfig config,
            Attachments attachments,
            Outlets outlets) {
        this.service = service;
        this.name = name;
        this.exclusion = exclusion;
        this.ready = ready;
        this.config = config;
        this.attachments = attachments;
        this.outlets = outlets;
    }

    /** Another run has the lease. */
    static final class BusyException extends Exception {
        private static final long serialVersionUID = 1;

        BusyException(String message) {
            super(message);
        }
    }

    Job start(S settings, Lifecycle lifecycle, Tracer tracer) {
        LOG.atInfo().addKeyValue("task", name).log("the task {} begins", name);
        return Job.startInterruptible(name, () -> traced(tracer, () -> exclusively(settings)), lifecycle);
    }

    private void traced(Tracer tracer, Job.Body body) throws Exception {
        Tracer.Span span = tracer.begin(Tracer.Kind.INTERNAL, name, Trace.begin());
        try (Trace.Scope unused = span.open()) {
            body.run();
            span.end(null);
        } catch (Throwable e) {
            span.end(e);
            throw e;
        }
    }

    private void exclusively(S settings) throws Exception {
        if (exclusion.isEmpty()) {
            work(settings);
            return;
        }
        Task.Exclusion<S> never = exclusion.get();
        Attached<Leases> attached = attachments.attach("lease", never.leases().apply(settings));
        Leases leases = attached.get().heldBy(actor() + ", " + LeaseKeeper.thisProcess());
        Thread worker = Thread.currentThread();
        try (Lease lease = take(leases, never.patience())) {
            lease.onLoss(() -> {
                lost = true;
                worker.interrupt();
            });
            work(settings);
        } catch (InterruptedException e) {
            throw lost
                    ? new IllegalStateException(
                            "the lease of \"" + name
                                    + "\" was lost, so another run may have begun: this one was cut short; see what it has left half done")
                    : e;
        }
    }

    private Lease take(Leases leases, Duration patience) throws Exception {
        String wanted = service + " admin " + name;
        Optional<Lease> lease = leases.tryAcquire(wanted);
        if (lease.isEmpty() && !patience.isZero()) {
            LOG.info("another run of {} is at work{}; waiting for its end", name, by(leases.holder(wanted)));
            lease = leases.acquire(wanted, patience);
        }
        if (lease.isEmpty()) {
            throw new BusyException("another run of \"" + name + "\" is at work" + by(leases.holder(wanted))
                    + "; run this one again when that has ended");
        }
        return lease.get();
    }

    private static String by(Optional<LeaseHolder> holder) {
        return holder.map(who -> ", by " + who).orElse("");
    }

    private void work(S settings) throws Exception {
        ready.work().run(settings, config, attachments, outlets.tasks());
    }

    private String actor() {
        return config.get(Standard.class).adminActor().orElseGet(() -> System.getProperty("user.name", "unknown"));
    }

    /** Who has run what, and what came of it. */
    void audit(int status) {
        AUDIT.atInfo()
                .addKeyValue("task", name)
                .addKeyValue("actor", actor())
                .addKeyValue("arguments", text(ready.arguments()))
                .addKeyValue("outcome", outcome(status))
                .addKeyValue("status", status)
                .addKeyValue(
                        "duration_ms",
                        Duration.ofNanos(System.nanoTime() - begun).toMillis())
                .log("the task {} has ended: {}", name, outcome(status));
    }

    private static String text(Map<String, String> arguments) {
        return arguments.entrySet().stream()
                .map(argument -> argument.getKey() + "=" + argument.getValue())
                .collect(Collectors.joining(" "));
    }

    private static String outcome(int status) {
        return switch (status) {
            case ExitStatus.OK -> "succeeded";
            case ExitStatus.BUSY -> "refused";
            case ProcessEnd.SIGTERM_STATUS, ProcessEnd.SIGINT_STATUS -> "cut_short";
            default -> "failed";
        };
    }
}
