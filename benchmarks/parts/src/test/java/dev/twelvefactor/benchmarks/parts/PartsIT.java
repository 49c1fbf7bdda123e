package dev.twelvefactor.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** {@code -Dparts.rounds=5} is the long form, {@code -Dparts.only=Routing} some of it. */
@Timeout(3600)
class PartsIT {
    /** With their parameters: routing, the head, JSON, the answer, the event. */
    private static final int ALL = 4 + 6 + 2 + 5 + 1;

    private static final int ROUNDS = Integer.getInteger("parts.rounds", 1);
    private static final String ONLY = System.getProperty("parts.only", "");

    @Test
    void measures_each_part() throws Exception {
        boolean thorough = ROUNDS > 1;
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(ONLY + "Parts\\.")
                .forks(thorough ? 2 : 0)
                .warmupIterations(ROUNDS)
                .measurementIterations(ROUNDS)
                .warmupTime(TimeValue.milliseconds(thorough ? 1000 : 20))
                .measurementTime(TimeValue.milliseconds(thorough ? 1000 : 20))
                .addProfiler(GCProfiler.class)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true);
        Collection<RunResult> results = new Runner(options.build()).run();
        results.forEach(result -> System.err.println(line(result)));
        if (ONLY.isEmpty()) {
            assertThat(results).hasSize(ALL);
        }
        assertThat(results)
                .allSatisfy(result ->
                        assertThat(result.getPrimaryResult().getScore()).isPositive());
    }

    private static String line(RunResult result) {
        String name = result.getParams().getBenchmark();
        Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
        return "%-24s %-10s %9.1f ns %8.0f bytes"
                .formatted(
                        name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1),
                        result.getParams().getParamsKeys().stream()
                                .map(key -> result.getParams().getParam(key))
                                .reduce("", String::concat),
                        result.getPrimaryResult().getScore(),
                        bytes == null ? 0 : bytes.getScore());
    }
}
