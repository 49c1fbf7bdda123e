package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceUrlTest {
    @Test
    void takes_a_url_apart_and_decodes_it() {
        ServiceUrl url = ServiceUrl.parse("postgres://us%40er:p%40ss+%2F@my_db:5432/app%20db?sslmode=require&x=a%26b");
        assertThat(url.scheme()).isEqualTo("postgres");
        assertThat(url.user()).contains("us@er");
        assertThat(url.password()).contains(Secret.of("p@ss+/"));
        assertThat(url.hosts()).containsExactly(new ServiceUrl.Host("my_db", Optional.of(5432)));
        assertThat(url.path()).contains("app db");
        assertThat(url.parameters()).isEqualTo(Map.of("sslmode", "require", "x", "a&b"));
    }

    @Test
    void takes_several_hosts_ipv6_sockets_and_no_host() {
        assertThat(ServiceUrl.parse("pg://a:1,[2001:db8::1]:2,c/d").hosts())
                .isEqualTo(List.of(
                        new ServiceUrl.Host("a", Optional.of(1)),
                        new ServiceUrl.Host("2001:db8::1", Optional.of(2)),
                        new ServiceUrl.Host("c", Optional.empty())));
        assertThat(ServiceUrl.parse("pg://%2Fvar%2Frun/d").hosts())
                .extracting(ServiceUrl.Host::name)
                .containsExactly("/var/run");
        assertThat(ServiceUrl.parse("pg:///d").hosts()).isEmpty();
        assertThat(ServiceUrl.parse("pg://h?a=b").path()).isEmpty();
        assertThat(ServiceUrl.parse("pg://h/").path()).contains("");
        assertThat(ServiceUrl.parse("redis://:pw@h").user()).contains("");
    }

    @Test
    void hides_its_secrets() {
        ServiceUrl url = ServiceUrl.parse("PG://u:hunter2@h:1/d?sslpassword=hunter3&apikey=hunter4&sslmode=x");
        assertThat(url).hasToString("pg://u:***@h:1/d?sslpassword=***&apikey=***&sslmode=x");
        assertThat(String.valueOf(url.refused("is wrong").getMessage())).doesNotContain("hunter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hunter2 | does not begin with a scheme",
                "pg://u:hunter2@x@h/d | has more than one @ before the path",
                "pg://u:hunter/2@h/d | has an @ behind the first / or ?, and none before",
                "pg://u:12/hunter2@h/d | has an @ behind the first / or ?, and none before",
                "pg://u:12?a=hunter2@h/d | has an @ behind the first / or ?, and none before",
                "pg://u:/hunter2@h/d | has an @ behind the first / or ?, and none before",
                "pg://u:hunter2@:5432/d | has a host without a name",
                "pg://u:hunter2@a,,b/d | has a host without a name",
                "pg://u:hunter2%４１@h/d | has a % in its password",
                "pg://u:hunter2\uFFFD@h/d | has a character that is not readable in this locale",
                "pg://h:0/d | has a port that is not a number",
                "pg://h:65536/d | has a port that is not a number",
                "pg://u:hunter2#@h/d | has a # in it",
                "pg://u:hunter2%@h/d | has a % in its password",
                "pg://u:hunter2%zz@h/d | has a % in its password",
                "pg://u:hunter2%00@h/d | has %00 in its password",
                "pg://u:hunter2%ff@h/d | has percent-encoded bytes in its password that are not UTF-8",
                "pg://[::1/d | has a [ that no ] closes",
                "pg://[]/d | has a host that is not an address in brackets",
                "pg://h/d?hunter2 | has a parameter that is not name=value",
                "pg://h/d?a=1&a=hunter2 | has a parameter twice, \"a\"",
                "'pg://u:hunter 2@h/d' | has white space",
            })
    void says_what_is_wrong_and_shows_no_secret(String text, String why) {
        assertThatThrownBy(() -> ServiceUrl.parse(text.replace("'", "")))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .startsWith(why.replace("\"a\"", "a"))
                .doesNotContain("hunter");
    }

    @Test
    void takes_a_jdbc_url_as_it_is_and_shows_nothing_of_it() {
        ServiceUrl url = ServiceUrl.parse("jdbc:sqlserver://h;databaseName=d;password=hunter2");
        assertThat(url.scheme()).isEqualTo("jdbc");
        assertThat(url.jdbc().map(Secret::reveal)).contains("jdbc:sqlserver://h;databaseName=d;password=hunter2");
        assertThat(url).hasToString("jdbc:sqlserver:***");
    }

    @Test
    void keeps_apart_what_an_encoded_slash_joins() {
        ServiceUrl url = ServiceUrl.parse("amqp://h/a%2Fb/c");
        assertThat(url.path()).contains("a/b/c");
        assertThat(url.segments()).containsExactly("a/b", "c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://[fe80::1%25en0]:5672/v",
                "postgres://u:p@%2Fcloudsql%2Fproject%3Aregion/d",
                "postgres://a%2Cb/d",
                "s3://h/b%20c",
            })
    void can_be_read_again_from_what_is_shown_of_it(String text) {
        String shown = ServiceUrl.parse(text).toString();
        assertThat(ServiceUrl.parse(shown).hosts())
                .isEqualTo(ServiceUrl.parse(text).hosts());
    }

    @Test
    void shows_a_user_without_a_password_only_where_databases_have_such() {
        assertThat(ServiceUrl.parse("redis://hunter2@h/0")).hasToString("redis://***@h/0");
        assertThat(ServiceUrl.parse("postgres://app@h/d")).hasToString("postgres://app@h/d");
    }

    @Test
    void keeps_characters_beyond_the_basic_plane() {
        assertThat(ServiceUrl.parse("pg://u:\uD83D\uDE00%40x@h/d").password().map(Secret::reveal))
                .contains("\uD83D\uDE00@x");
    }

    @Test
    void shows_a_parameter_only_if_it_is_known_to_hold_no_secret() {
        assertThat(ServiceUrl.parse(
                        "blob://h/d?sig=hunter2&sslmode=require&addr=redis%3A%2F%2Fu%3Ahunter2%40h&pool.max=3"))
                .hasToString("blob://h/d?sig=***&sslmode=require&addr=***&pool.max=3");
    }

    record Settings(ServiceUrl databaseUrl) {}

    @Test
    void files_what_a_client_refuses_under_the_variable_it_came_from() {
        ServiceUrl url = EnvConfig.bind(Settings.class, Environment.of(Map.of("DATABASE_URL", "mysql://u:p@h/d")))
                .databaseUrl();
        assertThat(url.refused("has the wrong scheme").problems())
                .extracting(Problem::toString)
                .containsExactly("DATABASE_URL has the wrong scheme (environment variable DATABASE_URL)");
    }
}
