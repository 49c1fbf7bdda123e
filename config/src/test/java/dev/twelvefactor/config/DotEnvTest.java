package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DotEnvTest {
    private static Map<String, String> values(String text) {
        DotEnv.Parsed parsed = DotEnv.parse(".env", text);
        assertThat(parsed.problems()).isEmpty();
        Map<String, String> values = new LinkedHashMap<>();
        parsed.values().forEach((name, value) -> values.put(name, value.text()));
        return values;
    }

    @Test
    void reads_assignments_comments_and_exports() {
        assertThat(
                        values(
                                "\uFEFFA=1\r\n# comment\n\n  export B = two words  # comment\nC=x#y\nD=\nE= # nothing\nF=#ff0000\n"))
                .isEqualTo(Map.of("A", "1", "B", "two words", "C", "x#y", "D", "", "E", "", "F", "#ff0000"));
    }

    @Test
    void takes_single_quotes_literally_and_escapes_in_double_ones() {
        assertThat(values("A='a\\n$B `x`'\nB=\"a\\n\\\"b\\\" \\\\ \\t\\x\" # comment\n"))
                .isEqualTo(Map.of("A", "a\\n$B `x`", "B", "a\n\"b\" \\ \t\\x"));
    }

    @Test
    void lets_a_quoted_value_span_lines_and_counts_them() {
        DotEnv.Parsed parsed = DotEnv.parse(".env", "A=\"one\ntwo\"\nB='x\ny'\nC=3\n");
        assertThat(parsed.values().get("A").text()).isEqualTo("one\ntwo");
        assertThat(parsed.values().get("C").origin()).isEqualTo(".env:5");
    }

    @Test
    void expands_nothing() {
        assertThat(values("A=${HOME}$(date)\nB=\"$A\"\n")).isEqualTo(Map.of("A", "${HOME}$(date)", "B", "$A"));
    }

    @Test
    void names_the_line_of_every_problem_and_reads_the_rest() {
        DotEnv.Parsed parsed = DotEnv.parse(".env", "no assignment\nA=1\nB='x' y\n1C=2\nD=\"open\nE=1\n");
        assertThat(parsed.values()).containsOnlyKeys("A", "E");
        assertThat(parsed.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "DOTENV line 1 is no assignment; write NAME=value (.env:1)",
                        "DOTENV line 3 goes on after the closing '; write a # in front of a comment, or quote the whole value (.env:3)",
                        "DOTENV line 4 is no assignment; write NAME=value (.env:4)",
                        "DOTENV line 5 opens a \" that nothing closes (.env:5)");
    }
}
