package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Servers, workers, attachments: one after the other, within one budget. What misses it is named in the log with its stack. */
final class DrainSequence {
    private static final Logger LOG = LoggerFactory.getLogger(DrainSequence.class);
    private static final Duration KEPT_FOR_ATTACHMENTS = Duration.ofSeconds(2);

    private static final long LEAST_MILLIS = 20;

    private final Function<Phase, List<Participant>> participants;
    private final Deadline deadline;
    private final Duration timeout;
    private final Duration delay;
    private final List<Unfinished> unfinished = new ArrayList<>();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

    /** {@code participants} gives those of a phase once, when its turn comes; from then on it takes no more. */
    DrainSequence(
            Function<Phase, List<Participant>> participants, Deadline deadline, Duration timeout, Duration delay) {
        this.participants = participants;
        this.deadline = deadline;
        this.timeout = timeout;
        this.delay = delay;
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
            Thread thread = new Thread(
                    () -> guarded(participant, () -> participant.drain(until)), "drain-" + participant.name());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        for (int i = 0; i < threads.size(); i++) {
            await(some.get(i), threads.get(i), until);
        }
    }

    private void await(Participant participant, Thread drainer, Deadline until) {
        join(drainer, until);
        if (!drainer.isAlive() && !until.expired()) {
            return;
        }
        List<Unfinished> left = new ArrayList<>();
        guarded(participant, () -> left.addAll(participant.unfinished()));
        if (left.isEmpty() && drainer.isAlive()) {
            left.add(new Unfinished("its own drain", Optional.of(drainer)));
        }
        left.forEach(one -> report(participant, one));
        if (!left.isEmpty()) {
            guarded(participant, participant::abandon);
        }
        drainer.interrupt();
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
            failures.add(participant.name() + ": " + e);
            LOG.error("{} could not be drained", participant.name(), e);
        }
    }

    private void report(Participant participant, Unfinished left) {
        unfinished.add(left);
        LOG.atError()
                .addKeyValue("participant", participant.name())
                .addKeyValue("unfinished", left.what())
                .setCause(left.thread().map(StuckThread::new).orElse(null))
                .log("{}: {} was not finished at the drain's deadline", participant.name(), left.what());
    }

    /** The stack of a thread that misses the deadline, in the form in which a log shows stacks. */
    private static final class StuckThread extends Exception {
        private static final long serialVersionUID = 1;

        StuckThread(Thread thread) {
            super("the stack of " + thread.getName(), null, false, true);
            setStackTrace(thread.getStackTrace());
        }
    }

    private static void join(Thread thread, Deadline until) {
        boolean interrupted = false;
        do {
            try {
                // Behind the deadline too: what needs no time is not to be told of as if it had none.
                thread.join(Math.max(LEAST_MILLIS, until.remaining().toMillis()));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        } while (thread.isAlive() && !until.expired());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
