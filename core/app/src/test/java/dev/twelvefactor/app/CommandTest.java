package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.config.Argument;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class CommandTest {
    private final InProcess process = new InProcess();
    private final List<String> given = new ArrayList<>();

    record Words(@Argument List<String> words) {}

    private final App<NoSettings> app = App.of("shop")
            .admin("words", "Count words", Words.class, (settings, options, wiring) -> given.addAll(options.words()))
            .admin(
                    "list",
                    "Show a table",
                    NoOptions.class,
                    (settings, options, wiring, output) -> output.table(
                            "orders",
                            List.of("id", "customer"),
                            List.of(List.of(1), List.of(), Arrays.asList(2, null, "more"))));

    @Test
    void takes_help_for_an_argument_after_the_end_of_the_options() {
        assertThat(process.run(app, "admin", "words", "--", "--help", "-h", "--"))
                .isEqualTo(ExitStatus.OK);
        assertThat(given).containsExactly("--help", "-h", "--");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void helps_before_the_end_of_the_options(String help) {
        assertThat(process.run(app, "admin", "words", "a", help, "--", "b")).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).startsWith("admin words: Count words\n\nUsage: admin words <words>...\n");
        assertThat(given).isEmpty();
        assertThat(process.run(app, "admin", help)).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).contains("words");
        assertThat(process.run(app, "admin", "config", help)).isEqualTo(ExitStatus.OK);
        assertThat(process.out()).startsWith("admin config: ");
    }

    @Test
    void makes_an_event_of_a_row_that_does_not_fit_its_headings() {
        assertThat(process.run(app, "admin", "list")).as(process.err()).isEqualTo(ExitStatus.OK);
        List<JsonNode> rows = process.events().stream()
                .filter(event -> event.get("message").asString().equals("orders"))
                .toList();
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0).get("id").asInt()).isEqualTo(1);
        assertThat(rows.get(0).has("customer")).isFalse();
        assertThat(rows.get(1).has("id")).isFalse();
        assertThat(rows.get(2).get("column_3").asString()).isEqualTo("more");
    }
}
