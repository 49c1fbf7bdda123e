package dev.twelvefactor.lifecycle;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Work on a thread of its own that the process exists for: a worker's loop, an admin task. When it ends, the process drains; when the process
 * drains, it ends.
 */
public final class Job implements Participant {
    private final String name;
    private final boolean interruptedByDrain;
    private final Thread thread;
    private volatile @Nullable Throwable failure;
    private volatile boolean ended;

    /** The work itself. */
    @FunctionalInterface
    public interface Body {
        /**
         * Works until it is done.
         *
         * @throws Exception if it failed
         */
        void run() throws Exception;
    }

    private Job(String name, Body body, Lifecycle lifecycle, boolean interruptedByDrain) {
        this.name = name;
        this.interruptedByDrain = interruptedByDrain;
        this.thread = new Thread(() -> run(body, lifecycle), name);
        thread.setDaemon(true);
    }

    /**
     * Starts work that a drain interrupts at once: work that is not made of pieces, such as a task.
     *
     * @param lifecycle which is asked to drain when the work ends, and whose drain waits for it
     */
    public static Job startInterruptible(String name, Body body, Lifecycle lifecycle) {
        return new Job(name, body, lifecycle, true).start(lifecycle);
    }

    /**
     * Starts work that looks itself whether a drain was asked for, between two pieces; it is interrupted only at the drain's deadline.
     *
     * @param lifecycle which is asked to drain when the work ends, and whose drain waits for it
     */
    public static Job start(String name, Body body, Lifecycle lifecycle) {
        return new Job(name, body, lifecycle, false).start(lifecycle);
    }

    private Job start(Lifecycle lifecycle) {
        lifecycle.add(Phase.WORKERS, this);
        thread.start();
        return this;
    }

    private void run(Body body, Lifecycle lifecycle) {
        try {
            body.run();
        } catch (Throwable e) {
            // Whatever it is, an Error too, it has ended the work: the process reports it and ends.
            failure = e;
        } finally {
            ended = true;
            lifecycle.requestDrain("the end of " + name);
        }
    }

    @Override
    public String name() {
        return name;
    }

    /** What ended the work, if it was not its own return. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(failure);
    }

    /** Whether the work is over. */
    public boolean ended() {
        return ended;
    }

    @Override
    public void drain(Deadline deadline) throws InterruptedException {
        if (interruptedByDrain) {
            thread.interrupt();
        }
        // A millisecond more than is left, so that to return early means that the work has ended.
        thread.join(deadline.remaining().toMillis() + 1);
    }

    @Override
    public List<Unfinished> unfinished() {
        return thread.isAlive() ? List.of(new Unfinished("the work in hand", Optional.of(thread))) : List.of();
    }

    /** Interrupts the work, so that a transaction in hand is rolled back and its job given back. */
    @Override
    public void abandon() {
        thread.interrupt();
    }
}
