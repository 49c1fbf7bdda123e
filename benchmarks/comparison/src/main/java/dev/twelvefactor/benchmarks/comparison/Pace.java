package dev.twelvefactor.benchmarks.comparison;

import java.time.Duration;
import java.util.List;

/**
 * How long and how often.
 *
 * @param generations how often processes are started anew
 * @param pairs rounds of all generations together
 * @param slice how long a contender is loaded at a time
 * @param starts rounds of starts
 * @param settled when RSS is read, after the first answer
 * @param repeats how often a latency or a point of growth is measured
 * @param connections at which growth is measured; so are routes and settings
 */
record Pace(
        int generations,
        int pairs,
        Duration warmUp,
        Duration slice,
        int starts,
        Duration settled,
        int repeats,
        Duration openLoop,
        List<Integer> connections,
        List<Integer> routes,
        List<Integer> settings) {
    static final int CONNECTIONS = 64;

    static Pace full(int pairs, int generations, Duration warmUp, Duration slice) {
        return new Pace(
                generations,
                pairs,
                warmUp,
                slice,
                pairs,
                Duration.ofSeconds(1),
                3,
                Duration.ofSeconds(5),
                List.of(1, 10, 1_000, 10_000),
                List.of(10, 1_000),
                List.of(10, 500));
    }

    /** Only to see that all of it runs. */
    static Pace brief() {
        return new Pace(
                1,
                2,
                Duration.ofMillis(500),
                Duration.ofMillis(300),
                2,
                Duration.ofMillis(100),
                1,
                Duration.ofMillis(300),
                List.of(10),
                List.of(1_000),
                List.of(500));
    }

    int roundsOfGeneration() {
        return Math.max(1, pairs / generations);
    }
}
