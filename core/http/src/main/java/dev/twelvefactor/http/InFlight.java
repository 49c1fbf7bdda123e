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
import java.util.concurrent.atomic.AtomicLong;
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
    private final AtomicLong bodyBytes = new AtomicLong();
    private final long mostBodyBytes = Runtime.getRuntime().maxMemory() / 4;
    private volatile boolean ending;

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

    /** One request that is at work. */
    static final class Work {
        private final String what;
        private @Nullable Thread thread;

        Work(String what) {
            this.what = what;
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
        }

        /** From here on an interrupt would meet whatever the thread does next. */
        private synchronized void end() {
            thread = null;
            boolean unused = Thread.interrupted();
        }

        synchronized void interrupt() {
            if (thread != null) {
                thread.interrupt();
            }
        }

        private synchronized Unfinished unfinished() {
            return new Unfinished(what, Optional.ofNullable(thread));
        }
    }

    /** Does a task's work, then what that gives back, which no longer counts. Empty if as many are at work as may be: then nothing runs. */
    Optional<Work> run(String what, Supplier<Runnable> task) {
        if (!free.tryAcquire()) {
            return Optional.empty();
        }
        Work work = new Work(what);
        running.add(work);
        try {
            executor.execute(() -> {
                work.begin();
                Runnable answer;
                try {
                    answer = task.get();
                } finally {
                    work.end();
                    undo(work);
                }
                answer.run();
            });
            return Optional.of(work);
        } catch (RejectedExecutionException e) {
            undo(work);
            return Optional.empty();
        } catch (Throwable e) {
            // No thread could be had: an Error that would otherwise take the permit with it.
            undo(work);
            throw e;
        }
    }

    /** Makes room for a piece of a body. False if all bodies together would take more than a quarter of the heap. */
    boolean reserve(int bytes) {
        if (bodyBytes.addAndGet(bytes) <= mostBodyBytes) {
            return true;
        }
        bodyBytes.addAndGet(-bytes);
        return false;
    }

    void release(long bytes) {
        bodyBytes.addAndGet(-bytes);
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
        try {
            thread.start();
        } catch (Throwable e) {
            streams.remove(stream);
            throw e;
        }
        if (ending) {
            stream.end();
            thread.interrupt();
        }
    }

    void endStreams() {
        ending = true;
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
        return running.stream().map(Work::unfinished).toList();
    }

    void interruptAll() {
        running.forEach(Work::interrupt);
    }
}
