package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Unfinished;
import dev.twelvefactor.lifecycle.VirtualThreads;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests that handlers work on, and the responses that are streamed: how many, on which threads. Virtual threads where there are any; else a bounded
 * pool for handlers, and for each stream a thread of its own, so that clients who read slowly take none from the handlers.
 */
final class InFlight {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private final Semaphore free;
    private final Semaphore freeStreams;
    private final Semaphore freeEventStreams;
    private final Semaphore freeWebSockets;
    private final Executor executor;
    private final ThreadFactory streamThreads = VirtualThreads.factory("stream").orElseGet(() -> daemons("stream-"));
    private final Set<Work> running = ConcurrentHashMap.newKeySet();
    private final AtomicLong bodyBytes = new AtomicLong();
    private final long mostBodyBytes = Runtime.getRuntime().maxMemory() / 4;
    private volatile boolean ending;

    InFlight(HttpSettings settings) {
        this.free = new Semaphore(settings.httpMaxConcurrentRequests());
        this.freeStreams = new Semaphore(settings.httpMaxStreams());
        this.freeEventStreams = new Semaphore(settings.httpMaxEventStreams());
        this.freeWebSockets = new Semaphore(settings.websocket().maxConnections());
        this.executor = VirtualThreads.factory("request")
                .<Executor>map(factory -> new ThreadEach(factory, this::notStarted))
                .orElseGet(() -> pool(settings.httpWorkerThreads(), settings.httpMaxConcurrentRequests()));
    }

    private static ThreadFactory daemons(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private static Executor pool(int threads, int most) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(most), daemons("request-"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** What a request, or a stream, has to do. */
    interface Task {
        /** Names it where it is not finished in time. */
        String what();

        /** Does it, on its thread. What it gives back is done there too, and no longer counts. */
        Runnable work(Work own);

        /** Says that nothing is done, since as many are at work as may be. */
        void shed();
    }

    /** One request, or one stream, that is at work. */
    final class Work implements Runnable {
        private final Task task;
        private final Semaphore place;
        private final boolean endless;
        private boolean placed;
        private boolean ignoresInterrupts;
        private @Nullable Thread thread;

        private Work(Task task, Semaphore place, boolean endless) {
            this.task = task;
            this.place = place;
            this.endless = endless;
        }

        /** Whether it may be done; its place is given back by {@link #undo}. */
        private boolean takePlace() {
            placed = placed || place.tryAcquire();
            return placed;
        }

        @Override
        public void run() {
            if (!takePlace()) {
                undo(this);
                task.shed();
                return;
            }
            begin();
            Runnable answer;
            try {
                answer = task.work(this);
            } finally {
                end();
                undo(this);
            }
            answer.run();
        }

        private synchronized void begin() {
            thread = Thread.currentThread();
        }

        /** From here on an interrupt would meet whatever the thread does next. */
        private synchronized void end() {
            thread = null;
            boolean unused = Thread.interrupted();
        }

        /** On its thread: from here on no interrupt reaches it, so that what it has opened can be closed. */
        synchronized void ignoreInterrupts() {
            ignoresInterrupts = true;
            boolean unused = Thread.interrupted();
        }

        synchronized void interrupt() {
            if (thread != null && !ignoresInterrupts) {
                thread.interrupt();
            }
        }

        private synchronized Unfinished unfinished() {
            return new Unfinished(task.what(), Optional.ofNullable(thread));
        }
    }

    /**
     * Does a request's work. Its thread takes the place, so that many that come at once, and take a moment each, count as few as are at work at once. Empty if
     * there is no thread for it: then nothing runs.
     */
    Optional<Work> run(Task task) {
        return start(new Work(task, free, false), executor);
    }

    /**
     * The same for a request whose body is read by its handler: it has the thread and the place of a stream, since it waits for its client. Empty if as many
     * are at work as may be.
     */
    Optional<Work> runReading(Task task) {
        return startPlaced(new Work(task, freeStreams, false));
    }

    /** A stream may have a thread of the operating system: there is none before there is a place. */
    private Optional<Work> startPlaced(Work work) {
        return work.takePlace() ? start(work, this::startStream) : Optional.empty();
    }

    private void startStream(Runnable task) {
        streamThreads.newThread(task).start();
    }

    /** Runs a streamed response that ends by itself. Empty if there are as many as may be: then nothing runs. */
    Optional<Work> stream(Task task) {
        return startPlaced(new Work(task, freeStreams, false));
    }

    /** The same for a stream of events, which ends with the drain, by an interrupt. However many there are, downloads have their places. */
    Optional<Work> streamEvents(Task task) {
        return startPlaced(new Work(task, freeEventStreams, true));
    }

    /** The same for a WebSocket, which its connection ends. */
    Optional<Work> webSocket(Task task) {
        return startPlaced(new Work(task, freeWebSockets, false));
    }

    private Optional<Work> start(Work work, Executor threads) {
        running.add(work);
        try {
            threads.execute(work);
            return Optional.of(work);
        } catch (RejectedExecutionException e) {
            // The pool has as many in its queue as may be.
            undo(work);
        } catch (OutOfMemoryError e) {
            noThread(work, e);
        }
        return Optional.empty();
    }

    /** Behind the look in which it was found. */
    private void notStarted(Runnable task, Throwable e) {
        if (task instanceof Work work) {
            noThread(work, e);
            work.task.shed();
        }
    }

    private void noThread(Work work, Throwable e) {
        LOG.warn("there is no thread for a request", e);
        undo(work);
    }

    private void undo(Work work) {
        running.remove(work);
        if (work.placed) {
            work.place.release();
        }
        if (ending) {
            synchronized (running) {
                running.notifyAll();
            }
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

    /** Ends the streams that do not end by themselves. */
    void endEndless() {
        ending = true;
        running.stream().filter(work -> work.endless).forEach(Work::interrupt);
    }

    /** Whether nothing is at work any more, by the deadline. */
    boolean awaitNone(Deadline deadline) throws InterruptedException {
        synchronized (running) {
            while (!running.isEmpty() && !deadline.expired()) {
                running.wait(Math.max(1, deadline.remaining().toMillis()));
            }
        }
        return running.isEmpty();
    }

    /** How many requests and streams are at work, without WebSockets. */
    int size() {
        return (int)
                running.stream().filter(work -> work.place != freeWebSockets).count();
    }

    /** Whether {@link #endEndless} has been called. */
    boolean ending() {
        return ending;
    }

    List<Unfinished> unfinished() {
        return running.stream().map(Work::unfinished).toList();
    }

    void interruptAll() {
        running.forEach(Work::interrupt);
    }
}
