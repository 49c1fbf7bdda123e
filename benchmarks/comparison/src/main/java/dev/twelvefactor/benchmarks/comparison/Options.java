package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** What {@code benchmarks/run} was told. */
final class Options {
    private static final List<String> MEASURES = List.of("throughput", "latency", "start", "size", "growth");

    private final String command;
    private final List<Jdk> jdks = new ArrayList<>();
    private List<String> only = List.of();
    private List<Work> work = List.of();
    private List<String> measures = MEASURES;
    private int pairs = 15;
    private int generations = 3;
    private List<String> modes = List.of(Entrant.QUIET, Entrant.ACCESS);
    private int warmUpSeconds = 8;
    private int sliceSeconds = 2;
    private boolean brief;
    private boolean append;
    private boolean report;
    private Path contenders = Path.of("benchmarks", "contenders");
    private Path out = Path.of("docs");

    private Options(String command) {
        this.command = command;
    }

    static Options parse(String... args) throws IOException {
        // Where a JDK lies is of no interest to anybody else; which one it is, stands beside.
        String told = String.join(" ", args).replaceAll("--jdk \\S+", "--jdk HOME");
        Options options = new Options(("benchmarks/run " + told).strip());
        Deque<String> rest = new ArrayDeque<>(List.of(args));
        while (!rest.isEmpty()) {
            options.take(rest.remove(), rest);
        }
        if (options.brief && options.only.isEmpty()) {
            options.only = List.of(Contender.LIMIT, Contender.OURS);
        }
        if (options.work.isEmpty()) {
            options.work = options.brief ? Work.BRIEF : List.of(Work.values());
        }
        if (options.jdks.isEmpty()) {
            options.jdks.add(Jdk.at(Path.of(System.getProperty("java.home"))));
        }
        return options;
    }

    private void take(String option, Deque<String> rest) throws IOException {
        switch (option) {
            case "--short" -> brief = true;
            case "--append" -> append = true;
            case "--report" -> report = true;
            case "--only" -> only = list(value(option, rest));
            case "--work" ->
                work = list(value(option, rest)).stream().map(Work::numbered).toList();
            case "--measures" -> measures = measures(list(value(option, rest)));
            case "--jdk" -> jdks.add(Jdk.at(Path.of(value(option, rest))));
            case "--pairs" -> pairs = Integer.parseInt(value(option, rest));
            case "--modes" -> modes = list(value(option, rest));
            case "--warm-up" -> warmUpSeconds = Integer.parseInt(value(option, rest));
            case "--slice" -> sliceSeconds = Integer.parseInt(value(option, rest));
            case "--generations" -> generations = Integer.parseInt(value(option, rest));
            case "--contenders" -> contenders = Path.of(value(option, rest));
            case "--out" -> out = Path.of(value(option, rest));
            default -> throw new IllegalArgumentException("no such option: " + option);
        }
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

    String command() {
        return command;
    }

    boolean isChosen(Contender contender) {
        return only.isEmpty() || only.contains(contender.id());
    }

    List<Work> work() {
        return work;
    }

    boolean measures(String measure) {
        return measures.contains(measure);
    }

    List<Jdk> jdks() {
        return jdks;
    }

    Pace pace() {
        return brief
                ? Pace.brief()
                : Pace.full(pairs, generations, Duration.ofSeconds(warmUpSeconds), Duration.ofSeconds(sliceSeconds));
    }

    /** With the access log off, on, or each. */
    List<String> modes() {
        return modes;
    }

    /** Whether it is only to see that all of it runs. */
    boolean brief() {
        return brief;
    }

    /** Whether raw.csv keeps what it has. */
    boolean append() {
        return append;
    }

    /** Whether only to write the report again. */
    boolean report() {
        return report;
    }

    Path contenders() {
        return contenders;
    }

    Path out() {
        return out;
    }
}
