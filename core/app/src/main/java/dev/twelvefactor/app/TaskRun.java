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
import dev.twelvefactor.telemetry.Trace;
import dev.twelvefactor.telemetry.Tracer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of an admin task: its lease and its work. */
final class TaskRun<S extends Record> {
    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);

    private final String service;
    private final String name;
    private final String actor;
    private final Optional<Task.Exclusion<S>> exclusion;
    private final Task.Ready<S> ready;
    private final EnvConfig config;
    private final Attachments attachments;
    private final Outlets outlets;
    private boolean worked;
    private boolean lost;
    private volatile boolean completed;

    TaskRun(
            String service,
            Audit audit,
            Optional<Task.Exclusion<S>> exclusion,
            Task.Ready<S> ready,
            EnvConfig config,
            Attachments attachments,
            Outlets outlets) {
        this.service = service;
        this.name = audit.task();
        this.actor = audit.actor();
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
        return Job.startInterruptible(name, () -> traced(tracer, () -> work(settings, lifecycle)), lifecycle);
    }

    /** Whether the task has returned by itself, and so has done all of its work. */
    boolean completed() {
        return completed;
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

    private void work(S settings, Lifecycle lifecycle) throws Exception {
        if (exclusion.isEmpty()) {
            runBody(settings, lifecycle);
            return;
        }
        Task.Exclusion<S> never = exclusion.get();
        Attached<Leases> attached = attachments.attach("lease", never.leases().apply(settings));
        Leases leases = attached.get().heldBy(actor + ", " + LeaseKeeper.thisProcess());
        Thread worker = Thread.currentThread();
        try (Lease lease = take(leases, never.patience())) {
            lease.onLoss(() -> lose(worker));
            workHoldingLease(settings, lifecycle);
        }
    }

    private void workHoldingLease(S settings, Lifecycle lifecycle) throws Exception {
        try {
            runBody(settings, lifecycle);
        } catch (Exception e) {
            throw endsInLoss() ? lostLease(e) : e;
        }
        if (endsInLoss()) {
            throw lostLease(null);
        }
    }

    /** A loss after the work counts no more: what follows, such as giving the lease back, must not be interrupted. */
    private synchronized void lose(Thread worker) {
        if (!worked) {
            lost = true;
            worker.interrupt();
        }
    }

    /** The work is over. Whether the lease was lost before, whatever the work made of the interrupt. */
    private synchronized boolean endsInLoss() {
        worked = true;
        if (lost) {
            completed = false;
            boolean unused = Thread.interrupted();
        }
        return lost;
    }

    private IllegalStateException lostLease(@Nullable Exception cause) {
        return new IllegalStateException(
                "the lease of \"" + name
                        + "\" was lost, so another run may have begun: this one was cut short; see what it has left half done",
                cause);
    }

    /** A task that returns after it was interrupted may have done any part of its work: many catch the interrupt and return. */
    private void runBody(S settings, Lifecycle lifecycle) throws Exception {
        ready.work().run(settings, config, attachments, outlets.tasks());
        completed = lifecycle.drainCause().isEmpty();
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
}
