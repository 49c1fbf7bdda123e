package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Bench.Loaded;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Requests a second when clients ask as fast as they get answers, and what a request costs meanwhile. */
final class Throughput {
    static final String MEASURE = "throughput";
    static final String CPU = "cpu";
    static final String ALLOCATION = "allocation";
    static final String RSS_START = "rss.start";
    static final String RSS_LOAD = "rss.load";

    private final Bench bench;
    private final Work work;

    Throughput(Bench bench, Work work) {
        this.bench = bench;
        this.work = work;
    }

    void measure(List<String> modes) throws IOException, InterruptedException {
        List<Entrant> entrants = Entrant.of(bench.contenders(), work, bench.jdk(), modes);
        for (int generation = 0; generation < bench.pace().generations(); generation++) {
            List<RunningApp> started = new ArrayList<>();
            try {
                measure(bench.start(work, entrants, started), generation);
            } finally {
                started.forEach(RunningApp::close);
            }
        }
    }

    private void measure(List<Loaded> all, int generation) throws IOException, InterruptedException {
        for (Loaded one : all) {
            record(RSS_START, one, generation, 0, one.app().residentBytes(), "B");
        }
        // In two passes: what is still compiled after the first is not compiled at the cost of the next one alone.
        for (int pass = 0; pass < 2; pass++) {
            for (Loaded one : Bench.turns(all, pass)) {
                one.wrk().run(bench.pace().warmUp().dividedBy(2), Pace.CONNECTIONS);
            }
        }
        for (Loaded one : all) {
            GcLog.collect(bench.jdk(), one.app().pid());
        }
        Map<Loaded, Long> requests = new HashMap<>();
        for (int round = 0; round < bench.pace().roundsOfGeneration(); round++) {
            for (Loaded one : Bench.turns(all, generation + round)) {
                requests.merge(one, slice(one, generation, round), Long::sum);
            }
        }
        for (Loaded one : all) {
            record(RSS_LOAD, one, generation, 0, one.app().residentBytes(), "B");
            GcLog.collect(bench.jdk(), one.app().pid());
            double allocated = GcLog.allocatedBetweenLastTwo(one.gcLog());
            record(ALLOCATION, one, generation, 0, allocated / requests.getOrDefault(one, 0L), "B/request");
        }
    }

    private long slice(Loaded one, int generation, int round) throws IOException, InterruptedException {
        double before = one.app().cpuSeconds();
        Wrk.Load load = one.wrk().run(bench.pace().slice(), Pace.CONNECTIONS);
        double cpu = one.app().cpuSeconds() - before;
        record(MEASURE, one, generation, round, load.perSecond(), "requests/s");
        record(CPU, one, generation, round, cpu * 1000 / load.requests(), "s/1000 requests");
        return load.requests();
    }

    private void record(String measure, Loaded one, int generation, int round, double value, String unit) {
        bench.record(bench.series(measure, work, one.entrant()), generation, round, value, unit);
    }
}
