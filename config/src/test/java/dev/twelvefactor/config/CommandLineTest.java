package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    record Import(
            @Argument @Doc("what is read") String file,
            @Argument Optional<Integer> most,
            @Argument @Default("") List<String> tags,
            boolean force,
            @Default("x") Secret token) {}

    @Test
    void fills_arguments_by_their_place_wherever_options_stand() {
        assertThat(CommandLine.bind(Import.class, List.of("a.csv", "--force", "5", "x,y", "--", "--z", "-")))
                .isEqualTo(new Import("a.csv", Optional.of(5), List.of("x,y", "--z", "-"), true, Secret.of("x")));
    }

    @Test
    void tells_what_was_given_without_its_secrets() {
        assertThat(CommandLine.read(Import.class, List.of("a.csv", "--token", "hunter22", "1"), Conversions.standard())
                        .shown())
                .isEqualTo(
                        Map.of("<file>", "a.csv", "<most>", "1", "<tags>", "", "--force", "false", "--token", "***"));
    }

    @Test
    void says_which_argument_is_missing_or_wrong() {
        assertThatThrownBy(() -> CommandLine.bind(Import.class, List.of()))
                .hasMessageContaining("<file>  is missing; write some text");
        assertThatThrownBy(() -> CommandLine.bind(Import.class, List.of("a.csv", "many")))
                .hasMessageContaining("<most>  \"many\" is not a whole number");
    }

    record Copy(@Argument String from, @Argument String to) {}

    @Test
    void says_that_there_is_an_argument_too_many_and_repeats_none_that_may_be_a_secret() {
        assertThatThrownBy(() -> CommandLine.bind(Copy.class, List.of("a", "b", "c", "redis://:hunter22@h")))
                .hasMessage("""
                        The command line is invalid: 2 problems.
                          c                      is an argument too many
                          what is written there  is an argument too many""");
    }

    record Backwards(
            @Argument Optional<String> first, @Argument String second) {}

    record Greedy(@Argument List<String> all, @Argument Optional<String> none) {}

    @Test
    void refuses_a_record_whose_arguments_cannot_be_told_apart() {
        assertThatThrownBy(() -> CommandLine.describe(Backwards.class))
                .isInstanceOf(RecordException.class)
                .hasMessageContaining("<second> is required and stands behind an argument that may be absent");
        assertThatThrownBy(() -> CommandLine.describe(Greedy.class))
                .hasMessageContaining("<none> stands behind an argument that takes all that is left");
        assertThatThrownBy(() -> EnvConfig.describe(List.of(Copy.class)))
                .hasMessageContaining("@Argument is for a command line's own record; from is read from elsewhere");
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
