package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Bench.Loaded;
import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** How long answers take at half of what each contender can do at most, and at half of what the slowest can. */
final class Latency {
    static final String OWN = "own";
    static final String COMMON = "common";
    static final String RATE = "latency.rate";
    static final String LATE = "latency.late";
    static final Map<String, Double> PERCENTILES = new TreeMap<>(
            Map.of("latency.p50", 50.0, "latency.p99", 99.0, "latency.p99.9", 99.9, "latency.max", 100.0));

    private final Bench bench;
    private final Work work;

    Latency(Bench bench, Work work) {
        this.bench = bench;
        this.work = work;
    }

    void measure() throws IOException, InterruptedException {
        List<Entrant> entrants = Entrant.of(bench.contenders(), work, bench.jdk(), List.of(Entrant.QUIET));
        Map<Entrant, Double> halves = new HashMap<>();
        for (Entrant entrant : entrants) {
            halves.put(entrant, half(entrant));
        }
        double slowest =
                halves.values().stream().mapToDouble(Double::doubleValue).min().orElse(0);
        List<RunningApp> started = new ArrayList<>();
        try {
            List<Loaded> all = bench.start(work, entrants, started);
            for (Loaded one : all) {
                one.wrk().run(bench.pace().warmUp(), Pace.CONNECTIONS);
            }
            for (int round = 0; round < bench.pace().repeats(); round++) {
                for (Loaded one : Bench.turns(all, round)) {
                    measure(one, OWN, halves.getOrDefault(one.entrant(), slowest), round);
                    measure(one, COMMON, slowest, round);
                }
            }
        } finally {
            started.forEach(RunningApp::close);
        }
    }

    private double half(Entrant entrant) {
        return bench.raw()
                        .median(bench.series(Throughput.MEASURE, work, entrant))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "latency is measured at half of the throughput: measure throughput of work " + work
                                        + " by " + entrant + " before, in this run or in one that this is appended to"))
                / 2;
    }

    private void measure(Loaded one, String kind, double perSecond, int round) throws IOException {
        byte[] request =
                RunningApp.request(work.method(), one.entrant().prefix() + work.path(), one.headers(), work.body());
        OpenLoop.Result result = OpenLoop.run(
                one.app().address(), request, perSecond, bench.pace().openLoop(), Pace.CONNECTIONS);
        Series series = bench.series(RATE, work, one.entrant()).as(one.entrant().way() + "/" + kind);
        bench.record(series, 0, round, perSecond, "requests/s");
        PERCENTILES.forEach((name, percentile) ->
                bench.record(series.measuring(name), 0, round, result.millisAt(percentile), "ms"));
        Histogram late = result.late();
        bench.record(series.measuring(LATE), 0, round, late.getValueAtPercentile(99) / 1e6, "ms");
    }
}
