package dev.twelvefactor.benchmarks.comparison;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A median, and the bounds that it lies in with 95 %: the percentiles of medians of samples drawn from the figures, with replacement (the bootstrap). */
record Interval(double median, double low, double high, int figures) {
    private static final int SAMPLES = 10_000;
    private static final long SEED = 20_261_122;

    /** Of these figures; empty if there are none. */
    static Optional<Interval> of(List<Double> figures) {
        if (figures.isEmpty()) {
            return Optional.empty();
        }
        // Fixed, so that the same figures always give the same report.
        Random random = new Random(SEED);
        double[] medians = new double[SAMPLES];
        double[] sample = new double[figures.size()];
        for (int i = 0; i < SAMPLES; i++) {
            for (int j = 0; j < sample.length; j++) {
                sample[j] = figures.get(random.nextInt(sample.length));
            }
            medians[i] = median(sample);
        }
        Arrays.sort(medians);
        return Optional.of(new Interval(
                median(figures),
                medians[(int) (SAMPLES * 0.025)],
                medians[(int) (SAMPLES * 0.975) - 1],
                figures.size()));
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
