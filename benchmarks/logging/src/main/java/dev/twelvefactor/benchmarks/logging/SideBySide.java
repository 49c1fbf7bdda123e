package dev.twelvefactor.benchmarks.logging;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All contenders in turns, a process each, whose pipe is read as fast as it can be. */
final class SideBySide {
    private static final int WARM_UP_AND_MEASURED = 4;

    private SideBySide() {}

    /**
     * What one process did.
     *
     * @param eventsPerSecond until the last is written
     * @param bytesPerEvent that were allocated
     * @param lost events of all rounds, warm-up included, that did not come
     */
    record Run(double eventsPerSecond, long bytesPerEvent, long lost) {}

    static Map<Contender, List<Run>> run(int rounds, int threads, int events) throws Exception {
        Map<Contender, List<Run>> runs = new EnumMap<>(Contender.class);
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : Contender.values()) {
                runs.computeIfAbsent(contender, unused -> new ArrayList<>()).add(one(contender, threads, events));
            }
        }
        return runs;
    }

    private static Run one(Contender contender, int threads, int events) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                LogLoad.class.getName(),
                contender.name(),
                Integer.toString(threads),
                Integer.toString(events));
        builder.environment().clear();
        // A reader that is lighter than any of the writers.
        List<Process> pipeline = ProcessBuilder.startPipeline(List.of(builder, new ProcessBuilder("wc", "-l")));
        Process process = pipeline.get(0);
        String measured = "";
        StringBuilder others = new StringBuilder();
        try (BufferedReader err =
                new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = err.readLine(); line != null; line = err.readLine()) {
                if (line.startsWith("measured ")) {
                    measured = line;
                } else {
                    others.append(line).append('\n');
                }
            }
        }
        int status = process.waitFor();
        String lines = new String(pipeline.get(1).getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        if (status != 0 || measured.isEmpty()) {
            throw new IllegalStateException(contender + " ended with " + status + "\n" + others);
        }
        String[] figures = measured.split(" ", -1);
        long written = (long) (events / threads) * threads;
        return new Run(
                written / (Long.parseLong(figures[1]) / 1e9),
                Long.parseLong(figures[2]),
                written * WARM_UP_AND_MEASURED - Long.parseLong(lines));
    }

    /** The middle of some figures. */
    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
