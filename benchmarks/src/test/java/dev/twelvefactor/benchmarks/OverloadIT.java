package dev.twelvefactor.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -Doverload.seconds=30} is the long form. */
@Timeout(600)
class OverloadIT {
    private static final Duration TIME = Duration.ofSeconds(Long.getLong("overload.seconds", 5));

    @Test
    void answers_what_it_admits_sheds_the_rest_at_once_and_is_as_before_when_it_is_over() throws Exception {
        List<Overload.Phase> phases = Overload.run(TIME);
        System.err.println("before: " + phases.get(0));
        System.err.println("during: " + phases.get(1));
        System.err.println("after:  " + phases.get(2));
        Overload.Phase before = phases.get(0);
        Overload.Phase during = phases.get(1);
        Overload.Phase after = phases.get(2);
        assertThat(phases).allSatisfy(phase -> assertThat(phase.failures()).isEmpty());
        assertThat(during.shed()).isGreaterThan(during.answered());
        // Within the run itself: refused sooner than served, and as much served as in the calm.
        assertThat(Overload.percentile(during.shedMillis(), 50))
                .isLessThan(Overload.percentile(during.admittedMillis(), 50));
        assertThat(during.answeredPerSecond()).isGreaterThan(before.answeredPerSecond() / 2);
        assertThat(after.shed()).isZero();
        assertThat(after.answeredPerSecond()).isGreaterThan(before.answeredPerSecond() * 0.8);
    }
}
