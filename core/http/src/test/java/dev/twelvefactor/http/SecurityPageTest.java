package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code SECURITY.md} and the settings that it says bound an attacker. */
class SecurityPageTest {
    private static final Path PAGE = Path.of("..", "..", "SECURITY.md");
    /** What speeds the server up and bounds nothing. */
    private static final String NO_BOUND = "HTTP_IO_THREADS";

    private static Set<String> settings(String prefix) {
        return Arrays.stream(HttpSettings.class.getRecordComponents())
                .map(component ->
                        component.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT))
                .filter(variable -> variable.startsWith(prefix) && !variable.equals(NO_BOUND))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> named(String prefix) throws IOException {
        return Pattern.compile("\\b" + prefix + "[A-Z_]*")
                .matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void names_each_bound_of_the_http_server_and_none_that_does_not_exist() throws IOException {
        assertThat(named("HTTP_")).isEqualTo(settings("HTTP_"));
    }

    @Test
    void names_what_decides_whose_word_is_believed_and_who_reaches_the_management_port() throws IOException {
        for (String prefix : Set.of("TRUSTED_", "PROXY_", "MANAGEMENT_", "WEBSOCKET_")) {
            assertThat(named(prefix)).containsAll(settings(prefix));
        }
    }
}
