package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
                          --older-than  is missing; write a duration
                          --most        "x" is not a whole number; write one from -2147483648 to 2147483647 (command line)
                          --kind        has no value; write some text after it""");
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
                .hasMessageContaining("<second> is required and stands after an argument that may be absent");
        assertThatThrownBy(() -> CommandLine.describe(Greedy.class))
                .hasMessageContaining("<none> stands after an argument that takes all that is left");
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

    record Words(@Argument @Default("") List<String> words) {}

    @Test
    void takes_each_argument_of_a_list_as_it_is_written() {
        assertThat(CommandLine.bind(Words.class, List.of("C:\\dir\\", "second", " leading", "", "a,b", "c\\,d"))
                        .words())
                .containsExactly("C:\\dir\\", "second", " leading", "", "a,b", "c\\,d");
    }

    @Test
    void takes_no_arguments_for_an_empty_list() {
        assertThat(CommandLine.bind(Words.class, List.of()).words()).isEmpty();
        assertThat(CommandLine.bind(Words.class, List.of("--")).words()).isEmpty();
    }

    @Test
    void shows_what_was_given_to_a_list_so_that_it_can_be_told_apart() {
        assertThat(CommandLine.read(Words.class, List.of("a,b", "", "c"), Conversions.standard())
                        .shown())
                .isEqualTo(Map.of("<words>", "a\\,b,,c"));
    }

    record Sizes(@Argument Set<Integer> sizes) {}

    @Test
    void says_which_argument_of_a_list_is_wrong() {
        assertThat(CommandLine.bind(Sizes.class, List.of("1", "2", "1")).sizes())
                .containsExactly(1, 2);
        assertThatThrownBy(() -> CommandLine.bind(Sizes.class, List.of("1", "", "3")))
                .hasMessage("""
                        The command line is invalid: 1 problem.
                          <sizes>  "1,,3" has the item "", which is not a whole number; write one from -2147483648 to \
                        2147483647 (command line)""");
    }

    record Tokens(@Argument List<Integer> tokens) {}

    @Test
    void repeats_no_argument_of_a_list_that_is_named_like_a_secret() {
        String secret = "hunter22-" + "x".repeat(80);
        assertThatThrownBy(() -> CommandLine.bind(Tokens.class, List.of("12345678", secret)))
                .message()
                .contains("<tokens>  has the item \"***\", which is not a whole number")
                .doesNotContain("hunter22");
    }

    record Delete(String author, boolean dryRun, Optional<Secret> token) {}

    @Test
    void takes_no_option_for_the_value_of_another() {
        assertThatThrownBy(() -> CommandLine.bind(Delete.class, List.of("--author", "--dry-run")))
                .hasMessage("""
                        The command line is invalid: 1 problem.
                          --author  has no value before --dry-run; write some text after it, or --author=--dry-run \
                        if that is the value""");
    }

    @Test
    void takes_what_begins_like_an_option_for_a_value_after_an_equals_sign() {
        assertThat(CommandLine.bind(Delete.class, List.of("--author=--dry-run")))
                .isEqualTo(new Delete("--dry-run", false, Optional.empty()));
        assertThatThrownBy(() -> CommandLine.bind(Delete.class, List.of("--author", "--dry-run=false")))
                .hasMessageContaining("--author  has no value before what begins with --; write some text after"
                        + " it, or --author=VALUE if that is the value");
    }

    @Test
    void takes_a_misspelled_option_for_no_value_either() {
        assertThatThrownBy(() -> CommandLine.bind(Delete.class, List.of("--author", "--dryrun")))
                .hasMessage("""
                        The command line is invalid: 2 problems.
                          --dryrun  is unknown; did you mean --dry-run?
                          --author  has no value before --dryrun; write some text after it, or --author=--dryrun \
                        if that is the value""");
    }

    @Test
    void repeats_no_secret_that_begins_like_an_option() {
        assertThatThrownBy(() -> CommandLine.bind(Delete.class, List.of("--author=a", "--token", "--hunter22")))
                .message()
                .doesNotContain("hunter22")
                .contains(
                        "--token  has no value; write the value after it, or --token=VALUE if the value begins with --");
    }

    @Test
    void takes_the_end_of_the_options_for_no_value() {
        assertThatThrownBy(() -> CommandLine.bind(Delete.class, List.of("--author", "--", "x")))
                .hasMessageContaining("--author  has no value before --; write some text after it, or --author=-- if"
                        + " that is the value");
    }

    record Shift(int by, @Argument Optional<Integer> from) {}

    @Test
    void takes_a_negative_number_for_a_value_and_for_an_argument() {
        assertThat(CommandLine.bind(Shift.class, List.of("--by", "-30", "-5")))
                .isEqualTo(new Shift(-30, Optional.of(-5)));
    }

    @Test
    void says_how_an_argument_that_begins_like_an_option_is_written() {
        assertThatThrownBy(() -> CommandLine.bind(Copy.class, List.of("a", "-b")))
                .hasMessageContaining(
                        "-b    is unknown; there are no options; write -- before an argument that begins with -");
    }

    record Mail(String to, boolean html) {}

    record Report(Optional<Mail> mail) {}

    @Test
    void leaves_an_optional_record_out_whose_flags_are_not_given() {
        assertThat(CommandLine.bind(Report.class, List.of())).isEqualTo(new Report(Optional.empty()));
        assertThat(CommandLine.bind(Report.class, List.of("--mail-to", "a@example.org")))
                .isEqualTo(new Report(Optional.of(new Mail("a@example.org", false))));
        assertThatThrownBy(() -> CommandLine.bind(Report.class, List.of("--mail-html")))
                .hasMessageContaining("--mail-to  is missing; write some text");
    }
}
