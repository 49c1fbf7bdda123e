package dev.twelvefactor.backing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One lease through its life: held, and then closed or lost. */
final class RenewedLease implements Lease {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(1);
    /** Of the time to live, what the work has to stop in. */
    private static final int MARGIN = 10;

    private static final String STOOD_STILL = "the process stood still";
    private static final String NO_ANSWER = "the service does not answer";

    private enum State {
        HELD,
        LOST,
        CLOSED
    }

    private final String name;
    private final Duration interval;
    private final Duration retry;
    private final long life;
    private final LongSupplier nanoClock;
    private final LeaseKeeper.Hold hold;
    private final Consumer<RenewedLease> onEnd;
    private final List<Runnable> actions = new ArrayList<>();
    /** Whoever asks the service has it. */
    private final ReentrantLock asking = new ReentrantLock();

    private final CountDownLatch released = new CountDownLatch(1);

    private State state = State.HELD;
    private long until;
    /** Why it will have been lost, if its time is over; only its own thread knows. */
    private String reason = STOOD_STILL;

    RenewedLease(
            String name,
            Duration timeToLive,
            Duration interval,
            LongSupplier nanoClock,
            long asked,
            LeaseKeeper.Hold hold,
            Consumer<RenewedLease> onEnd) {
        this.name = name;
        this.interval = interval;
        Duration margin = timeToLive.dividedBy(MARGIN);
        this.retry = margin.compareTo(LONGEST_RETRY) < 0 ? margin : LONGEST_RETRY;
        this.life = timeToLive.minus(margin).toNanos();
        this.nanoClock = nanoClock;
        this.until = asked + life;
        this.hold = hold;
        this.onEnd = onEnd;
    }

    void begin() {
        Thread thread = new Thread(this::keep, "lease-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized boolean isHeld() {
        return left() > 0;
    }

    /** The nanoseconds that it is held for in any case. None once it is not, and never any again: whoever finds that its time is over has told somebody so. */
    private synchronized long left() {
        if (state != State.HELD) {
            return 0;
        }
        long left = until - nanoClock.getAsLong();
        if (left <= 0) {
            end(State.LOST);
        }
        return Math.max(0, left);
    }

    private synchronized void end(State end) {
        state = end;
        notifyAll();
    }

    private void keep() {
        long left = awaitNext(interval);
        while (left > 0) {
            left = awaitNext(renewed(left) ? interval : retry);
        }
        if (isLost()) {
            LOG.atError().addKeyValue("lease", name).log("the lease {} is lost: {}", name, reason);
            actionsOnLoss().forEach(this::runOnLoss);
            release();
        }
    }

    /** Waits until it has to be renewed; gives what is left of its time then. */
    private synchronized long awaitNext(Duration pause) {
        try {
            long end = nanoClock.getAsLong() + Math.min(pause.toNanos(), left());
            long wait = end - nanoClock.getAsLong();
            while (wait > 0 && left() > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, wait);
                wait = end - nanoClock.getAsLong();
            }
        } catch (InterruptedException e) {
            // Nobody else has this thread: whoever interrupts all that there are does not mean it.
            return left();
        }
        return left();
    }

    private boolean renewed(long left) {
        asking.lock();
        try {
            long asked = nanoClock.getAsLong();
            if (isHeld()) {
                answered(hold.renew(Duration.ofNanos(left)), asked);
                return true;
            }
        } catch (Throwable e) {
            // An error too: without this thread the loss would never be reported.
            if (!reason.equals(NO_ANSWER)) {
                LOG.atWarn().addKeyValue("lease", name).log("the lease {} cannot be renewed yet, trying on", name);
            }
            reason = NO_ANSWER;
        } finally {
            asking.unlock();
        }
        return false;
    }

    private synchronized void answered(Optional<String> loss, long asked) {
        reason = loss.orElse(STOOD_STILL);
        if (loss.isPresent() && state == State.HELD) {
            end(State.LOST);
        } else if (left() > 0) {
            until = asked + life;
        }
    }

    private synchronized boolean isLost() {
        return state == State.LOST;
    }

    @Override
    public void onLoss(Runnable action) {
        if (!isForLater(action) && isLost()) {
            action.run();
        }
    }

    private synchronized boolean isForLater(Runnable action) {
        return left() > 0 && actions.add(action);
    }

    private synchronized List<Runnable> actionsOnLoss() {
        return List.copyOf(actions);
    }

    private void runOnLoss(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            // An error too: the other actions still have to run, and the lease has to be given back.
            LOG.error("what was to be done at the loss of the lease {} failed", name, e);
        }
    }

    @Override
    public void close() {
        if (ends()) {
            release();
        }
    }

    /** Closes it, and waits for another thread that is giving it back at this moment: when this returns, the client may go. */
    void closeAndAwait() {
        close();
        if (isClosed()) {
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized boolean isClosed() {
        return state == State.CLOSED;
    }

    private synchronized boolean ends() {
        if (left() == 0) {
            return false;
        }
        end(State.CLOSED);
        return true;
    }

    private void release() {
        asking.lock();
        try {
            hold.release();
        } catch (Exception e) {
            LOG.atWarn()
                    .addKeyValue("lease", name)
                    .log("the lease {} could not be given back; the service will free it", name);
        } finally {
            asking.unlock();
            released.countDown();
            onEnd.accept(this);
        }
    }
}
