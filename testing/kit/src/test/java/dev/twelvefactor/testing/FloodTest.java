package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.lifecycle.VirtualThreads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events of 200 threads, virtual and platform ones, whose process then ends. {@code -Dlog.events=1000000} is the long form. */
@Timeout(300)
class FloodTest {
    private static final int EVENTS = Integer.getInteger("log.events", 200_000);
    private static final int THREADS = 200;

    /** What the processes run. */
    static final class Flood {
        private static final Logger LOG = LoggerFactory.getLogger("flood");

        private Flood() {}

        record Options(int events) {}

        public static void main(String[] args) {
            TwelveFactorApp.run(
                    args,
                    App.of("flood")
                            .admin(
                                    "flood",
                                    "Logs",
                                    Options.class,
                                    (settings, options, wiring) -> run(options.events())));
        }

        /** Each thread tells at its end how many events it has written. */
        private static void run(int events) throws InterruptedException {
            AtomicBoolean stopped = new AtomicBoolean();
            ThreadFactory platform = Thread::new;
            ThreadFactory virtual = VirtualThreads.factory("v").orElse(platform);
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                int number = t;
                threads.add(
                        (t % 2 == 0 ? virtual : platform).newThread(() -> write(number, events / THREADS, stopped)));
            }
            threads.forEach(Thread::start);
            try {
                for (Thread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                stopped.set(true);
                for (Thread thread : threads) {
                    thread.join();
                }
                throw e;
            }
        }

        private static void write(int thread, int events, AtomicBoolean stopped) {
            int n = 0;
            while (n < events && !stopped.get()) {
                LOG.atInfo().addKeyValue("t", thread).addKeyValue("n", n++).log("an event of some length, as they are");
            }
            LOG.atInfo().addKeyValue("t", thread).addKeyValue("wrote", n).log("done");
        }
    }

    /** How the process's stdout is read. */
    @FunctionalInterface
    private interface Pace {
        void after(long lines) throws InterruptedException;
    }

    private static Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Flood.class.getName(),
                        "admin",
                        "flood",
                        "--events",
                        Integer.toString(EVENTS))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().clear();
        return builder.start();
    }

    /** Reads to the end: every line is an event, each thread's are all there, once and in order. */
    private static long readAll(InputStream stdout, Pace pace) throws Exception {
        Map<Object, Integer> next = new HashMap<>();
        Map<Object, Integer> wrote = new HashMap<>();
        long lines = 0;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stdout, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Map<String, Object> event = Events.parse(List.of(line)).get(0);
                Object thread = event.get("t");
                if (event.containsKey("n")) {
                    assertThat(event.get("n")).isEqualTo(next.merge(thread, 1, Integer::sum) - 1);
                } else if (event.containsKey("wrote")) {
                    wrote.put(thread, (Integer) event.get("wrote"));
                }
                pace.after(++lines);
            }
        }
        wrote.values().removeIf(count -> count == 0);
        assertThat(next).isEqualTo(wrote);
        return next.values().stream().mapToLong(count -> count).sum();
    }

    @Test
    void is_there_in_full_and_in_order_when_the_process_has_ended() throws Exception {
        Process process = start();
        assertThat(readAll(process.getInputStream(), lines -> {})).isEqualTo(EVENTS);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void is_there_as_far_as_it_went_when_sigterm_comes_in_the_middle() throws Exception {
        Process process = start();
        long read = readAll(process.getInputStream(), lines -> {
            if (lines == EVENTS / 4) {
                process.toHandle().destroy();
            }
        });
        assertThat(read).isBetween(EVENTS / 4L - 1, EVENTS - 1L);
        assertThat(process.waitFor()).isEqualTo(143);
    }

    @Test
    void is_there_in_full_when_its_reader_is_slow() throws Exception {
        Process process = start();
        long read = readAll(process.getInputStream(), lines -> {
            if (lines % 1000 == 0) {
                Thread.sleep(5);
            }
        });
        assertThat(read).isEqualTo(EVENTS);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void is_there_as_far_as_it_went_when_its_reader_stops_for_five_seconds_and_sigterm_comes_meanwhile()
            throws Exception {
        Process process = start();
        long read = readAll(process.getInputStream(), lines -> {
            if (lines == EVENTS / 4) {
                process.toHandle().destroy();
                Thread.sleep(5000);
            }
        });
        assertThat(read).isBetween(EVENTS / 4L - 1, EVENTS - 1L);
        assertThat(process.waitFor()).isEqualTo(143);
    }
}
