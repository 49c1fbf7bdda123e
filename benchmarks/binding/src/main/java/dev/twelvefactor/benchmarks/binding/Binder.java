package dev.twelvefactor.benchmarks.binding;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import io.avaje.config.Configuration;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** The same fifty variables, each time from the environment to a value, the way each library's manual says. */
enum Binder {
    HAND {
        @Override
        Fifty bind(Map<String, String> variables) {
            return new Fifty(
                    get(variables, "APP_HOST0"),
                    Integer.parseInt(get(variables, "APP_PORT0")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED0")),
                    Duration.parse(get(variables, "APP_TIMEOUT0")),
                    Long.parseLong(get(variables, "APP_LIMIT0")),
                    get(variables, "APP_HOST1"),
                    Integer.parseInt(get(variables, "APP_PORT1")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED1")),
                    Duration.parse(get(variables, "APP_TIMEOUT1")),
                    Long.parseLong(get(variables, "APP_LIMIT1")),
                    get(variables, "APP_HOST2"),
                    Integer.parseInt(get(variables, "APP_PORT2")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED2")),
                    Duration.parse(get(variables, "APP_TIMEOUT2")),
                    Long.parseLong(get(variables, "APP_LIMIT2")),
                    get(variables, "APP_HOST3"),
                    Integer.parseInt(get(variables, "APP_PORT3")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED3")),
                    Duration.parse(get(variables, "APP_TIMEOUT3")),
                    Long.parseLong(get(variables, "APP_LIMIT3")),
                    get(variables, "APP_HOST4"),
                    Integer.parseInt(get(variables, "APP_PORT4")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED4")),
                    Duration.parse(get(variables, "APP_TIMEOUT4")),
                    Long.parseLong(get(variables, "APP_LIMIT4")),
                    get(variables, "APP_HOST5"),
                    Integer.parseInt(get(variables, "APP_PORT5")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED5")),
                    Duration.parse(get(variables, "APP_TIMEOUT5")),
                    Long.parseLong(get(variables, "APP_LIMIT5")),
                    get(variables, "APP_HOST6"),
                    Integer.parseInt(get(variables, "APP_PORT6")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED6")),
                    Duration.parse(get(variables, "APP_TIMEOUT6")),
                    Long.parseLong(get(variables, "APP_LIMIT6")),
                    get(variables, "APP_HOST7"),
                    Integer.parseInt(get(variables, "APP_PORT7")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED7")),
                    Duration.parse(get(variables, "APP_TIMEOUT7")),
                    Long.parseLong(get(variables, "APP_LIMIT7")),
                    get(variables, "APP_HOST8"),
                    Integer.parseInt(get(variables, "APP_PORT8")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED8")),
                    Duration.parse(get(variables, "APP_TIMEOUT8")),
                    Long.parseLong(get(variables, "APP_LIMIT8")),
                    get(variables, "APP_HOST9"),
                    Integer.parseInt(get(variables, "APP_PORT9")),
                    Boolean.parseBoolean(get(variables, "APP_ENABLED9")),
                    Duration.parse(get(variables, "APP_TIMEOUT9")),
                    Long.parseLong(get(variables, "APP_LIMIT9")));
        }
    },
    OURS {
        @Override
        Fifty bind(Map<String, String> variables) {
            return EnvConfig.bind(Fifty.Settings.class, Environment.of(variables))
                    .app();
        }
    },
    AVAJE {
        @Override
        Fifty bind(Map<String, String> variables) {
            Properties properties = new Properties();
            variables.forEach((name, value) ->
                    properties.setProperty(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
            Configuration config = Configuration.builder().putAll(properties).build();
            return new Fifty(
                    config.get("app.host0"),
                    config.getInt("app.port0"),
                    config.getBool("app.enabled0"),
                    config.getDuration("app.timeout0"),
                    config.getLong("app.limit0"),
                    config.get("app.host1"),
                    config.getInt("app.port1"),
                    config.getBool("app.enabled1"),
                    config.getDuration("app.timeout1"),
                    config.getLong("app.limit1"),
                    config.get("app.host2"),
                    config.getInt("app.port2"),
                    config.getBool("app.enabled2"),
                    config.getDuration("app.timeout2"),
                    config.getLong("app.limit2"),
                    config.get("app.host3"),
                    config.getInt("app.port3"),
                    config.getBool("app.enabled3"),
                    config.getDuration("app.timeout3"),
                    config.getLong("app.limit3"),
                    config.get("app.host4"),
                    config.getInt("app.port4"),
                    config.getBool("app.enabled4"),
                    config.getDuration("app.timeout4"),
                    config.getLong("app.limit4"),
                    config.get("app.host5"),
                    config.getInt("app.port5"),
                    config.getBool("app.enabled5"),
                    config.getDuration("app.timeout5"),
                    config.getLong("app.limit5"),
                    config.get("app.host6"),
                    config.getInt("app.port6"),
                    config.getBool("app.enabled6"),
                    config.getDuration("app.timeout6"),
                    config.getLong("app.limit6"),
                    config.get("app.host7"),
                    config.getInt("app.port7"),
                    config.getBool("app.enabled7"),
                    config.getDuration("app.timeout7"),
                    config.getLong("app.limit7"),
                    config.get("app.host8"),
                    config.getInt("app.port8"),
                    config.getBool("app.enabled8"),
                    config.getDuration("app.timeout8"),
                    config.getLong("app.limit8"),
                    config.get("app.host9"),
                    config.getInt("app.port9"),
                    config.getBool("app.enabled9"),
                    config.getDuration("app.timeout9"),
                    config.getLong("app.limit9"));
        }
    },
    SMALLRYE {
        @Override
        Fifty bind(Map<String, String> variables) {
            SmallRyeConfig config = new SmallRyeConfigBuilder()
                    .withSources(new EnvConfigSource(variables, 300))
                    .withMapping(Mapping.class)
                    .build();
            Mapping app = config.getConfigMapping(Mapping.class);
            return new Fifty(
                    app.host0(),
                    app.port0(),
                    app.enabled0(),
                    app.timeout0(),
                    app.limit0(),
                    app.host1(),
                    app.port1(),
                    app.enabled1(),
                    app.timeout1(),
                    app.limit1(),
                    app.host2(),
                    app.port2(),
                    app.enabled2(),
                    app.timeout2(),
                    app.limit2(),
                    app.host3(),
                    app.port3(),
                    app.enabled3(),
                    app.timeout3(),
                    app.limit3(),
                    app.host4(),
                    app.port4(),
                    app.enabled4(),
                    app.timeout4(),
                    app.limit4(),
                    app.host5(),
                    app.port5(),
                    app.enabled5(),
                    app.timeout5(),
                    app.limit5(),
                    app.host6(),
                    app.port6(),
                    app.enabled6(),
                    app.timeout6(),
                    app.limit6(),
                    app.host7(),
                    app.port7(),
                    app.enabled7(),
                    app.timeout7(),
                    app.limit7(),
                    app.host8(),
                    app.port8(),
                    app.enabled8(),
                    app.timeout8(),
                    app.limit8(),
                    app.host9(),
                    app.port9(),
                    app.enabled9(),
                    app.timeout9(),
                    app.limit9());
        }
    },
    SPRING {
        @Override
        Fifty bind(Map<String, String> variables) {
            StandardEnvironment environment = new StandardEnvironment();
            Map<String, Object> values = new LinkedHashMap<>(variables);
            environment
                    .getPropertySources()
                    .replace(
                            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                            new SystemEnvironmentPropertySource(
                                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, values));
            ConfigurationPropertySources.attach(environment);
            return org.springframework.boot.context.properties.bind.Binder.get(environment)
                    .bind("app", Bindable.of(Fifty.class))
                    .get();
        }
    };

    abstract Fifty bind(Map<String, String> variables);

    private static String get(Map<String, String> variables, String name) {
        return Objects.requireNonNull(variables.get(name), name);
    }

    /** For SmallRye. */
    @ConfigMapping(prefix = "app")
    interface Mapping {
        String host0();

        int port0();

        boolean enabled0();

        Duration timeout0();

        long limit0();

        String host1();

        int port1();

        boolean enabled1();

        Duration timeout1();

        long limit1();

        String host2();

        int port2();

        boolean enabled2();

        Duration timeout2();

        long limit2();

        String host3();

        int port3();

        boolean enabled3();

        Duration timeout3();

        long limit3();

        String host4();

        int port4();

        boolean enabled4();

        Duration timeout4();

        long limit4();

        String host5();

        int port5();

        boolean enabled5();

        Duration timeout5();

        long limit5();

        String host6();

        int port6();

        boolean enabled6();

        Duration timeout6();

        long limit6();

        String host7();

        int port7();

        boolean enabled7();

        Duration timeout7();

        long limit7();

        String host8();

        int port8();

        boolean enabled8();

        Duration timeout8();

        long limit8();

        String host9();

        int port9();

        boolean enabled9();

        Duration timeout9();

        long limit9();
    }
}
