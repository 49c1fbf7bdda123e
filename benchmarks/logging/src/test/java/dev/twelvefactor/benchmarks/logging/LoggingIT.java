package dev.twelvefactor.benchmarks.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Dlogging.rounds=7 -Dlogging.events=300000} is the long form. */
@Timeout(3600)
class LoggingIT {
    private static final int ROUNDS = Integer.getInteger("logging.rounds", 1);
    private static final int EVENTS = Integer.getInteger("logging.events", 4_000);
    private static final int THREADS = Integer.getInteger("logging.threads", 4);

    @Test
    void measures_events_to_a_pipe_side_by_side_and_loses_none_of_ours() throws Exception {
        Map<Contender, List<SideBySide.Run>> runs = SideBySide.run(ROUNDS, THREADS, EVENTS);
        runs.forEach((contender, some) -> System.err.printf(
                "%-22s %,10.0f events/s %,6.0f bytes/event, lost %d%n",
                contender,
                SideBySide.median(
                        some.stream().map(SideBySide.Run::eventsPerSecond).toList()),
                SideBySide.median(
                        some.stream().map(run -> (double) run.bytesPerEvent()).toList()),
                some.stream().mapToLong(SideBySide.Run::lost).sum()));
        assertThat(runs).hasSameSizeAs(Contender.values());
        assertThat(runs.get(Contender.OURS))
                .allSatisfy(run -> assertThat(run.lost()).isZero());
    }
}
