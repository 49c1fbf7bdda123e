package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** URLs that a platform hands out: one that the app's owner cannot edit, and a service that Kubernetes mounts as files. */
class PlatformUrlsTest {
    record Settings(ServiceUrl databaseUrl) {}

    record Two(ServiceUrl ordersDatabaseUrl, Optional<ServiceUrl> cacheUrl) {}

    @TempDir
    private Path root;

    private void binding(String name, Map<String, String> properties) throws IOException {
        Files.createDirectories(root.resolve(name));
        for (Map.Entry<String, String> property : properties.entrySet()) {
            Files.writeString(root.resolve(name).resolve(property.getKey()), property.getValue());
        }
    }

    private Environment bound(String... variables) {
        Map<String, String> all = new LinkedHashMap<>(Map.of("SERVICE_BINDING_ROOT", root.toString()));
        for (int i = 0; i < variables.length; i += 2) {
            all.put(variables[i], variables[i + 1]);
        }
        return Environment.of(all);
    }

    private static List<String> problems(Environment environment) {
        return EnvConfig.read(List.of(Settings.class), environment).problems().stream()
                .map(Problem::toString)
                .toList();
    }

    @Test
    void get_parameters_from_a_variable_of_their_own() {
        EnvConfig config = EnvConfig.read(
                List.of(Settings.class),
                Environment.of(Map.of(
                        "DATABASE_URL", "postgres://u:p@h/d?sslmode=require",
                        "DATABASE_URL_PARAMETERS", "pool.max=20&connect_timeout=3s")));
        assertThat(config.get(Settings.class).databaseUrl().parameters())
                .isEqualTo(Map.of("sslmode", "require", "pool.max", "20", "connect_timeout", "3s"));
        assertThat(config.settings().get(0).origin())
                .contains("environment variable DATABASE_URL and environment variable DATABASE_URL_PARAMETERS");
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void keep_these_parameters_when_the_url_is_rotated() throws IOException {
        Path file = Files.writeString(root.resolve("url"), "redis://:one@h");
        ServiceUrl url = EnvConfig.bind(
                        Settings.class,
                        Environment.of(Map.of(
                                "DATABASE_URL_FILE", file.toString(), "DATABASE_URL_PARAMETERS", "?tls.verify=none")))
                .databaseUrl();
        Files.writeString(file, "redis://:another@h");
        assertThat(url.current()).isEqualTo(ServiceUrl.parse("redis://:another@h?tls.verify=none"));
    }

    @Test
    void tell_which_variables_they_came_from_when_the_parameters_are_wrong() {
        assertThat(problems(Environment.of(
                        Map.of("DATABASE_URL", "postgres://u:p@h/d", "DATABASE_URL_PARAMETERS", "hunter2"))))
                .singleElement()
                .asString()
                .startsWith("DATABASE_URL has a parameter that is not name=value")
                .contains("DATABASE_URL_PARAMETERS")
                .doesNotContain("hunter2");
    }

    @Test
    void come_from_the_service_binding_of_their_name() throws IOException {
        binding(
                "orders-database",
                Map.of(
                        "type",
                        "postgresql\n",
                        "host",
                        "db",
                        "port",
                        "6432",
                        "username",
                        "a@b",
                        "password",
                        "p/%:",
                        "database",
                        "o 1"));
        binding("cache", Map.of("type", "redis", "uri", "rediss://:word@cache:7000"));
        binding("..data", Map.of("type", "nothing"));
        EnvConfig config = EnvConfig.read(List.of(Two.class), bound());
        Two two = config.get(Two.class);
        assertThat(two.ordersDatabaseUrl()).isEqualTo(ServiceUrl.parse("postgres://a%40b:p%2F%25%3A@db:6432/o%201"));
        assertThat(two.cacheUrl()).contains(ServiceUrl.parse("rediss://:word@cache:7000"));
        assertThat(config.settings().get(0).origin()).contains("service binding " + root.resolve("orders-database"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rabbitmq | h | amqp://u:p@h",
                "mysql | ::1 | mysql://u:p@[::1]",
                "kafka | a:9092,b:9092 | kafka://u:p@a:9092,b:9092",
                "mongodb | h | mongodb://u:p@h",
            })
    void know_what_the_types_are_called_in_a_url(String type, String host, String url) throws IOException {
        binding("database", Map.of("type", type, "host", host, "username", "u", "password", "p"));
        assertThat(EnvConfig.bind(Settings.class, bound()).databaseUrl()).isEqualTo(ServiceUrl.parse(url));
    }

    @Test
    void add_the_user_to_a_uri_that_has_none() throws IOException {
        binding("database", Map.of("uri", "postgres://h/d", "username", "u", "password", "p"));
        assertThat(EnvConfig.bind(Settings.class, bound()).databaseUrl())
                .isEqualTo(ServiceUrl.parse("postgres://u:p@h/d"));
    }

    @Test
    void are_read_again_once_the_binding_is_another() throws IOException {
        binding("database", Map.of("type", "mysql", "host", "h", "username", "u", "password", "one"));
        ServiceUrl url = EnvConfig.bind(Settings.class, bound()).databaseUrl();
        binding("database", Map.of("password", "another"));
        assertThat(url.current().password()).contains(Secret.of("another"));
        Files.delete(root.resolve("database/host"));
        assertThat(url.current().password())
                .as("what it was, in the middle of a change")
                .isPresent();
    }

    @Test
    void come_from_the_variable_where_both_are_there() throws IOException {
        binding("database", Map.of("uri", "postgres://h/bound"));
        assertThat(EnvConfig.bind(Settings.class, bound("DATABASE_URL", "postgres://h/set"))
                        .databaseUrl()
                        .path())
                .contains("set");
    }

    @Test
    void say_what_a_binding_lacks() throws IOException {
        assertThat(problems(bound()))
                .containsExactly("DATABASE_URL is missing, and no service binding is called database"
                        + " (environment variable SERVICE_BINDING_ROOT)");
        binding("cache", Map.of("type", "redis"));
        assertThat(problems(bound()))
                .containsExactly("DATABASE_URL is missing, and no service binding is called database; there are cache"
                        + " (environment variable SERVICE_BINDING_ROOT)");
        binding("database", Map.of("type", "mysql"));
        assertThat(problems(bound()))
                .containsExactly("DATABASE_URL is to come from a service binding that has no uri and no host"
                        + " (service binding " + root.resolve("database") + ")");
        assertThatThrownBy(() -> EnvConfig.bind(
                        Settings.class,
                        Environment.of(Map.of(
                                "SERVICE_BINDING_ROOT", root.resolve("none").toString()))))
                .hasMessageContaining("SERVICE_BINDING_ROOT  names the directory")
                .hasMessageContaining("which cannot be read (NoSuchFileException)");
    }

    record Mail(ServiceUrl url, Optional<String> from) {}

    record WithMail(Optional<Mail> mail) {}

    @Test
    void leave_an_optional_record_out_that_no_binding_is_for() throws IOException {
        binding("cache", Map.of("type", "redis", "host", "h"));
        assertThat(EnvConfig.bind(WithMail.class, bound())).isEqualTo(new WithMail(Optional.empty()));
        assertThat(EnvConfig.bind(
                        WithMail.class,
                        Environment.of(Map.of(
                                "SERVICE_BINDING_ROOT", root.resolve("none").toString()))))
                .isEqualTo(new WithMail(Optional.empty()));
    }

    @Test
    void fill_an_optional_record_and_are_missed_where_the_rest_of_it_is_set() throws IOException {
        binding("cache", Map.of("type", "redis", "host", "h"));
        assertThatThrownBy(() -> EnvConfig.bind(WithMail.class, bound("MAIL_FROM", "a@example.org")))
                .hasMessageContaining("MAIL_URL  is missing, and no service binding is called mail; there are cache"
                        + " (environment variable SERVICE_BINDING_ROOT)");
        binding("mail", Map.of("type", "smtp", "host", "h"));
        assertThat(EnvConfig.bind(WithMail.class, bound()).mail()).isPresent();
    }
}
