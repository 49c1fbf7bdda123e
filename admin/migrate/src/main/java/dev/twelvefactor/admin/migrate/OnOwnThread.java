package dev.twelvefactor.admin.migrate;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** Work that an interrupt of the caller does not reach, since drivers do not see one while they wait for an answer: the caller ends it by other means, and waits for that end. */
final class OnOwnThread {
    private static final long TURN_MILLIS = 200;

    private OnOwnThread() {}

    /** What is done again and again while the work goes on. */
    record Meanwhile(Duration interval, Runnable work) {}

    /** Ends the work; called again until it has ended. */
    @FunctionalInterface
    interface Ending {
        void end(Thread working) throws Exception;
    }

    /**
     * What the work gives, also where it was done just as the interrupt came.
     *
     * @throws CutShortException if it failed behind an interrupt
     */
    static <T> T call(String name, Callable<T> work, Meanwhile meanwhile, Ending ending) throws Exception {
        // The ids in the log go along.
        @Nullable Map<String, String> ids = MDC.getCopyOfContextMap();
        FutureTask<T> task = new FutureTask<>(() -> {
            if (ids != null) {
                MDC.setContextMap(ids);
            }
            return work.call();
        });
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            thread.join(meanwhile.interval().toMillis());
            while (thread.isAlive()) {
                meanwhile.work().run();
                thread.join(meanwhile.interval().toMillis());
            }
        } catch (InterruptedException e) {
            interrupted = true;
            awaitEnd(thread, ending);
        }
        try {
            return task.get();
        } catch (ExecutionException e) {
            Throwable failure = e.getCause() == null ? e : e.getCause();
            if (interrupted) {
                throw new CutShortException(failure);
            }
            if (failure instanceof Exception exception) {
                throw exception;
            }
            throw e;
        }
    }

    private static void awaitEnd(Thread thread, Ending ending) throws Exception {
        // In turns: between two statements there is nothing to end.
        while (thread.isAlive()) {
            ending.end(thread);
            try {
                thread.join(TURN_MILLIS);
            } catch (InterruptedException again) {
                // The end of the work is waited for all the same; the drain's deadline closes its connections.
            }
        }
    }

    /** The work failed since its caller was interrupted. */
    static final class CutShortException extends Exception {
        private static final long serialVersionUID = 1;

        CutShortException(Throwable failure) {
            super(failure);
        }
    }
}
