package dev.twelvefactor.benchmarks.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A median, and the bounds that it lies in with 95 %: the percentiles of medians of samples drawn from the figures, with replacement (the bootstrap). */
record Interval(double median, double low, double high, int figures) {
    private static final int SAMPLES = 10_000;
    private static final long SEED = 20_261_122;

    /** Of these figures, which have nothing in common; empty if there are none. */
    static Optional<Interval> of(List<Double> figures) {
        return ofGroups(List.of(figures));
    }

    /**
     * Of figures in groups. Those of one group have something in common, such as the process that they were measured on: groups are drawn first, and from each
     * of them its figures (the hierarchical bootstrap), so that many figures of few groups are not taken for many.
     */
    static Optional<Interval> ofGroups(Collection<List<Double>> groups) {
        List<List<Double>> filled =
                groups.stream().filter(group -> !group.isEmpty()).toList();
        List<Double> figures = filled.stream().flatMap(List::stream).toList();
        if (figures.isEmpty()) {
            return Optional.empty();
        }
        // Fixed, so that the same figures always give the same report.
        Random random = new Random(SEED);
        double[] medians = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            medians[i] = median(sample(filled, random));
        }
        Arrays.sort(medians);
        return Optional.of(new Interval(
                median(figures),
                medians[(int) (SAMPLES * 0.025)],
                medians[(int) (SAMPLES * 0.975) - 1],
                figures.size()));
    }

    private static List<Double> sample(List<List<Double>> groups, Random random) {
        List<Double> sample = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            List<Double> group = groups.get(random.nextInt(groups.size()));
            for (int j = 0; j < group.size(); j++) {
                sample.add(group.get(random.nextInt(group.size())));
            }
        }
        return sample;
    }

    static double median(List<Double> figures) {
        return median(figures.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double median(double[] figures) {
        Arrays.sort(figures);
        int half = figures.length / 2;
        return figures.length % 2 == 1 ? figures[half] : (figures[half - 1] + figures[half]) / 2;
    }
}
