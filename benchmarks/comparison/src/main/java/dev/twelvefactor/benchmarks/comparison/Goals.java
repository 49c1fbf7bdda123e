package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Goal.Bound;
import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What we set out to reach, judged by the figures. */
final class Goals {
    private static final String NONBLOCKING = "nonblocking/quiet";
    private static final String BLOCKING = "blocking/quiet";
    /** The first JDK with virtual threads. */
    private static final int VIRTUAL = 21;

    private final Raw raw;
    private final String jdk;
    private final List<Goal> goals = new ArrayList<>();

    private Goals(Raw raw, String jdk) {
        this.raw = raw;
        this.jdk = jdk;
    }

    static List<Goal> of(Raw raw, String jdk) {
        Goals goals = new Goals(raw, jdk);
        goals.web();
        goals.data();
        goals.start();
        goals.memory();
        return goals.goals;
    }

    private void web() {
        boolean virtual = Integer.parseInt(jdk) >= VIRTUAL;
        for (Work work : List.of(Work.TEXT, Work.JSON, Work.ORDER)) {
            atLeast(
                    "throughput, work " + work + ", non-blocking, to raw Undertow on its IO threads",
                    0.97,
                    toLimit(throughput(work, NONBLOCKING)));
            Series blocking = throughput(work, BLOCKING);
            if (virtual) {
                atLeast(
                        "throughput, work " + work + ", blocking on virtual threads, to Helidon SE",
                        1.0,
                        helidon(Throughput.MEASURE).flatMap(id -> raw.ratio(blocking, blocking.of(id))));
            } else {
                atLeast(
                        "throughput, work " + work + ", blocking, to raw Undertow with its worker pool",
                        0.97,
                        toLimit(blocking));
            }
        }
        for (Work work : List.of(Work.TEXT, Work.JSON, Work.ORDER)) {
            for (String way : List.of("nonblocking", "blocking")) {
                Series quiet = throughput(work, way + "/quiet");
                atLeast(
                        "throughput, work " + work + ", " + way + ", with an access event, to our own without",
                        0.90,
                        raw.ratio(quiet.as(way + "/access"), quiet));
            }
        }
    }

    private void data() {
        for (Work work : List.of(Work.ENTRY, Work.PAGE)) {
            Series ours = throughput(work, BLOCKING);
            atLeast("throughput, work " + work + ", to raw Undertow by hand", 0.97, toLimit(ours));
            // The fastest of them: ahead of it is ahead of all.
            atLeast(
                    "throughput, work " + work + ", to the fastest peer",
                    1.0,
                    peers(ours, Double.NEGATIVE_INFINITY)
                            .max(Comparator.comparingDouble(this::median))
                            .flatMap(peer -> raw.ratio(ours, peer)));
        }
    }

    private void start() {
        Series ours = new Series(Starts.MEASURE, "", Starts.PLAIN, jdk, Contender.OURS);
        Series limit = ours.of(Contender.LIMIT);
        atMost("exec to first answer, to raw Undertow", 1.0, toLimit(ours));
        atMost(
                "exec to first answer, to the fastest peer that is slower than raw Undertow",
                1.0,
                peers(ours, median(limit))
                        .min(Comparator.comparingDouble(this::median))
                        .flatMap(peer -> raw.ratio(ours, peer)));
        atMost(
                "the same with the start-up cache, to raw Undertow without",
                0.50,
                raw.ratio(ours.as(Starts.CACHE), limit));
        atMost("RSS after start, to raw Undertow", 1.10, toLimit(ours.measuring(Starts.RSS)));
        atMost("SIGTERM to exit when idle", 50, " ms", raw.interval(ours.measuring(Starts.STOP)));
        atMost("its exit status", 0, "", raw.interval(ours.measuring(Starts.STATUS)));
    }

    private void memory() {
        for (Work work : List.of(Work.TEXT, Work.JSON, Work.ORDER)) {
            Series ours = throughput(work, BLOCKING).measuring(Throughput.RSS_LOAD);
            atMost(
                    "RSS after load, work " + work + ", blocking, to Helidon SE",
                    1.0,
                    helidon(Throughput.RSS_LOAD).flatMap(id -> raw.ratio(ours, ours.of(id))));
        }
        for (String variant : List.of(NONBLOCKING, BLOCKING)) {
            Series ours = throughput(Work.TEXT, variant).measuring(Throughput.ALLOCATION);
            atMost(
                    "allocation over raw Undertow's, work " + Work.TEXT + ", " + variant.replace("/quiet", ""),
                    1024,
                    " B/request",
                    raw.paired(ours, ours.of(Contender.LIMIT), (a, b) -> a - b));
        }
    }

    private Series throughput(Work work, String variant) {
        return new Series(Throughput.MEASURE, work.number(), variant, jdk, Contender.OURS);
    }

    private Optional<Interval> toLimit(Series ours) {
        return raw.ratio(ours, ours.of(Contender.LIMIT));
    }

    private Optional<String> helidon(String measure) {
        return raw.series(measure).stream()
                .map(Series::contender)
                .filter(id -> id.startsWith("helidon"))
                .findFirst();
    }

    /** Those beside us and the limit whose median is above the given one. */
    private Stream<Series> peers(Series ours, double above) {
        return raw.series(ours.measure()).stream()
                .filter(each -> each.equals(ours.of(each.contender())))
                .filter(each -> !each.contender().equals(Contender.OURS)
                        && !each.contender().equals(Contender.LIMIT))
                .filter(each -> median(each) > above);
    }

    private double median(Series series) {
        return raw.median(series).orElse(Double.POSITIVE_INFINITY);
    }

    private void atLeast(String measure, double limit, Optional<Interval> seen) {
        goals.add(new Goal(measure, Bound.AT_LEAST, limit, 3, "", seen));
    }

    private void atMost(String measure, double limit, Optional<Interval> seen) {
        goals.add(new Goal(measure, Bound.AT_MOST, limit, 3, "", seen));
    }

    private void atMost(String measure, int limit, String unit, Optional<Interval> seen) {
        goals.add(new Goal(measure, Bound.AT_MOST, limit, 0, unit, seen));
    }
}
