package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigExportTest {
    enum Colour {
        RED,
        DARK_BLUE
    }

    record Settings(
            @Doc("where entries are kept") ServiceUrl databaseUrl,
            @Default("30m") Duration sessionTtl,
            @Default("red") @Doc("of the | page") Colour colour,
            @Default("a \"b\" $c") String greeting,
            @Default("hunter2") Secret cookieKey,
            Optional<Pool> pool) {}

    record Pool(int max) {}

    private static final List<Variable> VARIABLES = EnvConfig.describe(List.of(Settings.class));

    @Test
    void writes_a_file_to_start_from() {
        assertThat(ConfigExport.dotEnv(VARIABLES)).isEqualTo("""
                # where entries are kept (service URL, required)
                DATABASE_URL=

                # (duration)
                # SESSION_TTL=30m

                # of the | page (one of red, dark-blue)
                # COLOUR=red

                # (text)
                # GREETING="a \\"b\\" $c"

                # (secret)
                # COOKIE_KEY="***"

                # (whole number)
                # POOL_MAX=
                """);
    }

    @Test
    void writes_a_file_that_can_be_read_with_every_default_switched_on(@TempDir Path directory) throws Exception {
        Path file = directory.resolve(".env");
        Files.writeString(
                file,
                ConfigExport.dotEnv(VARIABLES)
                        .replaceAll("(?m)^# (?=[A-Z_]+=)", "")
                        .replace("DATABASE_URL=", "DATABASE_URL=postgres://u:p@h/d"));
        Settings settings = EnvConfig.bind(Settings.class, Environment.of(Map.of("DOTENV", file.toString())));
        assertThat(settings.greeting()).isEqualTo("a \"b\" $c");
        assertThat(settings.sessionTtl()).isEqualTo(Duration.ofMinutes(30));
        assertThat(settings.pool()).isEmpty();
    }

    @Test
    void writes_a_table() {
        assertThat(ConfigExport.markdown(VARIABLES)).isEqualTo("""
                | variable | type | default | what it is for |
                | --- | --- | --- | --- |
                | `DATABASE_URL` | service URL (secret) | required | where entries are kept |
                | `SESSION_TTL` | duration | `30m` |  |
                | `COLOUR` | one of red, dark-blue | `red` | of the \\| page |
                | `GREETING` | text | `a "b" $c` |  |
                | `COOKIE_KEY` | secret (secret) | `***` |  |
                | `POOL_MAX` | whole number |  |  |
                """);
    }

    @Test
    void writes_a_schema() {
        String schema = ConfigExport.jsonSchema("shop", EnvConfig.describe(List.of(Pool.class)));
        assertThat(schema).isEqualTo("""
                {
                    "$schema" : "https://json-schema.org/draft/2020-12/schema",
                    "properties" : {
                        "MAX" : {
                            "description" : "(whole number)",
                            "type" : "string"
                        }
                    },
                    "required" : [
                        "MAX"
                    ],
                    "title" : "shop",
                    "type" : "object"
                }
                """);
        assertThat(ConfigExport.jsonSchema("shop", VARIABLES))
                .contains("\"writeOnly\" : true", "\"default\" : \"30m\"")
                .doesNotContain("hunter2");
    }
}
