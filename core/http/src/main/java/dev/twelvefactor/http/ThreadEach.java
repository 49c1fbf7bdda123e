package dev.twelvefactor.http;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.xnio.XnioIoThread;

/**
 * A thread for each task. Those that the IO thread finds in one look at its connections it starts together, behind that look: the first wakes a processor up,
 * which then finds the others, where each by itself would have to wake one up again.
 */
final class ThreadEach implements Executor {
    private final ThreadFactory threads;
    private final Queue<Runnable> found = new ArrayDeque<>();

    ThreadEach(ThreadFactory threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        found.add(task);
        if (found.size() == 1) {
            XnioIoThread.currentThread().execute(this::startAll);
        }
    }

    private void startAll() {
        for (Runnable task = found.poll(); task != null; task = found.poll()) {
            threads.newThread(task).start();
        }
    }
}
