package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OpenFilesTest {
    @Test
    void reads_the_limit_that_holds_now() {
        List<String> limits = List.of(
                "Limit                     Soft Limit           Hard Limit           Units     ",
                "Max processes             7                    8                    processes ",
                "Max open files            1024                 524288               files     ");
        assertThat(OpenFiles.limit(limits)).hasValue(1024);
        assertThat(OpenFiles.limit(
                        List.of("Max open files            unlimited            unlimited            files")))
                .isEmpty();
        assertThat(OpenFiles.limit(List.of())).isEmpty();
    }

    @Test
    void says_what_to_set_where_the_connections_do_not_fit() {
        assertThat(OpenFiles.problem(10_000, OptionalLong.of(1024)))
                .contains(
                        "the process may open 1024 files, too few for HTTP_MAX_CONNECTIONS=10000; raise the limit to 10256 (ulimit -n, LimitNOFILE) or set HTTP_MAX_CONNECTIONS=768");
        assertThat(OpenFiles.problem(10_000, OptionalLong.of(200)))
                .contains(
                        "the process may open 200 files, too few for HTTP_MAX_CONNECTIONS=10000; raise the limit to 10256 (ulimit -n, LimitNOFILE)");
    }

    @Test
    void is_silent_where_they_fit_or_no_limit_is_known() {
        assertThat(OpenFiles.problem(10_000, OptionalLong.of(10_256))).isEmpty();
        assertThat(OpenFiles.problem(10_000, OptionalLong.empty())).isEmpty();
    }
}
