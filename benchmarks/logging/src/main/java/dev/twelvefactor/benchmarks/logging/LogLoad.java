package dev.twelvefactor.benchmarks.logging;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;

/** One contender under load: {@code CONTENDER THREADS EVENTS}. Its events are on stdout, what was measured is on stderr. */
public final class LogLoad {
    private static final int WARM_UP_ROUNDS = 3;

    private LogLoad() {}

    /** Warms up with as many events three times, then measures. */
    public static void main(String[] args) throws Exception {
        Contender contender = Contender.valueOf(args[0]);
        int threads = Integer.parseInt(args[1]);
        int each = Integer.parseInt(args[2]) / threads;
        contender.setUp();
        CyclicBarrier barrier = new CyclicBarrier(threads + 1);
        for (int t = 0; t < threads; t++) {
            int number = t;
            Thread thread = new Thread(() -> write(contender, number, each, barrier), "writer-" + t);
            thread.setDaemon(true);
            thread.start();
        }
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            barrier.await();
            barrier.await();
        }
        long allocated = allocated();
        long start = System.nanoTime();
        barrier.await();
        barrier.await();
        long allocatedThen = allocated() - allocated;
        contender.finish();
        long took = System.nanoTime() - start;
        System.err.println("measured " + took + " " + allocatedThen / (threads * (long) each));
    }

    private static void write(Contender contender, int number, int each, CyclicBarrier barrier) {
        try {
            contender.identify("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "request-" + number);
            for (int round = 0; round <= WARM_UP_ROUNDS; round++) {
                barrier.await();
                for (int i = 0; i < each; i++) {
                    contender.log(number * each + i, "alice@example.org", i % 7);
                }
                barrier.await();
            }
            Thread.sleep(Long.MAX_VALUE);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** By all threads that live: those that write in the background too. */
    private static long allocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
