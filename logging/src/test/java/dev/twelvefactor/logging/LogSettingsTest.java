package dev.twelvefactor.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LogSettingsTest {
    @Test
    void has_each_variable_in_its_place() {
        Map<String, String> variables = Map.of(
                "LOG_LEVEL", "warn",
                "LOG_LEVELS", "com.zaxxer=debug",
                "LOG_FORMAT", "ecs",
                "LOG_RENAME_FIELDS", "level=severity",
                "LOG_DROP_FIELDS", "thread",
                "NO_COLOR", "1");
        assertThat(EnvConfig.bind(LogSettings.class, Environment.of(variables)))
                .isEqualTo(new LogSettings(
                        LogLevel.WARN,
                        Map.of("com.zaxxer", LogLevel.DEBUG),
                        LogFormat.ECS,
                        Map.of("level", "severity"),
                        List.of("thread"),
                        Optional.of("1")));
    }
}
