package dev.twelvefactor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import org.xnio.XnioIoThread;

/**
 * A thread for each task. Those that an IO thread finds in one look at its connections it starts together, behind that look: the first wakes a processor up,
 * which then finds the others, where each by itself would have to wake one up again. To be used by IO threads and nobody else.
 */
final class ThreadEach implements Executor {
    private final ThreadFactory threads;
    private final BiConsumer<Runnable, Throwable> notStarted;
    private final ThreadLocal<List<Runnable>> found = ThreadLocal.withInitial(ArrayList::new);

    /** {@code notStarted} is told of a task for which there was no thread. */
    ThreadEach(ThreadFactory threads, BiConsumer<Runnable, Throwable> notStarted) {
        this.threads = threads;
        this.notStarted = notStarted;
    }

    @Override
    public void execute(Runnable task) {
        List<Runnable> all = found.get();
        if (all.isEmpty()) {
            XnioIoThread.currentThread().execute(this::startAll);
        }
        all.add(task);
    }

    private void startAll() {
        List<Runnable> all = found.get();
        found.set(new ArrayList<>());
        for (Runnable task : all) {
            try {
                threads.newThread(task).start();
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                notStarted.accept(task, e);
            }
        }
    }
}
