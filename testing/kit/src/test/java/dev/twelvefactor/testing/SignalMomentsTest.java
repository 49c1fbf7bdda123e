package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM at random moments, from the start of a process to its end. The long form: {@code -Dsignals.moments=200}; {@code -Dsignals.seed=N} chooses
 * the same moments again.
 */
class SignalMomentsTest {
    private static final int MOMENTS = Integer.getInteger("signals.moments", 3);
    private static final long SEED = Long.getLong("signals.seed", System.nanoTime());
    /** Two at once take longer than one. */
    private static final int TWO_TO_ONE = 2;

    private static final int CONSOLE_TO_TASK = 2;
    private static final String SCRIPT =
            "Thread.sleep(100); var done = java.nio.file.Files.writeString(settings.mark(), \"done\");";

    @TempDir
    private Path folder;

    /** What the processes run. */
    static final class Marking {
        private Marking() {}

        record Settings(Path mark) {}

        public static void main(String[] args) {
            TwelveFactorApp.run(
                    args,
                    App.of("marking", Settings.class)
                            .web((settings, wiring, routes) -> routes.get("/", request -> Response.text("")))
                            .worker("idle", (settings, wiring, jobs) -> jobs.repeat("idle", () -> false))
                            .admin(
                                    "import",
                                    "Work, and leave a mark at the end",
                                    NoOptions.class,
                                    (settings, options, wiring) -> work(settings))
                            .admin(Task.<Settings, NoOptions>of(
                                            "close-month",
                                            "The same, never twice at once",
                                            NoOptions.class,
                                            (settings, options, wiring) -> work(settings))
                                    .exclusive(settings -> FileLeases.of(settings.mark()
                                            .resolveSibling(settings.mark().getFileName() + ".lock")))));
        }

        private static void work(Settings settings) throws InterruptedException, IOException {
            for (int step = 0; step < 10; step++) {
                Thread.sleep(10);
            }
            Files.writeString(settings.mark(), "done");
        }
    }

    private enum Kind {
        WEB,
        WORKER,
        TASK,
        EXCLUSIVE_TASK,
        CONSOLE,
        CHECK;

        String[] arguments() {
            return switch (this) {
                case WEB -> new String[] {"web"};
                case WORKER -> new String[] {"worker", "idle"};
                case TASK -> new String[] {"admin", "import"};
                case EXCLUSIVE_TASK -> new String[] {"admin", "close-month"};
                case CONSOLE -> new String[] {"admin", "console", "--eval", SCRIPT};
                case CHECK -> new String[] {"admin", "check", "--json"};
            };
        }
    }

    /** One process, and whether it has done what it is for. */
    private record Run(Kind kind, int status, List<String> stdout, List<String> stderr, boolean marked) {
        /** Of a console it stands beside the output. */
        private List<Map<String, Object>> events() {
            return Events.parse(
                    kind == Kind.CONSOLE
                            ? stderr.stream()
                                    .filter(line -> line.startsWith("{"))
                                    .toList()
                            : stdout);
        }

        /** Whether the signal came before main: HotSpot ends with 143 then; in a part of its own start it reports a failure, and ends with 1 or 143. */
        private boolean isUnborn() {
            boolean failedToStart = (status == 1 || status == 143)
                    && stdout.contains("Error occurred during initialization of VM")
                    && stdout.stream().noneMatch(line -> line.startsWith("{"));
            return !marked && ((status == 143 && stdout.isEmpty() && stderr.isEmpty()) || failedToStart);
        }

        private Optional<Object> outcome() {
            return events().stream()
                    .filter(event -> "dev.twelvefactor.audit".equals(event.get("logger")))
                    .map(event -> event.get("outcome"))
                    .findFirst();
        }

        private boolean hasStopped() {
            return events().stream().anyMatch(event -> "stopped".equals(event.get("message")));
        }

        /** What is wrong with it; empty if nothing is. */
        private String fault() {
            if (isUnborn()) {
                return "";
            }
            return switch (kind) {
                // While main takes over the signals, the JVM itself still ends with 143, and nothing has been written.
                case WEB, WORKER ->
                    (status == 0 && hasStopped()) || (status == 143 && stdout.isEmpty())
                            ? ""
                            : "neither stopped nor unborn";
                case TASK, EXCLUSIVE_TASK, CONSOLE -> faultOfTask();
                case CHECK -> faultOfCheck();
            };
        }

        private String faultOfTask() {
            Optional<Object> outcome = outcome();
            if (status == 0) {
                return marked && outcome.equals(Optional.of("succeeded")) ? "" : "succeeded without its work";
            }
            boolean beforeItsLog = events().isEmpty() && !marked;
            return status == 143 && (beforeItsLog || outcome.equals(Optional.of("cut_short")))
                    ? ""
                    : "no event says cut_short";
        }

        private String faultOfCheck() {
            boolean whole = stdout.size() == 1 && events().get(0).containsKey("checks");
            return (status == 1 && whole) || (status == 143 && (whole || stdout.isEmpty())) ? "" : "half a check";
        }
    }

    private AppProcess start(Kind kind, Path mark) {
        return AppProcess.main(Marking.class, kind.arguments())
                .jvm("-XX:TieredStopAtLevel=1")
                .jvm("-XX:+UseSerialGC")
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("MARK", mark.toString())
                .start();
    }

    /** How long there is something to be in the middle of: a task from its start to its end. */
    private Duration span() {
        long start = System.nanoTime();
        try (AppProcess task = start(Kind.TASK, folder.resolve("undisturbed"))) {
            assertThat(task.awaitExit()).as("%s", task).isZero();
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private Run signalled(Kind kind, Path mark, long nanos) throws InterruptedException {
        try (AppProcess app = start(kind, mark)) {
            Thread.sleep(Duration.ofNanos(nanos).toMillis());
            app.terminate();
            int status = app.awaitExit();
            return new Run(kind, status, app.stdout(), app.stderr(), Files.exists(mark));
        }
    }

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void ends_as_it_should_whenever_the_signal_comes() throws Exception {
        Random random = new Random(SEED);
        ExecutorService two = Executors.newFixedThreadPool(2);
        Map<Kind, List<Future<Run>>> runs = new EnumMap<>(Kind.class);
        try {
            long task = TWO_TO_ONE * span().toNanos();
            for (Kind kind : Kind.values()) {
                long span = kind == Kind.CONSOLE ? CONSOLE_TO_TASK * task : task;
                for (int i = 0; i < MOMENTS; i++) {
                    Path mark = folder.resolve(kind + "-" + i);
                    long moment = (long) (random.nextDouble() * span);
                    runs.computeIfAbsent(kind, unused -> new ArrayList<>())
                            .add(two.submit(() -> signalled(kind, mark, moment)));
                }
            }
            List<String> faults = new ArrayList<>();
            for (Map.Entry<Kind, List<Future<Run>>> of : runs.entrySet()) {
                Map<String, Integer> figures = new TreeMap<>();
                for (Future<Run> future : of.getValue()) {
                    Run run = future.get();
                    figures.merge(run.status() + (run.marked() ? " with its work done" : ""), 1, Integer::sum);
                    if (!run.fault().isEmpty()) {
                        faults.add(run.fault() + ": " + run);
                    }
                }
                System.out.println("signals, seed " + SEED + ": " + of.getKey() + " ended with " + figures);
            }
            assertThat(faults).as("seed %d", SEED).isEmpty();
        } finally {
            two.shutdownNow();
        }
    }
}
