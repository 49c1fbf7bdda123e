package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.benchmarks.comparison.Measurement.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Measures what it is told to, and writes the report. {@code benchmarks/run} starts it. */
final class Comparison {
    private final Options options;
    private final String run = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final Path csv;
    private final Raw raw;
    private final List<Contender> contenders;

    private Comparison(Options options) throws IOException {
        this.options = options;
        csv = options.out().resolve("benchmarks").resolve("raw.csv");
        raw = (options.append() || options.report()) && Files.exists(csv) ? Raw.load(csv) : new Raw();
        contenders = options.report()
                ? List.of()
                : Contender.find(options.contenders()).stream()
                        .filter(options::isChosen)
                        .toList();
    }

    /** Arguments are those of {@code benchmarks/run}. */
    public static void main(String[] args) throws Exception {
        Runtime.getRuntime().addShutdownHook(new Thread(Comparison::endApps));
        new Comparison(Options.parse(args)).run();
    }

    /** Whoever ends this program ends what it started. PostgreSQL and Redis look after themselves. */
    private static void endApps() {
        ProcessHandle.current()
                .descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/java"))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private void run() throws IOException, InterruptedException, SQLException {
        Files.createDirectories(csv.getParent());
        if (!options.report()) {
            Path scratch = Files.createTempDirectory("comparison");
            try {
                measure(scratch);
            } finally {
                try (Stream<Path> files = Files.walk(scratch)) {
                    files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(java.io.File::delete);
                }
            }
        }
        new Report(raw).write(options.out());
        say("the report is in " + options.out().resolve("benchmarks.md"));
    }

    private void measure(Path scratch) throws IOException, InterruptedException, SQLException {
        facts();
        boolean data = (options.measures("throughput") || options.measures("latency"))
                && options.work().stream().anyMatch(work -> work.app().equals("data"))
                && contenders.stream().anyMatch(each -> each.app().equals("data"));
        try (AutoServices services = new AutoServices(data)) {
            for (Jdk jdk : options.jdks()) {
                measure(new Bench(run, raw, jdk, options.pace(), contenders, services.environment(), scratch));
            }
        }
    }

    /** Services only where they are needed. */
    private static final class AutoServices implements AutoCloseable {
        private final List<Services> started;

        AutoServices(boolean needed) throws SQLException {
            started = needed ? List.of(Services.start()) : List.of();
        }

        Map<String, String> environment() {
            return started.isEmpty() ? Map.of() : started.get(0).environment();
        }

        @Override
        public void close() {
            started.forEach(Services::close);
        }
    }

    private void measure(Bench bench) throws IOException, InterruptedException {
        for (Work work : options.work()) {
            if (options.measures("throughput")) {
                say("throughput, JDK " + bench.jdk().label() + ", work " + work);
                boolean quietOnly = options.brief() && work != Work.TEXT;
                new Throughput(bench, work).measure(quietOnly ? List.of(Entrant.QUIET) : options.modes());
                raw.save(csv);
            }
            boolean brieflyLeftOut = options.brief() && work != Work.TEXT;
            if (options.measures("latency") && !brieflyLeftOut) {
                say("latency, JDK " + bench.jdk().label() + ", work " + work);
                new Latency(bench, work).measure();
                raw.save(csv);
            }
        }
        if (options.measures("start")) {
            say("start and exit, JDK " + bench.jdk().label());
            new Starts(bench).measure();
            raw.save(csv);
        }
        if (options.measures("growth")) {
            say("growth, JDK " + bench.jdk().label());
            new Growth(bench).measure();
            raw.save(csv);
        }
    }

    private void facts() throws IOException {
        fact("command", "", options.command());
        for (Map.Entry<String, String> fact : Machine.facts().entrySet()) {
            fact(fact.getKey(), "", fact.getValue());
        }
        for (Jdk jdk : options.jdks()) {
            fact("jdk", "", jdk.version());
        }
        for (Contender contender : contenders) {
            fact("name", contender.id(), contender.name());
            fact("version", contender.id(), contender.version());
            if (options.measures("size")) {
                Series series = new Series("size", "", contender.app(), "", contender.id());
                raw.add(new Measurement(run, series, 0, 0, Long.toString(contender.size()), "B"));
            }
        }
        raw.save(csv);
    }

    private void fact(String name, String contender, String value) {
        raw.add(new Measurement(run, new Series(Raw.ABOUT, "", name, "", contender), 0, 0, value, "text"));
    }

    private static void say(String progress) {
        System.err.println(progress);
    }
}
