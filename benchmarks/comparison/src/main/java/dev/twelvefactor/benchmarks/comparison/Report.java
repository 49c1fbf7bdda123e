package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.BarChart.Bar;
import dev.twelvefactor.benchmarks.comparison.BarChart.Kind;
import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** docs/benchmarks.md and its charts, out of the raw figures and of nothing else. */
final class Report {
    private static final double MEGABYTE = 1e6;

    private final Raw raw;
    private final Map<String, String> charts = new LinkedHashMap<>();
    private final StringBuilder page = new StringBuilder();

    Report(Raw raw) {
        this.raw = raw;
    }

    void write(Path docs) throws IOException {
        Path folder = docs.resolve("benchmarks");
        Files.createDirectories(folder);
        Files.writeString(docs.resolve("benchmarks.md"), render());
        for (Map.Entry<String, String> chart : charts.entrySet()) {
            Files.writeString(folder.resolve(chart.getKey()), chart.getValue());
        }
    }

    private String render() {
        head();
        for (String jdk : jdks()) {
            goals(jdk);
            for (Work work : Work.values()) {
                for (String mode : List.of(Entrant.QUIET, Entrant.ACCESS)) {
                    throughput(jdk, work, mode);
                }
                latency(jdk, work);
            }
            starts(jdk);
            growth(jdk);
        }
        return page.toString();
    }

    private Set<String> jdks() {
        Set<String> jdks = new LinkedHashSet<>();
        raw.everything().stream()
                .map(some -> some.get(0).series().jdk())
                .filter(jdk -> !jdk.isEmpty())
                .sorted(Collections.reverseOrder())
                .forEach(jdks::add);
        return jdks;
    }

    private void head() {
        line("Made by `" + String.join("`, `", raw.facts("command")) + "` on " + joined("cores") + " cores, "
                + joined("cpu") + ", " + joined("memory") + ", " + joined("kernel") + ", JDK " + joined("jdk")
                + ". The clients ran on the same machine. All single figures: [raw.csv](benchmarks/raw.csv).");
        line("");
        line("# The comparison");
        line("");
        line(
                "Each contender does the same work the way its own manual says, with default settings (what its `contender.properties` says otherwise is in its favour). They are loaded in turns; a ratio is the median of the ratios of "
                        + "pairs (two contenders in the same round), with its 95 % confidence interval; pairs of one start of the processes count as related. A goal is held if the median is. From 1,000 connections on, ours has `HTTP_MAX_CONNECTIONS` at twice as many.");
        line("");
        table("contender", "version", "deployed, web", "deployed, with database and Redis");
        Set<String> contenders = raw.series(Raw.ABOUT).stream()
                .filter(each -> each.variant().equals("version"))
                .map(Series::contender)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        for (String id : contenders) {
            row(raw.name(id), raw.fact("version", id).orElse("–"), size(id, "web"), size(id, "data"));
        }
    }

    private String joined(String fact) {
        return String.join(" and ", raw.facts(fact));
    }

    private String size(String id, String app) {
        return number(raw.median(new Series("size", "", app, "", id)), MEGABYTE, "%,.1f MB");
    }

    private void goals(String jdk) {
        line("");
        line("## Goals, JDK " + jdk);
        line("");
        table("measure", "goal", "seen", "held");
        // Of an older JDK only some is asked.
        boolean newest = jdk.equals(Collections.max(jdks()));
        Goals.of(raw, jdk).stream()
                .filter(goal -> newest || goal.seen().isPresent())
                .forEach(goal -> row(goal.measure(), goal.goal(), goal.shown(), goal.held()));
    }

    /** Those of one table, in the order in which they were measured. */
    private List<Series> rows(String measure, String jdk, Work work, String suffix) {
        return raw.series(measure).stream()
                .filter(each -> each.jdk().equals(jdk)
                        && each.work().equals(work.number())
                        && each.variant().endsWith("/" + suffix))
                .toList();
    }

    private void throughput(String jdk, Work work, String mode) {
        List<Series> rows = rows(Throughput.MEASURE, jdk, work, mode);
        if (rows.isEmpty()) {
            return;
        }
        String log = mode.equals(Entrant.QUIET) ? "no log" : "a line of log a request";
        section("Work " + work.number() + ": " + work.title() + ", " + log + ", JDK " + jdk);
        if (mode.equals(Entrant.QUIET)) {
            bars(
                    "throughput-" + work.number() + "-jdk" + jdk,
                    work.title() + ", requests a second, JDK " + jdk,
                    rows,
                    this::whole);
        }
        table(
                "contender",
                "handlers",
                "requests/s",
                "to raw Undertow, same handlers",
                "CPU ms / 1,000 requests",
                "bytes / request",
                "RSS after start",
                "RSS after load");
        for (Series series : rows) {
            row(
                    raw.name(series.contender()),
                    way(series),
                    whole(series),
                    ratio(raw.ratio(series, series.of(Contender.LIMIT))),
                    number(raw.median(series.measuring(Throughput.CPU)), 0.001, "%,.1f"),
                    number(raw.median(series.measuring(Throughput.ALLOCATION)), 1, "%,.0f"),
                    memory(series.measuring(Throughput.RSS_START)),
                    memory(series.measuring(Throughput.RSS_LOAD)));
        }
    }

    private void latency(String jdk, Work work) {
        for (String kind : List.of(Latency.OWN, Latency.COMMON)) {
            List<Series> rows = rows(Latency.RATE, jdk, work, kind);
            if (rows.isEmpty()) {
                continue;
            }
            String rate =
                    kind.equals(Latency.OWN) ? "at half of its own throughput" : "at half of the slowest's throughput";
            section("Work " + work.number() + ": latency " + rate + ", JDK " + jdk);
            if (kind.equals(Latency.COMMON)) {
                bars(
                        "latency-" + work.number() + "-jdk" + jdk,
                        work.title() + ", p99 in ms at one rate for all, JDK " + jdk,
                        rows.stream().map(each -> each.measuring("latency.p99")).toList(),
                        each -> number(raw.median(each), 1, "%,.2f"));
            }
            table("contender", "handlers", "requests/s", "p50", "p99", "p99.9", "max");
            for (Series series : rows) {
                row(
                        raw.name(series.contender()),
                        way(series),
                        whole(series),
                        millis(series, "latency.p50"),
                        millis(series, "latency.p99"),
                        millis(series, "latency.p99.9"),
                        millis(series, "latency.max"));
            }
        }
    }

    private String millis(Series series, String measure) {
        return number(raw.median(series.measuring(measure)), 1, "%,.2f ms");
    }

    private void starts(String jdk) {
        List<Series> rows = raw.series(Starts.MEASURE).stream()
                .filter(each -> each.jdk().equals(jdk))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        section("Start and exit, JDK " + jdk);
        bars("start-jdk" + jdk, "exec to first answer in ms, JDK " + jdk, rows, this::whole);
        table(
                "contender",
                "start-up cache",
                "exec to first answer",
                "to raw Undertow",
                "RSS after start",
                "SIGTERM to exit",
                "exit status");
        for (Series series : rows) {
            row(
                    raw.name(series.contender()),
                    series.variant().equals(Starts.CACHE) ? "yes" : "no",
                    number(raw.median(series), 1, "%,.0f ms"),
                    ratio(raw.ratio(series, series.of(Contender.LIMIT).as(Starts.PLAIN))),
                    memory(series.measuring(Starts.RSS)),
                    number(raw.median(series.measuring(Starts.STOP)), 1, "%,.0f ms"),
                    number(raw.median(series.measuring(Starts.STATUS)), 1, "%.0f"));
        }
    }

    private void growth(String jdk) {
        List<Series> rows = raw.series(Growth.THROUGHPUT).stream()
                .filter(each -> each.jdk().equals(jdk))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        section("Growth, JDK " + jdk);
        bars(
                "growth-jdk" + jdk,
                "plain text, requests a second and RSS, JDK " + jdk,
                rows,
                each -> whole(each) + ", " + memory(each.measuring(Growth.RSS)));
        table("contender", "handlers", "with", "requests/s", "RSS after load", "exec to first answer");
        for (Series series : rows) {
            row(
                    raw.name(series.contender()),
                    way(series),
                    point(series),
                    whole(series),
                    memory(series.measuring(Growth.RSS)),
                    number(raw.median(series.measuring(Growth.START)), 1, "%,.0f ms"));
        }
    }

    private static String point(Series series) {
        return series.variant().replaceFirst(".*/(.*)=(.*)", "$2 $1");
    }

    private static String way(Series series) {
        return series.variant().replaceFirst("/.*", "");
    }

    private void bars(String name, String title, List<Series> rows, Function<Series, String> shown) {
        List<Bar> bars = new ArrayList<>();
        for (Series series : rows) {
            raw.interval(series)
                    .ifPresent(interval -> bars.add(new Bar(
                            raw.name(series.contender()) + ", " + label(series),
                            interval,
                            shown.apply(series),
                            Kind.of(series.contender()))));
        }
        charts.put(name + ".svg", BarChart.svg(title, bars));
        line("![" + title + "](benchmarks/" + name + ".svg)");
        line("");
    }

    private static String label(Series series) {
        String variant = series.variant();
        return variant.contains("=") ? way(series) + ", " + point(series) : way(series);
    }

    private String whole(Series series) {
        return number(raw.median(series), 1, "%,.0f");
    }

    private String memory(Series series) {
        return number(raw.median(series), MEGABYTE, "%,.0f MB");
    }

    private static String ratio(Optional<Interval> ratio) {
        return ratio.map(interval -> String.format(
                        Locale.ROOT, "%.3f (%.3f to %.3f)", interval.median(), interval.low(), interval.high()))
                .orElse("–");
    }

    private static String number(OptionalDouble value, double unit, String format) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble() / unit) : "–";
    }

    private void section(String title) {
        line("");
        line("## " + title);
        line("");
    }

    private void table(String... columns) {
        row(columns);
        line("|" + " --- |".repeat(columns.length));
    }

    private void row(String... cells) {
        line("| " + String.join(" | ", cells) + " |");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
