package dev.twelvefactor.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How signals and {@code System.exit} reach a {@link Lifecycle}, and how the process ends with the status that it should have: the JVM by
 * itself ends with 143 after SIGTERM, runs its hooks in no order and never gives up on one that hangs.
 *
 * <p>Install it before anything starts. The first SIGTERM or SIGINT asks the lifecycle for its drain; a second one halts at once. If something
 * else calls {@code System.exit}, a shutdown hook drains, and the process ends with the status of that call. The same hook drains if the JVM
 * gives no access to signals.
 */
public final class ProcessEnd {
    /** What a process that a signal kills ends with: 128 + the signal's number. */
    public static final int SIGTERM_STATUS = 143;

    /** What a process that an interrupt from the keyboard kills ends with. */
    public static final int SIGINT_STATUS = 130;

    private static final int SIGHUP_STATUS = 129;
    private static final int MISSED_DEADLINE_STATUS = 1;

    private static final Duration GRACE = Duration.ofMillis(500);
    /** Enough for a profiler or an agent to write what it has recorded. */
    private static final Duration MAX_HOOK_TIME = Duration.ofSeconds(5);

    private static final Duration MAX_TIME_FOR_LAST_EVENTS = Duration.ofSeconds(5);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(25);

    private final Runnable beforeHalt;
    private final AtomicReference<@Nullable Governed> governed = new AtomicReference<>();
    private final AtomicReference<@Nullable String> signal = new AtomicReference<>();
    private final CompletableFuture<Integer> finished = new CompletableFuture<>();
    private volatile Thread owner = Thread.currentThread();
    private volatile boolean exitCalled;
    private volatile boolean haltsAtSignal;

    /** What runs here, and what the process ends with if it has to be halted. */
    private record Governed(Lifecycle lifecycle, Duration timeout, IntSupplier statusWhenHalted) {}

    private ProcessEnd(Runnable beforeHalt) {
        this.beforeHalt = beforeHalt;
        addHook();
        // If the JVM gives no access to signals, its own handlers run the hook.
        boolean unused = TermSignal.handle(this::onSignal);
    }

    private void addHook() {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(this::onExit, "shutdown"));
        } catch (IllegalStateException e) {
            // The JVM is ending. It may wait for hooks of the app's, and nothing must start meanwhile.
            learnWhoEndsTheJvm();
        }
    }

    /**
     * Takes over the signals of this process. To be called once, first of all, by the thread that will call {@link #exit}.
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
    public void govern(Lifecycle lifecycle, Duration drainTimeout, int status) {
        govern(new Governed(lifecycle, drainTimeout, () -> status));
    }

    /**
     * The same for work that is done once: if it has to be halted, it ends with the status of the signal that has cut it short, 143 or 130.
     *
     * @param drainTimeout after this much and half a second the process is halted, whatever it is still doing
     */
    public void governTask(Lifecycle lifecycle, Duration drainTimeout) {
        govern(new Governed(lifecycle, drainTimeout, this::statusOfCutShort));
    }

    private int statusOfCutShort() {
        String name = signal.get();
        return name == null ? MISSED_DEADLINE_STATUS : killedBy(name);
    }

    private void govern(Governed process) {
        governed.set(process);
        String before = signal.get();
        if (exitCalled) {
            process.lifecycle().exitCalled();
        } else if (before != null) {
            process.lifecycle().requestDrain(before);
        }
    }

    /** From now on a signal halts the process at once: nothing has started that has to be drained. One that came before counts. */
    public void haltAtSignal() {
        haltsAtSignal = true;
        String before = signal.get();
        if (before != null) {
            halt(killedBy(before));
        }
    }

    /** The signal that asked for the end, if one did: {@code SIGTERM}. */
    public @Nullable String signal() {
        return signal.get();
    }

    /**
     * Ends the process with this status, after foreign shutdown hooks, which get 5 seconds, and after a signal no more than is left of the
     * drain's time. If {@code System.exit} was called elsewhere before, the process ends with that status instead.
     */
    public void exit(int status) {
        owner = Thread.currentThread();
        finished.complete(status);
        System.exit(status);
    }

    private void onSignal(String name) {
        if (!signal.compareAndSet(null, name) || haltsAtSignal) {
            halt(finished.getNow(killedBy(name)));
        }
        Governed process = governed.get();
        var unused = haltAfter(timeToHalt(process));
        if (process != null) {
            process.lifecycle().requestDrain(name);
        }
    }

    /** The status of a process that this signal killed: 130 for what begins with {@code SIGINT}, 129 with {@code SIGHUP}, else 143. */
    public static int killedBy(String name) {
        if (name.startsWith("SIGINT")) {
            return SIGINT_STATUS;
        }
        return name.startsWith("SIGHUP") ? SIGHUP_STATUS : SIGTERM_STATUS;
    }

    private Optional<String> learnWhoEndsTheJvm() {
        Optional<String> handledByJvm = JvmExit.signal();
        if (handledByJvm.isPresent()) {
            signal.compareAndSet(null, handledByJvm.get());
        } else if (!JvmExit.isRunBy(owner) || !finished.isDone()) {
            exitCalled = true;
        }
        return handledByJvm;
    }

    private void onExit() {
        Optional<String> handledByJvm = learnWhoEndsTheJvm();
        Governed process = governed.get();
        if (finished.isDone() || process == null) {
            // Nothing is left to drain, or the owner drains what it still starts.
            var unused = haltAfter(exitCalled ? maxTimeAfterExitCall(process) : MAX_HOOK_TIME);
            return;
        }
        Deadline deadline = Deadline.after(timeToHalt(process));
        Thread watchdog = haltAfter(deadline.remaining());
        if (handledByJvm.isPresent()) {
            process.lifecycle().requestDrain(handledByJvm.get());
        } else {
            process.lifecycle().exitCalled();
        }
        DrainReport unused = process.lifecycle().drain();
        awaitLastEvents();
        if (handledByJvm.isPresent()) {
            halt(statusNow());
        }
        // Nothing of ours halts now: the JVM ends with the status of the call, which only the JVM knows. A hook that
        // hangs loses it.
        Duration forHooks = deadline.remaining().compareTo(MAX_HOOK_TIME) > 0 ? deadline.remaining() : MAX_HOOK_TIME;
        watchdog.interrupt();
        var unusedWatchdog = haltAfter(forHooks);
    }

    private static Duration maxTimeAfterExitCall(@Nullable Governed process) {
        Duration drain = timeToHalt(process);
        return drain.compareTo(MAX_HOOK_TIME) > 0 ? drain : MAX_HOOK_TIME;
    }

    private static Duration timeToHalt(@Nullable Governed process) {
        return (process == null ? DEFAULT_TIMEOUT : process.timeout()).plus(GRACE);
    }

    /** Until the owner has nothing left to do but to exit, or never will, since it is itself the thread that has called {@code System.exit}. */
    private void awaitLastEvents() {
        Deadline end = Deadline.after(MAX_TIME_FOR_LAST_EVENTS);
        while (!finished.isDone() && owner.isAlive() && !JvmExit.isCalledBy(owner) && !end.expired()) {
            try {
                Thread.sleep(POLL_INTERVAL.toMillis());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private int statusNow() {
        if (exitCalled) {
            // To halt loses the status of the call.
            return MISSED_DEADLINE_STATUS;
        }
        Governed process = governed.get();
        return finished.getNow(
                process == null
                        ? statusOfCutShort()
                        : process.statusWhenHalted().getAsInt());
    }

    private Thread haltAfter(Duration time) {
        Thread watchdog = new Thread(
                () -> {
                    try {
                        Thread.sleep(time.toMillis());
                    } catch (InterruptedException e) {
                        return;
                    }
                    halt(statusNow());
                },
                "halt-watchdog");
        watchdog.setDaemon(true);
        watchdog.start();
        return watchdog;
    }
}
