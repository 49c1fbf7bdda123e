package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {
    @ParameterizedTest
    @CsvSource({
        "30s, PT30S",
        "1h30m, PT1H30M",
        "0.5s, PT0.5S",
        "PT30S, PT30S",
        "0, PT0S",
        "0s, PT0S",
        "1500ms, PT1.5S",
        "1d, PT24H",
        "10us, PT0.00001S",
        "7ns, PT0.000000007S",
        "-5m, PT-5M",
        "1h 30m, PT1H30M",
        "pt1h, PT1H",
        "P1D, PT24H"
    })
    void reads_a_duration(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "s", "1x", "1 week", "--1s", "1s,", "1..5s", "1e3s", "PT", "99999999999999999999h", "30S"})
    void refuses_what_is_no_duration(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .hasMessage("is not a duration; write a number with ns, us, ms, s, m, h or d, such as 30s or 1h30m");
    }

    @Test
    void refuses_a_bare_number_since_it_has_no_unit() {
        assertThatThrownBy(() -> Durations.parse("30")).hasMessage("has no unit; write 30s, or 30ms, or 30m");
    }

    @ParameterizedTest
    @ValueSource(strings = {"30s", "1h30m", "1d", "1s500ms", "2m3s", "1ms1ns"})
    void writes_a_duration_as_it_is_read(String text) {
        assertThat(Durations.format(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "512, 512",
        "512B, 512",
        "1kB, 1000",
        "1MB, 1000000",
        "1KiB, 1024",
        "2 MiB, 2097152",
        "1.5kB, 1500",
        "1GiB, 1073741824"
    })
    void reads_a_size(String text, long bytes) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes));
    }

    @ParameterizedTest
    @CsvSource({"10K, kB, KiB", "10M, MB, MiB", "10g, GB, GiB", "10KB, kB, KiB", "10mb, MB, MiB"})
    void refuses_an_ambiguous_unit_with_both_spellings(String text, String decimal, String binary) {
        assertThatThrownBy(() -> DataSize.parse(text))
                .hasMessage(
                        "is ambiguous; write 10" + decimal + " (powers of 1000) or 10" + binary + " (powers of 1024)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "x", "1.5", "99999999999999999999", "0.3B", "1PB"})
    void refuses_what_is_no_size(String text) {
        assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void splits_lists_at_commas_that_are_not_escaped() {
        assertThat(Converters.items("a, b ,c")).containsExactly("a", "b", "c");
        assertThat(Converters.items("a\\,b,c\\")).containsExactly("a,b", "c\\");
        assertThat(Converters.items(" , ,")).isEmpty();
    }

    @Test
    void finds_the_nearest_name() {
        List<String> names = List.of("migrate", "purge", "config");
        assertThat(Suggestions.nearest("migrat", names)).contains("migrate");
        assertThat(Suggestions.nearest("cofnig", names)).contains("config");
        assertThat(Suggestions.nearest("deploy", names)).isEmpty();
        assertThat(Suggestions.nearest("ab", List.of("abc"))).isEmpty();
    }
}
