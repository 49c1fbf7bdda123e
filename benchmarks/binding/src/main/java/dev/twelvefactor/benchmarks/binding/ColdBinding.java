package dev.twelvefactor.benchmarks.binding;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The first binding of a new JVM, from the first line of its {@code main} on: the contenders in turns. */
final class ColdBinding {
    private ColdBinding() {}

    /** Binds once and prints the microseconds that it took. */
    public static void main(String[] args) {
        Map<String, String> variables = Fifty.environment();
        long start = System.nanoTime();
        Fifty bound = Binder.valueOf(args[0]).bind(variables);
        long micros = (System.nanoTime() - start) / 1000;
        System.out.println(micros + " " + bound.port9());
    }

    /** The median of each, in milliseconds. */
    static Map<Binder, Double> medians(int rounds) throws IOException, InterruptedException {
        Map<Binder, List<Long>> micros = new EnumMap<>(Binder.class);
        for (int round = 0; round < rounds; round++) {
            for (Binder binder : Binder.values()) {
                micros.computeIfAbsent(binder, unused -> new ArrayList<>()).add(once(binder));
            }
        }
        Map<Binder, Double> medians = new EnumMap<>(Binder.class);
        micros.forEach((binder, all) -> {
            Collections.sort(all);
            medians.put(binder, all.get(all.size() / 2) / 1000.0);
        });
        return medians;
    }

    private static long once(Binder binder) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ColdBinding.class.getName(),
                        binder.name())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String[] said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .strip()
                .lines()
                .reduce("", (before, line) -> line)
                .split(" ", 2);
        if (process.waitFor() != 0 || !said[1].equals("8009")) {
            throw new IOException(binder + " did not bind");
        }
        return Long.parseLong(said[0]);
    }
}
