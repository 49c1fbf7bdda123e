package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state machine of a process, and the register of what has to be drained before it may end.
 *
 * <pre>{@code
 * Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(25), Duration.ZERO);
 * lifecycle.add(Phase.SERVERS, server);
 * if (lifecycle.ready()) {
 *   lifecycle.awaitDrainRequest();
 * }
 * DrainReport report = lifecycle.drain();
 * }</pre>
 *
 * <p>What is added has started; what never started is never stopped. Safe for use by many threads.
 *
 * @see <a href="https://12factor.net/disposability">The twelve-factor app, IX: disposability</a>
 */
public final class Lifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
    private static final String EXIT_CALL = "a call of System.exit";

    private final Duration timeout;
    private final Duration delay;
    private final Map<Phase, List<Participant>> participants = new EnumMap<>(Phase.class);
    private final List<Runnable> announcements = new ArrayList<>();
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch drained = new CountDownLatch(1);
    private volatile boolean exiting;
    private State state = State.STARTING;
    private @Nullable Thread starting;
    private @Nullable Deadline deadline;
    private @Nullable String cause;
    private @Nullable DrainReport report;

    /** Where a process is in its life. */
    public enum State {
        /** Opening what it needs. */
        STARTING,
        /** Doing what it is for. */
        READY,
        /** Finishing what is in hand. */
        DRAINING,
        /** Nothing is left to finish. */
        STOPPED
    }

    /**
     * A process that is starting; the calling thread is the one that a drain request interrupts until {@link #ready()}.
     *
     * @param timeout the time for the whole drain; the last 2 s of it (half of it, if it is shorter than 4 s) are kept for attachments
     * @param delay the time for which servers go on accepting after the request, while a load balancer takes notice; nothing waits if there
     *     is no server
     */
    public Lifecycle(Duration timeout, Duration delay) {
        this.timeout = timeout;
        this.delay = delay;
        this.starting = Thread.currentThread();
        for (Phase phase : Phase.values()) {
            participants.put(phase, new ArrayList<>());
        }
    }

    /** Where the process is. */
    public synchronized State state() {
        return state;
    }

    /**
     * Something that has started and now has to be drained.
     *
     * @throws IllegalStateException if the drain has gone past this phase: what starts that late has to be closed by who has started it
     */
    public synchronized void add(Phase phase, Participant participant) {
        List<Participant> some = participants.get(phase);
        if (some == null) {
            throw new IllegalStateException("the process is past the drain of its " + phase + "; "
                    + DrainSequence.nameOf(participant) + " comes too late");
        }
        some.add(participant);
    }

    private synchronized List<Participant> close(Phase phase) {
        return List.copyOf(Objects.requireNonNull(participants.remove(phase)));
    }

    /** What to do at once when a drain is requested: quick, and without waiting. Runs now if one was requested before. */
    public void onDrainRequest(Runnable announcement) {
        synchronized (this) {
            if (state == State.STARTING || state == State.READY) {
                announcements.add(announcement);
                return;
            }
        }
        announcement.run();
    }

    /** The start is over. False if a drain was requested meanwhile: then there is nothing to do but {@link #drain()}. */
    public synchronized boolean ready() {
        starting = null;
        if (state == State.STARTING) {
            state = State.READY;
        }
        return state == State.READY;
    }

    /**
     * Asks for the drain and returns at once. The first call counts, later ones do nothing. A start that is not over is interrupted.
     *
     * @param why what asks for it, for the log: {@code SIGTERM}
     */
    public void requestDrain(String why) {
        List<Runnable> toRun;
        Deadline end = Deadline.after(timeout);
        synchronized (this) {
            if (state != State.STARTING && state != State.READY) {
                return;
            }
            state = State.DRAINING;
            deadline = end;
            cause = why;
            toRun = List.copyOf(announcements);
            if (starting != null && starting != Thread.currentThread()) {
                starting.interrupt();
            }
        }
        List<Throwable> failures = new ArrayList<>();
        for (Runnable announcement : toRun) {
            try {
                announcement.run();
            } catch (Throwable e) {
                failures.add(e);
            }
        }
        requested.countDown();
        // Last, since a log whose reader has stopped makes its writer wait, and the drain must not.
        LOG.atInfo().addKeyValue("cause", why).log("draining");
        failures.forEach(e -> LOG.error("an announcement of the drain failed; the drain goes on", e));
    }

    /** Asks for the drain, since something has called {@code System.exit}; the drain does not wait for the threads that have. */
    void exitCalled() {
        exiting = true;
        requestDrain(EXIT_CALL);
    }

    /**
     * Whether something other than the process's own end has called {@code System.exit}. The process then ends with the status of that call,
     * whatever comes of the drain.
     */
    public boolean isExiting() {
        return exiting;
    }

    /** What asked for the drain, if anything did. */
    public synchronized Optional<String> drainCause() {
        return Optional.ofNullable(cause);
    }

    /** Waits until a drain is requested. */
    public void awaitDrainRequest() throws InterruptedException {
        requested.await();
    }

    /** Drains everything, once: the first caller does it, any other waits for the outcome. Asks for the drain if nobody has. */
    public DrainReport drain() {
        requestDrain("the process's own end");
        DrainSequence mine = null;
        synchronized (this) {
            starting = null;
            if (report == null && deadline != null) {
                mine = new DrainSequence(this::close, Objects.requireNonNull(deadline), timeout, delay, () -> exiting);
                deadline = null;
            }
        }
        if (mine == null) {
            return outcome();
        }
        // A start that was interrupted has done its part; the drain's own waiting must not see that interrupt.
        boolean interrupted = Thread.interrupted();
        DrainReport done = mine.run();
        synchronized (this) {
            report = done;
            state = State.STOPPED;
        }
        drained.countDown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done;
    }

    private DrainReport outcome() {
        boolean interrupted = false;
        while (true) {
            try {
                drained.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return Objects.requireNonNull(report);
        }
    }
}
