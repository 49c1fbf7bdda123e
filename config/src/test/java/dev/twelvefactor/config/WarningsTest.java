package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Variables that are set and read by nothing. */
class WarningsTest {
    record Settings(
            ServiceUrl databaseUrl, @Default("30") int maxEntries, Optional<String> releaseName, Optional<Pool> pool) {}

    record Pool(@Default("10") int max) {}

    private static List<String> warnings(Map<String, String> variables) {
        return EnvConfig.read(List.of(Settings.class), Environment.of(variables)).warnings().stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void names_a_slip_beside_a_variable_that_keeps_its_default() {
        assertThat(warnings(Map.of(
                        "DATABASE_URL",
                        "postgres://h/d",
                        "MAX_ENTIRES",
                        "7",
                        "RELEASE_NAM_FILE",
                        "/x",
                        "PATH",
                        "/bin")))
                .containsExactly(
                        "MAX_ENTIRES is set and read by nothing; did you mean MAX_ENTRIES? (environment variable MAX_ENTIRES)",
                        "RELEASE_NAM_FILE is set and read by nothing; did you mean RELEASE_NAME_FILE? (environment variable RELEASE_NAM_FILE)");
    }

    @Test
    void names_what_begins_like_a_nested_record() {
        assertThat(warnings(Map.of("DATABASE_URL", "postgres://h/d", "POOL_MAX", "7", "POOL_SIZE", "9")))
                .containsExactly(
                        "POOL_SIZE is set and read by nothing; remove it, or mend its name (environment variable POOL_SIZE)");
    }

    @Test
    void says_nothing_of_what_is_read_or_of_what_others_read(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("url"), "postgres://h/d");
        assertThat(warnings(Map.of(
                        "DATABASE_URL_FILE",
                        file.toString(),
                        "MAX_ENTRIES",
                        "1",
                        "HOME",
                        "/",
                        "HTTP_PROXY",
                        "http://p")))
                .isEmpty();
    }

    @Test
    void leaves_to_the_problem_what_a_missing_variable_was_meant_to_be() {
        EnvConfig config = EnvConfig.read(
                List.of(Settings.class), Environment.of(Map.of("DATABASE_URL_FIEL", "/run/secrets/url")));
        assertThat(config.problems())
                .extracting(Problem::toString)
                .containsExactly("DATABASE_URL is missing; DATABASE_URL_FIEL is set: did you mean DATABASE_URL_FILE?");
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void tells_the_line_of_a_file(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve(".env"), "DATABASE_URL=postgres://h/d\nMAX_ENTRES=1\n");
        assertThat(warnings(Map.of("DOTENV", file.toString())))
                .containsExactly("MAX_ENTRES is set and read by nothing; did you mean MAX_ENTRIES? (" + file + ":2)");
    }
}
