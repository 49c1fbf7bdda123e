package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    record Purge(
            Duration olderThan,
            boolean dryRun,
            Optional<Integer> most,
            @Default("all") String kind) {}

    @Test
    void fills_a_record_from_options() {
        assertThat(CommandLine.bind(Purge.class, List.of("--older-than", "30d", "--dry-run", "--most=5")))
                .isEqualTo(new Purge(Duration.ofDays(30), true, Optional.of(5), "all"));
    }

    @Test
    void reports_everything_that_is_wrong_at_once() {
        assertThatThrownBy(
                        () -> CommandLine.bind(Purge.class, List.of("--oldr-than", "--most", "x", "extra", "--kind")))
                .isInstanceOf(UsageException.class)
                .hasMessage("""
                        The command line is invalid: 5 problems.
                          --oldr-than   is unknown; did you mean --older-than?
                          extra         is an argument, and none is expected
                          --kind        has no value; write some text after it
                          --older-than  is missing; write a duration
                          --most        "x" is not a whole number; write one from -2147483648 to 2147483647 (command line)""");
    }

    @Test
    void refuses_an_option_that_is_given_twice() {
        assertThatThrownBy(() -> CommandLine.bind(Purge.class, List.of("--older-than=1d", "--older-than=2d")))
                .hasMessageContaining("--older-than  is given twice; write it once");
    }

    @Test
    void describes_the_options() {
        assertThat(CommandLine.describe(Purge.class))
                .extracting(Variable::name, Variable::required)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("--older-than", true),
                        org.assertj.core.groups.Tuple.tuple("--dry-run", false),
                        org.assertj.core.groups.Tuple.tuple("--most", false),
                        org.assertj.core.groups.Tuple.tuple("--kind", false));
    }
}
