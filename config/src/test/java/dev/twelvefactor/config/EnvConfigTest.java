package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvConfigTest {
    private static <T extends Record> T bind(Class<T> type, String... namesAndValues) {
        return EnvConfig.bind(type, environment(namesAndValues));
    }

    private static Environment environment(String... namesAndValues) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return Environment.of(variables);
    }

    private static String report(Class<? extends Record> type, String... namesAndValues) {
        try {
            Record bound = EnvConfig.bind(type, environment(namesAndValues));
            throw new AssertionError("bound to " + bound);
        } catch (ConfigException e) {
            assertThat(e).hasNoCause();
            return e.getMessage();
        }
    }

    record Settings(
            ServiceUrl databaseUrl,
            Port port,
            @Default("30m") Duration sessionTtl) {}

    @Test
    void binds_a_record_to_the_environment() {
        Settings settings = bind(Settings.class, "DATABASE_URL", "postgres://db/app", "PORT", "80");
        assertThat(settings.databaseUrl().hosts()).containsExactly(new ServiceUrl.Host("db", Optional.empty()));
        assertThat(settings.port()).isEqualTo(new Port(80));
        assertThat(settings.sessionTtl()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void reports_every_problem_at_once() {
        assertThat(report(Settings.class, "PORT", "80a", "SESSION_TTL", "30")).isEqualTo("""
                        The configuration is invalid: 3 problems.
                          DATABASE_URL  is missing; write scheme://user:password@host:port/name
                          PORT          "80a" is not a port; write a number from 0 to 65535 (environment variable PORT)
                          SESSION_TTL   "30" has no unit; write 30s, or 30ms, or 30m (environment variable SESSION_TTL)""");
    }

    @Test
    void suggests_the_variable_that_was_meant() {
        assertThat(report(Settings.class, "PORT", "80", "DATABSE_URL", "postgres://db/app"))
                .contains("DATABASE_URL  is missing; DATABSE_URL is set: did you mean DATABASE_URL?");
    }

    record Shop(@Env("SHOP_PORT") Port port) {}

    @Test
    void names_a_service_link_of_kubernetes_as_the_cause() {
        assertThat(report(Shop.class, "SHOP_PORT", "tcp://10.0.0.1:80"))
                .contains("\"tcp://10.0.0.1:80\" is a link that Kubernetes made for its Service \"shop\";"
                        + " write enableServiceLinks: false in the pod's spec, or rename the Service");
    }

    record Named(
            int maxPoolSize,
            String httpURL,
            String s3Bucket,
            @Env("ABSOLUTE") int other,
            Inner inner) {}

    record Inner(int first, @Env("ALSO_ABSOLUTE") int second) {}

    @Test
    void takes_the_names_from_the_record() {
        assertThat(EnvConfig.describe(List.of(Named.class)))
                .extracting(Variable::name)
                .containsExactly("MAX_POOL_SIZE", "HTTP_URL", "S3_BUCKET", "ABSOLUTE", "INNER_FIRST", "ALSO_ABSOLUTE");
    }

    enum Colour {
        RED,
        DARK_BLUE
    }

    record Celsius(double degrees) {
        static Celsius parse(String text) {
            if (!text.endsWith("C")) {
                throw new IllegalArgumentException("a C is missing");
            }
            return new Celsius(Double.parseDouble(text.substring(0, text.length() - 1)));
        }
    }

    record Painted(Colour colour) {}

    @Test
    void names_choices_as_people_write_them() {
        assertThat(EnvConfig.describe(List.of(Painted.class)))
                .extracting(Variable::type)
                .containsExactly("one of red, dark-blue");
        assertThatThrownBy(() -> EnvConfig.bind(Painted.class, Environment.of(Map.of("COLOUR", "green"))))
                .hasMessage("""
                        The configuration is invalid: 1 problem.
                          COLOUR  "green" is none of the choices; write one of red, dark-blue (environment variable COLOUR)""");
    }

    record Types(
            boolean aBoolean,
            Long aLong,
            double aDouble,
            String text,
            Colour colour,
            Period period,
            DataSize size,
            URI uri,
            Path path,
            InetSocketAddress address,
            Charset charset,
            Locale locale,
            ZoneId zone,
            Instant instant,
            LocalDate date,
            Pattern pattern,
            UUID uuid,
            List<Integer> numbers,
            Set<Colour> colours,
            Map<String, Duration> durations,
            Optional<List<String>> names,
            Optional<Port> none,
            Celsius temperature) {}

    @Test
    void reads_every_type_that_it_promises() {
        Types types = bind(
                Types.class,
                "A_BOOLEAN",
                "yes",
                "A_LONG",
                "9223372036854775807",
                "A_DOUBLE",
                "0.5",
                "TEXT",
                " as it is ",
                "COLOUR",
                "dark-blue",
                "PERIOD",
                "P1Y2M",
                "SIZE",
                "1.5kB",
                "URI",
                "https://example.org/x",
                "PATH",
                "/var/data",
                "ADDRESS",
                "[::1]:53",
                "CHARSET",
                "utf-8",
                "LOCALE",
                "de-AT",
                "ZONE",
                "Europe/Vienna",
                "INSTANT",
                "2026-01-31T12:00:00Z",
                "DATE",
                "2026-01-31",
                "PATTERN",
                "a+",
                "UUID",
                "123e4567-e89b-12d3-a456-426614174000",
                "NUMBERS",
                "1, 2,3",
                "COLOURS",
                "red,RED",
                "DURATIONS",
                "a=1s,b=2m",
                "NAMES",
                "x\\,y,z",
                "TEMPERATURE",
                "21.5C");
        assertThat(types.aBoolean()).isTrue();
        assertThat(types.aLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(types.text()).isEqualTo(" as it is ");
        assertThat(types.colour()).isEqualTo(Colour.DARK_BLUE);
        assertThat(types.period()).isEqualTo(Period.of(1, 2, 0));
        assertThat(types.size()).isEqualTo(new DataSize(1500));
        assertThat(types.address()).isEqualTo(InetSocketAddress.createUnresolved("::1", 53));
        assertThat(types.charset()).isEqualTo(StandardCharsets.UTF_8);
        assertThat(types.locale()).isEqualTo(Locale.forLanguageTag("de-AT"));
        assertThat(types.numbers()).containsExactly(1, 2, 3);
        assertThat(types.colours()).containsExactly(Colour.RED);
        assertThat(types.durations())
                .containsExactlyInAnyOrderEntriesOf(Map.of("a", Duration.ofSeconds(1), "b", Duration.ofMinutes(2)));
        assertThat(types.names()).contains(List.of("x,y", "z"));
        assertThat(types.none()).isEmpty();
        assertThat(types.temperature().degrees()).isEqualTo(21.5);
    }

    @Test
    void says_what_an_own_type_says() {
        record Own(Celsius temperature) {}
        assertThat(report(Own.class, "TEMPERATURE", "21"))
                .contains("TEMPERATURE  \"21\" is not a valid celsius: a C is missing");
    }

    record Blank(
            Optional<String> optional,
            @Default("d") String withDefault,
            @AllowEmpty String empty) {}

    @Test
    void takes_a_blank_value_for_an_absent_one() {
        Blank blank = bind(Blank.class, "OPTIONAL", " ", "WITH_DEFAULT", "", "EMPTY", "");
        assertThat(blank).isEqualTo(new Blank(Optional.empty(), "d", ""));
    }

    record Pool(@Default("1") int min, @Default("10") int max) {
        Pool {
            if (min > max) {
                throw new IllegalArgumentException("POOL_MIN is larger than POOL_MAX");
            }
        }
    }

    record WithPool(Pool pool, Optional<Pool> spare) {}

    @Test
    void makes_a_record_in_its_own_way_if_it_has_one() {
        record Quick(int number, boolean quickly) {
            Quick {
                if (number < 0) {
                    throw new IllegalArgumentException("NUMBER is negative");
                }
            }

            static Quick fromComponents(Object[] values) {
                return new Quick((int) values[0], true);
            }
        }
        assertThat(bind(Quick.class, "NUMBER", "7", "QUICKLY", "no")).isEqualTo(new Quick(7, true));
        assertThat(report(Quick.class, "NUMBER", "-7", "QUICKLY", "no")).contains("Quick  NUMBER is negative");
    }

    @Test
    void turns_the_refusal_of_a_record_into_its_problem() {
        assertThat(report(WithPool.class, "POOL_MIN", "11")).contains("POOL  POOL_MIN is larger than POOL_MAX");
    }

    @Test
    void leaves_an_optional_record_out_unless_one_of_its_variables_is_set() {
        assertThat(bind(WithPool.class).spare()).isEmpty();
        assertThat(bind(WithPool.class, "SPARE_MAX", "3").spare()).contains(new Pool(1, 3));
    }

    record Holder(Secret apiToken, Optional<Secret> logToken, Optional<String> logTokenFile) {}

    @Test
    void reads_a_secret_from_the_file_that_a_variable_names(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "s3cr3t\n");
        Holder holder = bind(Holder.class, "API_TOKEN_FILE", file.toString());
        assertThat(holder.apiToken().reveal()).isEqualTo("s3cr3t");
        assertThat(holder).hasToString("Holder[apiToken=***, logToken=Optional.empty, logTokenFile=Optional.empty]");
    }

    @Test
    void keeps_a_declared_variable_that_ends_in_file_for_itself() {
        Holder holder = bind(Holder.class, "API_TOKEN", "x", "LOG_TOKEN_FILE", "/nowhere");
        assertThat(holder.logToken()).isEmpty();
        assertThat(holder.logTokenFile()).contains("/nowhere");
    }

    @Test
    void refuses_a_variable_and_its_file_together(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "s3cr3t");
        assertThat(report(Holder.class, "API_TOKEN", "x", "API_TOKEN_FILE", file.toString()))
                .contains("API_TOKEN  is set, and API_TOKEN_FILE too; remove one of them");
    }

    @Test
    void names_a_file_that_cannot_be_read(@TempDir Path folder) throws IOException {
        assertThat(report(Holder.class, "API_TOKEN_FILE", "/nowhere"))
                .contains("API_TOKEN_FILE  names the file \"/nowhere\", which does not exist");
        Path large = Files.write(folder.resolve("large"), new byte[(1 << 20) + 1]);
        assertThat(report(Holder.class, "API_TOKEN_FILE", large.toString())).contains("which is larger than 1 MiB");
    }

    @Test
    void lets_the_environment_win_over_the_dotenv_file(@TempDir Path folder) throws IOException {
        Path dotenv = Files.writeString(folder.resolve(".env"), "PORT=1\nDATABASE_URL=postgres://dev/app\n");
        EnvConfig config =
                EnvConfig.read(List.of(Settings.class), environment("DOTENV", dotenv.toString(), "PORT", "2"));
        assertThat(config.get(Settings.class).port()).isEqualTo(new Port(2));
        assertThat(config.settings())
                .extracting(setting -> setting.origin().orElse(""))
                .containsExactly(dotenv + ":2", "environment variable PORT", "default");
    }

    @Test
    void reports_a_dotenv_file_that_is_missing_or_wrong(@TempDir Path folder) throws IOException {
        assertThat(report(Settings.class, "DOTENV", "/nowhere/.env"))
                .contains("DOTENV        names the file \"/nowhere/.env\", which does not exist");
        Path dotenv = Files.writeString(folder.resolve(".env"), "PORT=1\nhunter2 is no assignment\n");
        assertThat(report(Settings.class, "DOTENV", dotenv.toString(), "DATABASE_URL", "postgres://h/d"))
                .contains("line 2 is no assignment; write NAME=value (" + dotenv + ":2)")
                .doesNotContain("hunter2");
    }

    @Test
    void shows_no_secret_in_any_report() {
        record Leaky(
                ServiceUrl url, Secret token, @Default("x") String mailPassword) {
            Leaky {
                throw new IllegalArgumentException("the token " + token.reveal() + " is too short");
            }
        }
        assertThat(report(Leaky.class, "URL", "postgres://u:hunter2@h/d", "TOKEN", "hunter3"))
                .contains("the token *** is too short")
                .doesNotContain("hunter");
        assertThat(report(Leaky.class, "URL", "hunter2", "TOKEN", "hunter3")).doesNotContain("hunter");
        assertThat(report(Leaky.class, "URL", "postgres://u:p@hunter2:x/d", "TOKEN", "t"))
                .doesNotContain("hunter2");
        EnvConfig config = EnvConfig.read(
                List.of(Leaky.class),
                environment(
                        "URL",
                        "postgres://u:hunter2@h/d?sslpassword=hunter4",
                        "TOKEN",
                        "hunter3",
                        "MAIL_PASSWORD",
                        "hunter5"));
        assertThat(config.settings().toString()).doesNotContain("hunter");
        assertThat(config.toConfig().toString()).doesNotContain("hunter");
    }

    @Test
    void gives_the_values_as_a_config_with_origins() {
        Config config = EnvConfig.read(
                        List.of(Settings.class), environment("DATABASE_URL", "postgres://u:p@h/d", "PORT", "80"))
                .toConfig();
        assertThat(config.getInt("PORT")).isEqualTo(80);
        assertThat(config.getValue("PORT").origin().description()).isEqualTo("environment variable PORT");
        assertThat(config.getValue("SESSION_TTL").origin().description()).isEqualTo("default");
        assertThat(config.hasPath("DATABASE_URL")).isFalse();
    }

    @Test
    void tells_the_developer_of_a_record_that_cannot_be_bound() {
        record Unsupported(Runnable action) {}
        record BadDefault(@Default("soon") Duration pause) {}
        record Both(@Default("1") Optional<Integer> number) {}
        record Twice(int a, @Env("A") int b) {}
        for (Class<? extends Record> type : List.of(Unsupported.class, BadDefault.class, Both.class, Twice.class)) {
            assertThatThrownBy(() -> EnvConfig.read(List.of(type), environment()))
                    .isInstanceOf(RecordException.class);
        }
        assertThatThrownBy(() -> bind(BadDefault.class, "PAUSE", "1s"))
                .hasMessage(BadDefault.class.getName() + ": the default of pause, \"soon\", is not a duration;"
                        + " write a number with ns, us, ms, s, m, h or d, such as 30s or 1h30m");
    }

    @Test
    void gives_one_record_although_another_is_wrong() {
        EnvConfig config = EnvConfig.read(List.of(Settings.class, Pool.class), environment("MAX", "5"));
        assertThat(config.find(Pool.class)).contains(new Pool(1, 5));
        assertThat(config.find(Settings.class)).isEmpty();
        assertThatThrownBy(() -> config.get(Pool.class)).isInstanceOf(ConfigException.class);
    }

    @Test
    void shows_a_long_or_strange_value_short_and_on_one_line() {
        List<String> lines = new ArrayList<>(
                report(Settings.class, "PORT", "x\n\u001b[31m" + "y".repeat(500), "DATABASE_URL", "a://b")
                        .lines()
                        .toList());
        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).contains("\"x\\u000a\\u001b[31myyy").hasSizeLessThan(200);
    }

    record Point(int x, int y) {}

    record Deep(Point mainDB, Optional<Point> spareURL) {}

    @Test
    void joins_the_names_of_nested_records_word_by_word() {
        Deep deep = bind(Deep.class, "MAIN_DB_X", "1", "MAIN_DB_Y", "2", "SPARE_URL_X", "3", "SPARE_URL_Y", "4");
        assertThat(deep).isEqualTo(new Deep(new Point(1, 2), Optional.of(new Point(3, 4))));
    }

    record Endless(int depth, Optional<Endless> inner) {}

    record Broken(String text) {
        Broken {
            throw new NullPointerException("oops");
        }
    }

    @Test
    void tells_the_developer_of_a_record_without_an_end_and_of_one_that_fails() {
        assertThatThrownBy(() -> bind(Endless.class))
                .isInstanceOf(RecordException.class)
                .hasMessageEndingWith("it contains itself, so its variables have no end");
        assertThatThrownBy(() -> bind(Broken.class, "TEXT", "x"))
                .isInstanceOf(RecordException.class)
                .hasMessageEndingWith(
                        "its constructor failed with java.lang.NullPointerException; to refuse values it throws IllegalArgumentException");
    }

    record Defaults(
            @Default("hunter2") Secret key,
            @Default("pg://u:hunter2@h/d") ServiceUrl url,
            @Default("hunter2") String adminPassword,
            @Default("7") int tokenCount) {}

    @Test
    void shows_no_default_of_a_secret() {
        assertThat(EnvConfig.describe(List.of(Defaults.class)))
                .extracting(variable -> variable.defaultValue().orElse(""))
                .containsExactly("***", "pg://u:***@h/d", "***", "7");
    }

    record SecretlyNamed(
            List<String> apiTokens, Map<String, String> clientSecrets, String dbPass, String encryptionKey) {}

    @Test
    void masks_what_is_named_like_a_secret_whatever_its_type() {
        EnvConfig config = EnvConfig.read(
                List.of(SecretlyNamed.class),
                environment(
                        "API_TOKENS",
                        "hunter2,b",
                        "CLIENT_SECRETS",
                        "a=hunter2",
                        "DB_PASS",
                        "hunter2",
                        "ENCRYPTION_KEY",
                        "hunter2"));
        assertThat(config.settings())
                .extracting(setting -> setting.shown().orElse(""))
                .containsOnly("***");
        assertThat(config.toConfig().root().toString()).doesNotContain("hunter2");
    }

    record Checked(Secret password) {
        Checked {
            throw new IllegalArgumentException(
                    "the password " + password.reveal().strip() + " is too short");
        }
    }

    @Test
    void hides_a_secret_in_the_words_of_a_record_in_any_form() {
        assertThatThrownBy(() -> bind(Checked.class, "PASSWORD", "hunter2\n"))
                .hasMessageContaining("the password *** is too short");
        assertThatThrownBy(() -> bind(Checked.class, "PASSWORD", "h"))
                .hasMessageContaining("was refused by its own check, in words that would tell a secret");
        assertThatThrownBy(() -> bind(Checked.class, "PASSWORD_FILE", "hunter2"))
                .hasMessageContaining("is to be the path of a file")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void suggests_a_name_in_another_case() {
        assertThatThrownBy(() -> bind(Holder.class, "api_token", "x"))
                .hasMessageContaining("api_token is set: did you mean API_TOKEN?");
    }
}
