package dev.twelvefactor.app;

import dev.twelvefactor.lifecycle.Job;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.telemetry.Trace;
import dev.twelvefactor.telemetry.Tracer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a worker does over and over, declared in its wiring; it begins once every service is attached and ends with the drain. */
public final class Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final Duration IDLE = Duration.ofMillis(500);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private final List<Loop> loops = new ArrayList<>();

    Jobs() {}

    private record Loop(String name, Step step) {}

    /** One piece of work. */
    @FunctionalInterface
    public interface Step {
        /**
         * Takes one job and does it. It has to be safe to be cut short: what is taken and not finished is given back, as by the rollback of a
         * transaction.
         *
         * @return whether there was a job; if not, the next look is half a second later
         * @throws Exception if the job failed: it is logged, and the next one is taken a second later. An error does the same, but for one of the
         *     JVM itself, such as no memory, which ends the process
         */
        boolean run() throws Exception;
    }

    /** Repeats a step until the drain: then the step in hand is finished and no other is begun. */
    public Jobs repeat(String name, Step step) {
        loops.add(new Loop(name, Objects.requireNonNull(step)));
        return this;
    }

    List<Job> start(Lifecycle lifecycle, Tracer tracer) {
        if (loops.isEmpty()) {
            throw new IllegalStateException("the worker has nothing to do; declare it with jobs.repeat(…)");
        }
        CountDownLatch draining = new CountDownLatch(1);
        lifecycle.onDrainRequest(draining::countDown);
        return loops.stream()
                .map(loop -> Job.start(loop.name(), () -> repeat(loop, draining, tracer), lifecycle))
                .toList();
    }

    private static void repeat(Loop loop, CountDownLatch draining, Tracer tracer) throws InterruptedException {
        Duration pause = Duration.ZERO;
        while (!drains(draining, pause)) {
            Tracer.Span span = tracer.begin(Tracer.Kind.CONSUMER, loop.name(), Trace.begin());
            try (Trace.Scope unused = span.open()) {
                pause = step(loop, span, draining);
            }
        }
    }

    /** Waits between two steps. Only the drain ends the loop: an interrupt that a step has left on its thread, or that comes late, does not. */
    private static boolean drains(CountDownLatch draining, Duration pause) {
        boolean unused = Thread.interrupted();
        try {
            return draining.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return draining.getCount() == 0;
        }
    }

    private static Duration step(Loop loop, Tracer.Span span, CountDownLatch draining) throws InterruptedException {
        try {
            if (!loop.step().run()) {
                // A look that found no job is no work: its span is never told.
                return IDLE;
            }
            span.end(null);
            return Duration.ZERO;
        } catch (InterruptedException e) {
            span.end(e);
            if (draining.getCount() == 0) {
                throw e;
            }
            return failed(loop, e);
        } catch (Throwable e) {
            span.end(e);
            if (e instanceof VirtualMachineError error && !(e instanceof StackOverflowError)) {
                throw error;
            }
            return failed(loop, e);
        }
    }

    private static Duration failed(Loop loop, Throwable e) {
        LOG.atError().addKeyValue("job", loop.name()).setCause(e).log("a job of {} failed", loop.name());
        return AFTER_FAILURE;
    }
}
