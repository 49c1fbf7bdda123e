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
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code SECURITY.md} and the settings that it says bound an attacker. */
class SecurityPageTest {
    private static final Path PAGE = Path.of("..", "..", "SECURITY.md");
    /** What speeds the server up and bounds nothing. */
    private static final String NO_BOUND = "HTTP_IO_THREADS";

    /** The variables of a record, with those of the records in it. */
    private static Stream<String> variables(Class<?> record, String prefix) {
        return Arrays.stream(record.getRecordComponents()).flatMap(component -> {
            String name =
                    prefix + component.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
            return component.getType() == WebSocketSettings.class
                    ? variables(component.getType(), name + "_")
                    : Stream.of(name);
        });
    }

    private static Set<String> settings(String prefix) {
        Set<String> settings = variables(HttpSettings.class, "")
                .filter(variable -> variable.startsWith(prefix) && !variable.equals(NO_BOUND))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(settings).as("settings that begin with " + prefix).isNotEmpty();
        return settings;
    }

    private static Set<String> named(String prefix) throws IOException {
        return Pattern.compile("\\b" + prefix + "[A-Z_]*")
                .matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_", "WEBSOCKET_", "TRUSTED_", "PROXY_", "MANAGEMENT_"})
    void names_each_setting_that_bounds_an_attacker_and_none_that_does_not_exist(String prefix) throws IOException {
        assertThat(named(prefix)).isEqualTo(settings(prefix));
    }
}
