package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * What {@code benchmarks/run} was told.
 *
 * @param only the folders of the contenders to run; empty: all
 * @param append whether raw.csv keeps what it has
 * @param report whether only to write the report again
 */
record Options(
        List<String> only,
        List<Work> work,
        List<String> measures,
        List<Jdk> jdks,
        Pace pace,
        boolean brief,
        boolean append,
        boolean report,
        Path contenders,
        Path out,
        String command) {
    static final List<String> MEASURES = List.of("throughput", "latency", "start", "size", "growth");

    static Options parse(String... args) throws IOException {
        List<String> only = List.of();
        List<Work> work = List.of(Work.values());
        List<String> measures = MEASURES;
        List<Jdk> jdks = new ArrayList<>();
        int pairs = 15;
        int generations = 3;
        boolean brief = false;
        boolean append = false;
        boolean report = false;
        Path contenders = Path.of("benchmarks", "contenders");
        Path out = Path.of("docs");
        Deque<String> rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            String option = rest.remove();
            switch (option) {
                case "--only" -> only = list(value(option, rest));
                case "--work" ->
                    work = list(value(option, rest)).stream()
                            .map(Work::numbered)
                            .toList();
                case "--measures" -> measures = measures(list(value(option, rest)));
                case "--jdk" -> jdks.add(Jdk.at(Path.of(value(option, rest))));
                case "--pairs" -> pairs = Integer.parseInt(value(option, rest));
                case "--generations" -> generations = Integer.parseInt(value(option, rest));
                case "--contenders" -> contenders = Path.of(value(option, rest));
                case "--out" -> out = Path.of(value(option, rest));
                case "--short" -> brief = true;
                case "--append" -> append = true;
                case "--report" -> report = true;
                default -> throw new IllegalArgumentException("no such option: " + option);
            }
        }
        if (brief && only.isEmpty()) {
            only = List.of(Contender.LIMIT, Contender.OURS);
        }
        if (jdks.isEmpty()) {
            jdks.add(Jdk.at(Path.of(System.getProperty("java.home"))));
        }
        Pace pace = brief ? Pace.brief() : Pace.full(pairs, generations);
        String command = ("benchmarks/run " + String.join(" ", args)).strip();
        return new Options(
                only, work, measures, List.copyOf(jdks), pace, brief, append, report, contenders, out, command);
    }

    private static List<String> list(String value) {
        return Arrays.asList(value.split(",", -1));
    }

    private static List<String> measures(List<String> named) {
        // Starts measure both: what starts has to end.
        List<String> measures =
                named.stream().map(each -> each.equals("exit") ? "start" : each).toList();
        for (String measure : measures) {
            if (!MEASURES.contains(measure)) {
                throw new IllegalArgumentException(
                        "no such measure: " + measure + "; there are " + MEASURES + " and exit");
            }
        }
        return measures;
    }

    private static String value(String option, Deque<String> rest) {
        if (rest.isEmpty()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return rest.remove();
    }
}
