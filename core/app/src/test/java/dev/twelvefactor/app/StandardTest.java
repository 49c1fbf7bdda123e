package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandardTest {
    @Test
    void has_each_variable_in_its_place() {
        Map<String, String> variables = Map.of(
                "ATTACH_TIMEOUT", "1s",
                "DRAIN_TIMEOUT", "3s",
                "DRAIN_DELAY", "2s",
                "RELEASE_ID", "v4",
                "ADMIN_ACTOR", "ada",
                "DOTENV", "");
        assertThat(EnvConfig.bind(Standard.class, Environment.of(variables)))
                .isEqualTo(new Standard(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        Optional.of(Duration.ofSeconds(2)),
                        Optional.of("v4"),
                        Optional.of("ada"),
                        Optional.empty()));
        assertThat(Standard.fromComponents(new Object[] {
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(3),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(Path.of(".env"))
                        })
                        .dotenv())
                .contains(Path.of(".env"));
    }

    @Test
    void knows_each_platform_by_its_own_variables() {
        Map<String, String> variables = Map.of(
                "DYNO", "web.1",
                "PS", "web.2",
                "FLY_MACHINE_ID", "m3",
                "KUBERNETES_SERVICE_HOST", "k4",
                "HOSTNAME", "h5",
                "HEROKU_RELEASE_VERSION", "v6",
                "K_REVISION", "r7",
                "FLY_IMAGE_REF", "i8");
        assertThat(Platform.of(Environment.of(variables)))
                .isEqualTo(new Platform(
                        Optional.of("web.1"),
                        Optional.of("web.2"),
                        Optional.of("m3"),
                        Optional.of("k4"),
                        Optional.of("h5"),
                        Optional.of("v6"),
                        Optional.of("r7"),
                        Optional.of("i8")));
    }
}
