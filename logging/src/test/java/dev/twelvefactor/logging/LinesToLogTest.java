package dev.twelvefactor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LinesToLogTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LinesToLog lines = new LinesToLog(LoggerFactory.getLogger("stdout"));

    @BeforeEach
    void write_to_memory() {
        EventLog.use(LogSettings.defaults(), Map.of(), out);
    }

    @AfterEach
    void write_to_stdout_again() {
        EventLog.use(LogSettings.defaults(), Map.of(), null);
    }

    private void print(String text) {
        print(text.getBytes(StandardCharsets.UTF_8));
    }

    private void print(byte[] bytes) {
        for (byte b : bytes) {
            lines.write(b);
        }
    }

    private List<JsonNode> events() {
        return out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    private String printed() {
        return events().stream().map(event -> event.get("message").asString()).collect(Collectors.joining());
    }

    private List<Boolean> partial() {
        return events().stream()
                .map(event -> event.has("partial") && event.get("partial").asBoolean())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00fc", "\u20ac", "\ud83d\ude00"})
    void cuts_a_long_line_between_characters(String character) {
        for (int shift = 0; shift < 3; shift++) {
            out.reset();
            String line = "x".repeat(shift) + character.repeat(40_000);
            print(line + "\n");
            assertThat(printed()).isEqualTo(line);
        }
    }

    @Test
    void says_of_each_piece_but_the_last_that_the_line_goes_on() {
        print("x".repeat(2 * LinesToLog.MAX_LINE + 1) + "\nshort\n");
        assertThat(partial()).containsExactly(true, true, false, false);
    }

    @Test
    void does_not_cut_a_line_that_fits() {
        print("x".repeat(LinesToLog.MAX_LINE) + "\r\n");
        assertThat(partial()).containsExactly(false);
    }

    @Test
    void leaves_no_line_open_whose_last_piece_is_blank() {
        print("x".repeat(LinesToLog.MAX_LINE) + " \n\n");
        assertThat(partial()).containsExactly(true, false);
    }

    @Test
    void ends_a_line_that_the_process_does_not_end() {
        print("x".repeat(LinesToLog.MAX_LINE + 1));
        lines.endLine();
        assertThat(partial()).containsExactly(true, false);
    }

    @Test
    void cuts_what_is_no_text_somewhere() {
        byte[] bytes = new byte[LinesToLog.MAX_LINE + 10];
        java.util.Arrays.fill(bytes, (byte) 0x80);
        print(bytes);
        lines.endLine();
        assertThat(printed()).isEqualTo("\ufffd".repeat(bytes.length));
    }
}
