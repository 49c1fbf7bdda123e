package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Servers, workers, attachments: one after the other, within one budget. What misses it is named in the log with its stack. */
final class DrainSequence {
    private static final Logger LOG = LoggerFactory.getLogger(DrainSequence.class);
    private static final Duration KEPT_FOR_ATTACHMENTS = Duration.ofSeconds(2);

    private static final long MIN_WAIT_MILLIS = 20;
    private static final long POLL_MILLIS = 100;
    /** Polls in a row: the drain of a server has to close its port before it is clear what it still waits for. */
    private static final int MIN_POLLS = 3;

    private final Function<Phase, List<Participant>> participants;
    private final Deadline deadline;
    private final Duration timeout;
    private final Duration delay;
    private final BooleanSupplier exiting;
    private final List<Unfinished> unfinished = new ArrayList<>();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    /**
     * Of what is registered.
     *
     * @param participants gives those of a phase once, when its turn comes; from then on it takes no more
     * @param exiting whether a thread may be waiting in {@code System.exit} for the end of this very drain
     */
    DrainSequence(
            Function<Phase, List<Participant>> participants,
            Deadline deadline,
            Duration timeout,
            Duration delay,
            BooleanSupplier exiting) {
        this.participants = participants;
        this.deadline = deadline;
        this.timeout = timeout;
        this.delay = delay;
        this.exiting = exiting;
    }

    DrainReport run() {
        Duration half = Duration.ofMillis(timeout.toMillis() / 2);
        Deadline forWork = deadline.earlier(half.compareTo(KEPT_FOR_ATTACHMENTS) < 0 ? half : KEPT_FOR_ATTACHMENTS);
        List<Participant> servers = participants.apply(Phase.SERVERS);
        if (!servers.isEmpty() && !delay.isZero()) {
            sleep(delay.compareTo(forWork.remaining()) < 0 ? delay : forWork.remaining());
        }
        together(servers, forWork);
        together(participants.apply(Phase.WORKERS), forWork);
        List<Participant> attachments = new ArrayList<>(participants.apply(Phase.ATTACHMENTS));
        Collections.reverse(attachments);
        for (int i = 0; i < attachments.size(); i++) {
            // A close that hangs may use its share of what is left, not the share of those behind it.
            together(
                    List.of(attachments.get(i)),
                    Deadline.after(Duration.ofNanos(deadline.remaining().toNanos() / (attachments.size() - i))));
        }
        return new DrainReport(List.copyOf(unfinished), List.copyOf(failures), timeout.minus(deadline.remaining()));
    }

    private void together(List<Participant> some, Deadline until) {
        List<Thread> threads = new ArrayList<>();
        for (Participant participant : some) {
            threads.add(start(participant, until));
        }
        for (int i = 0; i < threads.size(); i++) {
            await(some.get(i), threads.get(i), until);
        }
    }

    private Thread start(Participant participant, Deadline until) {
        Runnable drain = () -> guarded(participant, () -> participant.drain(until));
        Thread thread = new Thread(drain, "drain-" + nameOf(participant));
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            LOG.warn("there is no thread for the drain of {}", nameOf(participant), e);
            drain.run();
        }
        return thread;
    }

    private void await(Participant participant, Thread drainer, Deadline until) {
        if (!join(participant, drainer, until)) {
            drainer.interrupt();
            return;
        }
        if (!drainer.isAlive() && !until.expired()) {
            return;
        }
        List<Unfinished> left = unfinished(participant);
        if (left.isEmpty() && drainer.isAlive()) {
            left = List.of(new Unfinished("its own drain", Optional.of(drainer)));
        }
        left.forEach(one -> report(participant, one));
        if (!left.isEmpty()) {
            guarded(participant, participant::abandon);
        }
        drainer.interrupt();
    }

    private List<Unfinished> unfinished(Participant participant) {
        List<Unfinished> left = new ArrayList<>();
        guarded(participant, () -> left.addAll(List.copyOf(participant.unfinished())));
        return left;
    }

    /** Whether all that is left are threads that wait in {@code System.exit}, and so for this drain. */
    private boolean onlyExitsAreLeft(Participant participant) {
        List<Unfinished> left = exiting.getAsBoolean() ? unfinished(participant) : List.of();
        return !left.isEmpty()
                && left.stream()
                        .allMatch(
                                one -> one.thread().filter(JvmExit::isCalledBy).isPresent());
    }

    /** Its name; its class if {@code name} throws. */
    static String nameOf(Participant participant) {
        try {
            return participant.name();
        } catch (Throwable e) {
            return participant.getClass().getName();
        }
    }

    /** A call of foreign code, whose failure must not keep the others from their drain. */
    private interface Call {
        void run() throws Exception;
    }

    private void guarded(Participant participant, Call call) {
        try {
            call.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failures.add(nameOf(participant) + ": " + e);
            LOG.error("{} could not be drained", nameOf(participant), e);
        }
    }

    private void report(Participant participant, Unfinished left) {
        unfinished.add(left);
        LOG.atError()
                .addKeyValue("participant", nameOf(participant))
                .addKeyValue("unfinished", left.what())
                .setCause(left.thread().map(StuckThread::new).orElse(null))
                .log("{}: {} was not finished at the drain's deadline", nameOf(participant), left.what());
    }

    /** The stack of a thread that misses the deadline, in the form in which a log shows stacks. */
    private static final class StuckThread extends Exception {
        private static final long serialVersionUID = 1;

        StuckThread(Thread thread) {
            super("the stack of " + thread.getName(), null, false, true);
            setStackTrace(thread.getStackTrace());
        }
    }

    /** Waits for the end of a drain or the deadline. False if nothing is left that could end before the JVM does. */
    private boolean join(Participant participant, Thread thread, Deadline until) {
        boolean interrupted = false;
        int exitsOnly = 0;
        do {
            try {
                // After the deadline too: what needs no time must not be reported as if it had been given none.
                thread.join(Math.max(
                        MIN_WAIT_MILLIS, Math.min(POLL_MILLIS, until.remaining().toMillis())));
            } catch (InterruptedException e) {
                interrupted = true;
            }
            exitsOnly = thread.isAlive() && onlyExitsAreLeft(participant) ? exitsOnly + 1 : 0;
        } while (thread.isAlive() && !until.expired() && exitsOnly < MIN_POLLS);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return exitsOnly < MIN_POLLS;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
