package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.Collectors;

/** All figures, of one run or of several. */
final class Raw {
    /** The measure of what is no figure: the machine, the command, a contender's version. */
    static final String ABOUT = "about";

    private final Map<Series, List<Measurement>> all = new LinkedHashMap<>();

    static Raw load(Path file) throws IOException {
        Raw raw = new Raw();
        Files.readAllLines(file).stream().skip(1).map(Measurement::parse).forEach(raw::add);
        return raw;
    }

    void save(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(Measurement.HEADER));
        all.values().forEach(some -> some.forEach(each -> lines.add(each.line())));
        Files.write(file, lines);
    }

    void add(Measurement measurement) {
        all.computeIfAbsent(measurement.series(), unused -> new ArrayList<>()).add(measurement);
    }

    List<Measurement> of(Series series) {
        return all.getOrDefault(series, List.of());
    }

    List<Double> values(Series series) {
        return of(series).stream().map(Measurement::number).toList();
    }

    /** The median, if there is any figure. */
    OptionalDouble median(Series series) {
        List<Double> values = values(series);
        return values.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Interval.median(values));
    }

    Optional<Interval> interval(Series series) {
        Map<String, List<Double>> generations = new LinkedHashMap<>();
        of(series).forEach(each -> generation(generations, each).add(each.number()));
        return Interval.ofGroups(generations.values());
    }

    private static List<Double> generation(Map<String, List<Double>> generations, Measurement measurement) {
        return generations.computeIfAbsent(
                measurement.run() + " " + measurement.generation(), unused -> new ArrayList<>());
    }

    /** What became of both in each pair, for example their ratio. */
    Optional<Interval> paired(Series one, Series other, DoubleBinaryOperator of) {
        Map<String, Double> others =
                of(other).stream().collect(Collectors.toMap(Measurement::pair, Measurement::number, (a, b) -> b));
        Map<String, List<Double>> paired = new LinkedHashMap<>();
        for (Measurement measurement : of(one)) {
            Double beside = others.get(measurement.pair());
            if (beside != null) {
                generation(paired, measurement).add(of.applyAsDouble(measurement.number(), beside));
            }
        }
        return Interval.ofGroups(paired.values());
    }

    Optional<Interval> ratio(Series one, Series other) {
        return paired(one, other, (a, b) -> a / b);
    }

    /** All that was measured, in the order of its first figure. */
    Set<Series> series(String measure) {
        Set<Series> found = new LinkedHashSet<>();
        for (Series series : all.keySet()) {
            if (series.measure().equals(measure)) {
                found.add(series);
            }
        }
        return found;
    }

    Collection<List<Measurement>> everything() {
        return all.values();
    }

    /** What a fact was last. */
    Optional<String> fact(String name, String contender) {
        List<Measurement> said = of(new Series(ABOUT, "", name, "", contender));
        return said.isEmpty()
                ? Optional.empty()
                : Optional.of(said.get(said.size() - 1).value());
    }

    /** What a fact was in each run. */
    Set<String> facts(String name) {
        Set<String> facts = new LinkedHashSet<>();
        of(new Series(ABOUT, "", name, "", "")).forEach(each -> facts.add(each.value()));
        return facts;
    }

    String name(String contender) {
        return fact("name", contender).orElse(contender);
    }
}
