package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UrlParametersTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static UrlParameters parameters(String query) {
        return UrlParameters.of(ServiceUrl.parse("db://h/d" + query));
    }

    @Test
    void are_read_by_name() {
        UrlParameters some = parameters("?a=text&n=7&yes=true&t=500ms&word=two&bare=3");
        assertThat(some.text("a")).contains("text");
        assertThat(some.number("n", 1, 1, 10)).isEqualTo(7);
        assertThat(some.flag("yes", false)).isTrue();
        assertThat(some.duration("t", SECOND, MINUTE)).isEqualTo(Duration.ofMillis(500));
        assertThat(some.oneOf("word", "one", List.of("one", "two"))).isEqualTo("two");
        assertThat(some.duration("bare", SECOND, MINUTE, SECOND)).isEqualTo(Duration.ofSeconds(3));
        assertThatCode(some::end).doesNotThrowAnyException();
    }

    @Test
    void have_defaults_for_what_is_absent_or_blank() {
        UrlParameters some = parameters("?n=&t=");
        assertThat(some.number("n", 4, 1, 10)).isEqualTo(4);
        assertThat(some.duration("t", SECOND, MINUTE)).isEqualTo(SECOND);
        assertThat(some.flag("no", false)).isFalse();
        some.end();
    }

    @Test
    void tell_all_that_is_wrong_at_once_and_repeat_no_value() {
        UrlParameters some = parameters("?n=hunter2&t=3&u=2h&word=hunter2&flg=true&zzzzzz=hunter2");
        assertThat(some.number("n", 4, 1, 10)).isEqualTo(4);
        assertThat(some.duration("t", SECOND, MINUTE)).isEqualTo(SECOND);
        assertThat(some.duration("u", SECOND, MINUTE)).isEqualTo(SECOND);
        assertThat(some.oneOf("word", "one", List.of("one", "two"))).isEqualTo("one");
        assertThat(some.flag("flag", true)).isTrue();
        assertThatThrownBy(some::end).isInstanceOfSatisfying(ConfigException.class, e -> assertThat(e.problems())
                .extracting(Problem::message)
                .containsExactly(
                        "has a parameter, n, that is not a number from 1 to 10",
                        "has a parameter, t, that has no unit; write 3s, or 3ms, or 3m",
                        "has a parameter, u, that is not a time from 1ms to 1m",
                        "has a parameter, word, that is none of its values; write one, two",
                        "has an unknown parameter, flg; did you mean flag?",
                        "has an unknown parameter, zzzzzz; known are flag, n, t, u, word"));
    }
}
