package dev.twelvefactor.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The comparison in its shortest form; {@code benchmarks/run} is the long one. */
@Timeout(300)
class ComparisonIT {
    private static final Path CONTENDERS = Path.of("..", "contenders");

    @BeforeAll
    static void needs_wrk() {
        boolean installed = Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "wrk")));
        assumeThat(installed).as("wrk is installed").isTrue();
    }

    @Test
    void measures_all_and_reports_it(@TempDir Path scratch) throws Exception {
        Path out = Path.of("target", "comparison");
        Comparison.main(
                new String[] {"--short", "--contenders", contenders(scratch).toString(), "--out", out.toString()});
        String report = Files.readString(out.resolve("benchmarks.md"));
        assertThat(report).startsWith("Made by `benchmarks/run --short ");
        for (String section : List.of("Goals", "Start and exit", "Growth")) {
            assertThat(report)
                    .contains("\n## " + section + ", JDK " + Runtime.version().feature() + "\n");
        }
        for (Work work : Work.BRIEF) {
            assertThat(report).contains("## Work " + work.number() + ": " + work.title() + ", no log, JDK");
        }
        for (String rate : List.of("its own", "the slowest's")) {
            assertThat(report).contains("## Work 1: latency at half of " + rate + " throughput, JDK");
        }
        Raw raw = Raw.load(out.resolve("benchmarks").resolve("raw.csv"));
        List<String> wrong = new ArrayList<>();
        for (List<Measurement> some : raw.everything()) {
            for (Measurement each : some) {
                boolean mayBeZero = List.of(Starts.STATUS, Throughput.ALLOCATION)
                        .contains(each.series().measure());
                if (!each.series().measure().equals(Raw.ABOUT)
                        && !(mayBeZero ? each.number() >= 0 : each.number() > 0)) {
                    wrong.add(each.line());
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(raw.series(Throughput.MEASURE)).hasSizeGreaterThanOrEqualTo(10);
    }

    /** The real ones, where they have been built. */
    private static Path contenders(Path scratch) throws Exception {
        List<Contender> real = Contender.find(CONTENDERS).stream()
                .filter(each -> List.of(Contender.OURS, Contender.LIMIT).contains(each.id()))
                .toList();
        if (real.size() == 4 && real.stream().allMatch(each -> Files.exists(each.jar()))) {
            return CONTENDERS;
        }
        for (String id : List.of(Contender.LIMIT, Contender.OURS)) {
            StandInContenders.add(scratch, id, "web", "variants=blocking,nonblocking");
            StandInContenders.add(scratch, id, "data", "");
        }
        return scratch;
    }

    @Test
    void has_no_figures_of_a_contender_that_answers_wrongly(@TempDir Path scratch) throws Exception {
        StandInContenders.add(scratch, Contender.LIMIT, "web", "");
        StandInContenders.add(scratch, "liar", "web", "quiet=LIE=true");
        Path out = scratch.resolve("out");
        assertThatThrownBy(() -> Comparison.main(new String[] {
                    "--short",
                    "--only",
                    "undertow,liar",
                    "--work",
                    "2",
                    "--measures",
                    "throughput",
                    "--contenders",
                    scratch.toString(),
                    "--out",
                    out.toString()
                }))
                .hasMessageStartingWith(
                        "Stand-in for liar (blocking, quiet) answers /json wrongly: 200 application/json {\"name\":\"Ada Lovelace\"")
                .hasMessageContaining("\"visits\":1816");
        assertThat(out.resolve("benchmarks.md")).doesNotExist();
        assertThat(Raw.load(out.resolve("benchmarks/raw.csv")).series(Throughput.MEASURE))
                .isEmpty();
    }
}
