package dev.twelvefactor.http;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The CPU time of the threads of a server in this process: of all threads but the one that asks, which is the client's. */
final class ServerCpu {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** What threads have taken that may have ended by the time they are asked, by their ids. */
    private final Map<Long, Long> ending = new ConcurrentHashMap<>();

    interface Task {
        void run() throws Exception;
    }

    /** The nanoseconds that a task of the client's costs the server. */
    long of(Task task) throws Exception {
        ending.clear();
        Map<Long, Long> before = byThread();
        task.run();
        Map<Long, Long> after = byThread();
        long nanos = ending.values().stream().mapToLong(Long::longValue).sum();
        for (Map.Entry<Long, Long> thread : after.entrySet()) {
            if (!ending.containsKey(thread.getKey())) {
                nanos += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
            }
        }
        return nanos;
    }

    /** From a thread that ends with its request, as one of a streaming route does where there are no virtual threads. */
    void threadEnds() {
        long id = Thread.currentThread().getId();
        long nanos = THREADS.getThreadCpuTime(id);
        if (nanos > 0) {
            ending.put(id, nanos);
        }
    }

    private static Map<Long, Long> byThread() {
        Map<Long, Long> nanos = new HashMap<>();
        for (long id : THREADS.getAllThreadIds()) {
            long taken = THREADS.getThreadCpuTime(id);
            if (taken > 0 && id != Thread.currentThread().getId()) {
                nanos.put(id, taken);
            }
        }
        return nanos;
    }
}
