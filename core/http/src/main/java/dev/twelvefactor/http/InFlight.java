package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Unfinished;
import dev.twelvefactor.lifecycle.VirtualThreads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The requests that handlers work on: how many, on which threads. Virtual threads where there are any, else a bounded pool. */
final class InFlight {
    private final Semaphore free;
    private final Executor executor;
    private final Set<Work> running = ConcurrentHashMap.newKeySet();
    private final ThreadFactory streamThreads =
            VirtualThreads.factory("events-").orElse(InFlight::daemon);
    private final Map<OpenStream, Thread> streams = new ConcurrentHashMap<>();

    InFlight(HttpSettings settings) {
        this.free = new Semaphore(settings.httpMaxConcurrentRequests());
        this.executor = VirtualThreads.factory("request-")
                .map(InFlight::threadEach)
                .orElseGet(() -> pool(settings.httpWorkerThreads(), settings.httpMaxConcurrentRequests()));
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "events");
        thread.setDaemon(true);
        return thread;
    }

    private static Executor threadEach(ThreadFactory factory) {
        return task -> factory.newThread(task).start();
    }

    private static Executor pool(int threads, int most) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(most), task -> {
                    Thread thread = Executors.defaultThreadFactory().newThread(task);
                    thread.setName("request-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static final class Work {
        final String what;
        volatile @Nullable Thread thread;

        Work(String what) {
            this.what = what;
        }
    }

    /** Does a task's work, then what that gives back, which no longer counts. False if as many are at work as may be: then nothing runs. */
    boolean run(String what, Supplier<Runnable> task) {
        if (!free.tryAcquire()) {
            return false;
        }
        Work work = new Work(what);
        running.add(work);
        try {
            executor.execute(() -> {
                work.thread = Thread.currentThread();
                Runnable answer;
                try {
                    answer = task.get();
                } finally {
                    running.remove(work);
                    free.release();
                }
                answer.run();
            });
            return true;
        } catch (RejectedExecutionException e) {
            undo(work);
            return false;
        } catch (Throwable e) {
            // No thread could be had: an Error that would otherwise take the permit with it.
            undo(work);
            throw e;
        }
    }

    /** An open stream of events: it counts as no request, and the drain ends it. */
    interface OpenStream {
        void end();
    }

    /** Runs a stream of events on a thread of its own. */
    void stream(OpenStream stream, Runnable task) {
        Thread thread = streamThreads.newThread(() -> {
            try {
                task.run();
            } finally {
                streams.remove(stream);
            }
        });
        streams.put(stream, thread);
        thread.start();
    }

    void endStreams() {
        streams.forEach((stream, thread) -> {
            stream.end();
            thread.interrupt();
        });
    }

    private void undo(Work work) {
        running.remove(work);
        free.release();
    }

    List<Unfinished> unfinished() {
        return running.stream()
                .map(work -> new Unfinished(work.what, Optional.ofNullable(work.thread)))
                .toList();
    }

    void interruptAll() {
        running.forEach(work -> {
            Thread thread = work.thread;
            if (thread != null) {
                thread.interrupt();
            }
        });
    }
}
