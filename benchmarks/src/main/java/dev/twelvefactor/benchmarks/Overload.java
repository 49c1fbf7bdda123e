package dev.twelvefactor.benchmarks;

import dev.twelvefactor.testing.AppProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * An instance that can do 500 requests a second (50 at once, of a tenth of a second each, in a heap of 64 MB) gets ten times as many, for a while: before, during and
 * after.
 */
final class Overload {
    private static final int PLACES = 50;
    private static final int TIMES = 10;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final String WORK = "GET /work HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String HEALTH = "GET /health/live HTTP/1.1\r\nHost: h\r\n\r\n";

    private Overload() {}

    /**
     * What a stretch of time showed.
     *
     * @param shedMillis how long the refused waited, in order
     */
    record Phase(
            long answered,
            long shed,
            Duration time,
            List<Long> admittedMillis,
            List<Long> shedMillis,
            long slowestHealthMillis,
            long kibibytes,
            List<String> failures) {

        double answeredPerSecond() {
            return answered * 1e9 / time.toNanos();
        }

        double offeredPerSecond() {
            return (answered + shed) * 1e9 / time.toNanos();
        }

        @Override
        public String toString() {
            return String.format(
                    "%.0f offered/s, %.0f answered/s (p99 %d ms), %.0f shed/s (p50 %d ms, p99 %d ms), slowest health %d ms, RSS %d MB, failures %s",
                    offeredPerSecond(),
                    answeredPerSecond(),
                    percentile(admittedMillis, 99),
                    offeredPerSecond() - answeredPerSecond(),
                    percentile(shedMillis, 50),
                    percentile(shedMillis, 99),
                    slowestHealthMillis,
                    kibibytes / 1024,
                    failures);
        }
    }

    static long percentile(List<Long> sorted, int percent) {
        return sorted.isEmpty() ? 0 : sorted.get((sorted.size() - 1) * percent / 100);
    }

    /** Calm, overload, calm. */
    static List<Phase> run(Duration time) throws IOException, InterruptedException {
        try (AppProcess app = AppProcess.main(Counting.class)
                .jvm("-Xmx64m")
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("HTTP_MAX_CONCURRENT_REQUESTS", Integer.toString(PLACES))
                .env("LOG_LEVELS", "http.access=warn")
                .start()) {
            int port = app.awaitReady().getPort();
            List<Phase> phases = new ArrayList<>();
            phases.add(phase(app.pid(), port, PLACES, time));
            phases.add(phase(app.pid(), port, 2 * PLACES * TIMES, time));
            phases.add(phase(app.pid(), port, PLACES, time));
            app.terminate();
            if (app.awaitExit() != 0) {
                throw new IllegalStateException(app.toString());
            }
            return phases;
        }
    }

    private static Phase phase(long pid, int port, int clients, Duration time)
            throws IOException, InterruptedException {
        Queue<Long> admitted = new ConcurrentLinkedQueue<>();
        Queue<Long> shed = new ConcurrentLinkedQueue<>();
        Queue<Long> health = new ConcurrentLinkedQueue<>();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            threads.add(new Thread(() -> ask(port, WORK, end, admitted, shed, failures)));
        }
        threads.add(new Thread(() -> ask(port, HEALTH, end, health, health, failures)));
        threads.forEach(Thread::start);
        long kibibytes = 0;
        while (System.nanoTime() < end) {
            kibibytes = Math.max(kibibytes, ResidentMemory.kibibytes(pid));
            Thread.sleep(50);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new Phase(
                admitted.size(),
                shed.size(),
                Duration.ofNanos(System.nanoTime() - start),
                sorted(admitted),
                sorted(shed),
                sorted(health).get(health.size() - 1),
                kibibytes,
                List.copyOf(failures));
    }

    private static List<Long> sorted(Queue<Long> millis) {
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        return sorted;
    }

    private static void ask(
            int port, String request, long end, Queue<Long> admitted, Queue<Long> shed, Queue<String> failures) {
        try (RawConnection connection = new RawConnection(port, 30_000)) {
            while (System.nanoTime() < end) {
                long start = System.nanoTime();
                RawConnection.Answer answer = connection.exchange(request);
                long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
                if (answer.status() == 200) {
                    admitted.add(millis);
                } else if (answer.status() == 503 && request.equals(WORK)) {
                    shed.add(millis);
                } else {
                    failures.add(answer.toString());
                }
                Thread.sleep(PAUSE.toMillis());
            }
        } catch (IOException e) {
            failures.add(e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
