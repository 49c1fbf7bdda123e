package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What more connections, routes and settings do to throughput, memory and start. */
final class Growth {
    static final String THROUGHPUT = "growth.throughput";
    static final String RSS = "growth.rss";
    static final String START = "growth.start";
    private static final int MANY = 1_000;
    private static final int LONGER = 5;

    private final Bench bench;

    /** A point of the chart. */
    private record Point(Entrant entrant, String label, int connections, Map<String, String> environment) {}

    Growth(Bench bench) {
        this.bench = bench;
    }

    void measure() throws IOException, InterruptedException {
        List<Point> points = points();
        for (int round = 0; round < bench.pace().repeats(); round++) {
            for (Point point : Bench.turns(points, round)) {
                measure(point, round);
            }
        }
    }

    private List<Point> points() {
        List<Entrant> two = bench.contenders().stream()
                .filter(each -> each.app().equals(Work.TEXT.app())
                        && (each.id().equals(Contender.LIMIT) || each.id().equals(Contender.OURS)))
                .map(each -> new Entrant(each, Entrant.PLAIN, Entrant.QUIET))
                .toList();
        List<Point> points = new ArrayList<>();
        for (int connections : bench.pace().connections()) {
            two.forEach(each ->
                    points.add(new Point(each, "connections=" + connections, connections, roomFor(connections))));
        }
        for (int routes : bench.pace().routes()) {
            two.forEach(each -> points.add(point(each, "ROUTES", routes)));
        }
        for (int settings : bench.pace().settings()) {
            two.stream()
                    .filter(each -> each.contender().id().equals(Contender.OURS))
                    .forEach(each -> points.add(point(each, "SETTINGS", settings)));
        }
        return points;
    }

    /** There is to be room for who looks at it, too. */
    private static Map<String, String> roomFor(int connections) {
        return connections < MANY ? Map.of() : Map.of("HTTP_MAX_CONNECTIONS", Integer.toString(2 * connections));
    }

    private static Point point(Entrant entrant, String variable, int count) {
        return new Point(
                entrant,
                variable.toLowerCase(Locale.ROOT) + "=" + count,
                Pace.CONNECTIONS,
                Map.of(variable, Integer.toString(count)));
    }

    /** Each in a process of its own, so that none has the memory that another needed. */
    private void measure(Point point, int round) throws IOException, InterruptedException {
        Entrant entrant = point.entrant();
        Map<String, String> environment = new LinkedHashMap<>(bench.environment(entrant));
        environment.putAll(point.environment());
        try (RunningApp app = RunningApp.start(bench.jdk(), entrant.contender(), List.of(), environment)) {
            double start = app.awaitAnswer("/text");
            AnswerCheck.check(Work.TEXT, entrant, app);
            Wrk wrk = Wrk.of(Work.TEXT, entrant, app, "", bench.scratch());
            wrk.run(bench.pace().warmUp(), point.connections());
            // To open so many takes wrk a good part of its time.
            Duration slice = bench.pace().slice().multipliedBy(point.connections() > MANY ? LONGER : 1);
            Wrk.Load load = wrk.run(slice, point.connections());
            record(THROUGHPUT, point, round, load.perSecond(), "requests/s");
            record(RSS, point, round, app.residentBytes(), "B");
            record(START, point, round, start, "ms");
        }
    }

    private void record(String measure, Point point, int round, double value, String unit) {
        Series series = bench.series(measure, Work.TEXT, point.entrant())
                .as(point.entrant().way() + "/" + point.label());
        bench.record(series, 0, round, value, unit);
    }
}
