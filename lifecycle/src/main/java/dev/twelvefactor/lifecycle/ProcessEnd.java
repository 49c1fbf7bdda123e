package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * How signals and {@code System.exit} reach a {@link Lifecycle}, and how the process ends with the status that it should have: the JVM by
 * itself ends with 143 after SIGTERM, runs its hooks in no order and never gives up on one that hangs.
 *
 * <p>Install it before anything starts. The first SIGTERM or SIGINT asks the lifecycle for its drain; a second one halts at once. One shutdown
 * hook drains if something else calls {@code System.exit}, or if the JVM gives no access to signals.
 */
public final class ProcessEnd {
    /** What a process that a signal kills ends with: 128 + the signal's number. */
    public static final int SIGTERM_STATUS = 143;

    /** What a process that an interrupt from the keyboard kills ends with. */
    public static final int SIGINT_STATUS = 130;

    private static final Duration GRACE = Duration.ofMillis(500);

    private final AtomicReference<@Nullable Lifecycle> lifecycle = new AtomicReference<>();
    private final AtomicReference<@Nullable String> signal = new AtomicReference<>();
    private final AtomicInteger statusAtDeadline = new AtomicInteger(1);
    private final boolean signalsHandled;
    private volatile Duration timeout = Duration.ofSeconds(25);
    private final CompletableFuture<Integer> finished = new CompletableFuture<>();

    private final Runnable beforeHalt;

    private ProcessEnd(Runnable beforeHalt) {
        this.beforeHalt = beforeHalt;
        addHook();
        signalsHandled = TermSignal.handle(this::onSignal);
    }

    private void addHook() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(this::onExit, "shutdown"));
        } catch (IllegalStateException e) {
            // A signal was here before us: the JVM is ending, and nothing of ours has started.
            return;
        }
    }

    /**
     * Takes over the signals of this process. To be called once, first of all.
     *
     * @param beforeHalt what a halt is to leave done, such as a log written out; it waits for some tenths of a second at the most
     */
    public static ProcessEnd install(Runnable beforeHalt) {
        return new ProcessEnd(beforeHalt);
    }

    private void halt(int status) {
        try {
            beforeHalt.run();
        } finally {
            Runtime.getRuntime().halt(status);
        }
    }

    /**
     * The lifecycle that a signal drains from now on; one that came before counts for it.
     *
     * @param drainTimeout after this much and half a second the process is halted, whatever it is still doing
     * @param status what the process ends with when it is halted
     */
    public void govern(Lifecycle governed, Duration drainTimeout, int status) {
        timeout = drainTimeout;
        statusAtDeadline.set(status);
        lifecycle.set(governed);
        String before = signal.get();
        if (before != null) {
            governed.requestDrain(before);
        }
    }

    /** The signal that asked for the end, if one did: {@code SIGTERM}. */
    public @Nullable String signal() {
        return signal.get();
    }

    /** Ends the process with this status, after foreign shutdown hooks; one that hangs is given up after half a second. */
    public void exit(int status) {
        finished.complete(status);
        watch(GRACE, status);
        System.exit(status);
    }

    private void onSignal(String name) {
        if (!signal.compareAndSet(null, name)) {
            halt(killedBy(name));
        }
        watch(timeout.plus(GRACE), -1);
        Lifecycle governed = lifecycle.get();
        if (governed != null) {
            governed.requestDrain(name);
        }
    }

    /** The status of a process that this signal killed: 130 for what begins with {@code SIGINT}, else 143. */
    public static int killedBy(String name) {
        return name.startsWith("SIGINT") ? SIGINT_STATUS : SIGTERM_STATUS;
    }

    private void onExit() {
        Lifecycle governed = lifecycle.get();
        if (finished.isDone() || governed == null) {
            return;
        }
        if (!signalsHandled) {
            signal.compareAndSet(null, "SIGTERM");
        }
        watch(timeout.plus(GRACE), -1);
        governed.requestDrain(signalsHandled ? "a call of System.exit" : "SIGTERM");
        DrainReport unused = governed.drain();
        // The thread that owns the process knows the right status by now, unless it is the one that has called
        // System.exit.
        int status = finished.completeOnTimeout(
                        signalsHandled ? 0 : statusAtDeadline.get(), GRACE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        if (status != 0 || !signalsHandled) {
            halt(status);
        }
    }

    /** Whether this thread has called {@code System.exit}: it waits for the shutdown hooks, so none of them may wait for it. */
    static boolean isExiting(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"));
    }

    private void watch(Duration time, int status) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        Thread.sleep(time.toMillis());
                    } catch (InterruptedException e) {
                        return;
                    }
                    halt(status < 0 ? statusAtDeadline.get() : status);
                },
                "halt-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
    }
}
