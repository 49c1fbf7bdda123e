package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From exec to the first answer, with and without a start-up cache; what an app then holds; and from SIGTERM to its exit. */
final class Starts {
    static final String MEASURE = "start";
    static final String RSS = "start.rss";
    static final String STOP = "stop";
    static final String STATUS = "stop.status";
    static final String PLAIN = "plain";
    static final String CACHE = "cache";

    private final Bench bench;

    private record Kind(Contender contender, String variant) {
        RunningApp start(Jdk jdk) throws IOException {
            return variant.equals(CACHE)
                    ? RunningApp.startCached(jdk, contender)
                    : RunningApp.start(jdk, contender, List.of(), Map.of());
        }
    }

    Starts(Bench bench) {
        this.bench = bench;
    }

    void measure() throws IOException, InterruptedException {
        List<Kind> kinds = new ArrayList<>();
        for (Contender contender : bench.contenders()) {
            if (contender.app().equals("web") && contender.runsOn(bench.jdk())) {
                kinds.add(new Kind(contender, PLAIN));
                if (!contender.training(bench.jdk()).isEmpty()) {
                    train(contender);
                    kinds.add(new Kind(contender, CACHE));
                }
            }
        }
        for (int round = 0; round < bench.pace().starts(); round++) {
            for (Kind kind : Bench.turns(kinds, round)) {
                measure(kind, round);
            }
        }
    }

    private void measure(Kind kind, int round) throws IOException, InterruptedException {
        try (RunningApp app = kind.start(bench.jdk())) {
            record(MEASURE, kind, round, app.awaitAnswer("/text"), "ms");
            Thread.sleep(bench.pace().settled().toMillis());
            record(RSS, kind, round, app.residentBytes(), "B");
            RunningApp.End end = app.terminate();
            record(STOP, kind, round, end.millis(), "ms");
            record(STATUS, kind, round, end.status(), "exit status");
        }
    }

    private void record(String measure, Kind kind, int round, double value, String unit) {
        Series series = new Series(
                measure,
                "",
                kind.variant(),
                bench.jdk().label(),
                kind.contender().id());
        bench.record(series, 0, round, value, unit);
    }

    private void train(Contender contender) throws IOException, InterruptedException {
        String command = contender.training(bench.jdk());
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command)
                .directory(contender.folder().toFile())
                .redirectErrorStream(true);
        RunningApp.setEnvironment(builder.environment(), bench.jdk(), 0);
        Process training = builder.start();
        String said = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (training.waitFor() != 0) {
            throw new IOException(command + " ended with " + training.exitValue() + ": " + said);
        }
    }
}
