package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.Secret;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementAccessTest {
    private static final String TOKEN = "0123456789abcdef";

    private static Request request(String path, String from, String host) {
        return new Request(
                new Request.Head(
                        "GET", path, name -> List.of(), Fields.NONE, new ClientAddress.Client(from, false, host)),
                new Request.Content.Bytes(new byte[0]));
    }

    private static Response withoutToken(Request request) throws Exception {
        return new ManagementAccess(Optional.empty()).handle(request, inner -> Response.text("in"));
    }

    private static Response withToken(Request request) throws Exception {
        return new ManagementAccess(Optional.of(Secret.of(TOKEN))).handle(request, inner -> Response.text("in"));
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost:9090",
        "127.0.0.1, 127.0.0.1",
        "0:0:0:0:0:0:0:1, [::1]:9090",
        "127.0.0.1, 127.0.0.2:9090",
    })
    void answers_its_own_machine_without_a_token(String from, String host) throws Exception {
        assertThat(withoutToken(request("/threads", from, host)).text()).isEqualTo("in");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.8, 10.0.0.7:9090",
        "10.0.0.8, localhost:9090",
        "127.0.0.1, evil.example:9090",
        "127.0.0.1, 0.0.0.0:9090",
        "127.0.0.1, 0:9090",
        "127.0.0.1, [::]:9090",
        "127.0.0.1, 10.0.0.7:9090",
        "fe80::1, [fe80::2]",
    })
    void answers_no_other_machine_and_no_rebound_name_without_a_token(String from, String host) throws Exception {
        Response rejection = withoutToken(request("/threads", from, host));
        assertThat(rejection.status()).isEqualTo(403);
        assertThat(rejection.text())
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403,\"detail\":\"Without MANAGEMENT_TOKEN this answers its own machine alone, as localhost. Set it, or ask from inside: kubectl port-forward, docker exec.\"}");
        assertThat(withoutToken(request("/metrics", from, host)).text()).isEqualTo("in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site"})
    void answers_no_page_of_another_site_in_a_browser_of_its_own_machine(String site) throws Exception {
        Request local = request("/threads", "127.0.0.1", "localhost:9090");
        assertThat(withoutToken(local.withHeader("Sec-Fetch-Site", site)).status())
                .isEqualTo(403);
        assertThat(withoutToken(local.withHeader("Origin", "https://evil.example"))
                        .status())
                .isEqualTo(403);
        assertThat(withoutToken(local.withHeader("Sec-Fetch-Site", "none")).status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer " + TOKEN, "bearer  " + TOKEN})
    void answers_whoever_has_the_token(String authorization) throws Exception {
        Request far = request("/metrics", "10.0.0.8", "app.example");
        assertThat(withToken(far.withHeader("Authorization", authorization)).text())
                .isEqualTo("in");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "Bearer x", TOKEN, "Basic " + TOKEN, "Bearer " + TOKEN + "0"})
    void answers_nobody_else_once_there_is_a_token(String authorization) throws Exception {
        Request local = request("/metrics", "127.0.0.1", "localhost").withHeader("Authorization", authorization);
        Response rejection = withToken(local);
        assertThat(rejection.status()).isEqualTo(401);
        assertThat(rejection.header("WWW-Authenticate")).contains("Bearer");
        assertThat(rejection.text())
                .contains("This needs the header field \\\"Authorization: Bearer \\\" with MANAGEMENT_TOKEN.");
    }

    @Test
    void asks_for_the_token_where_none_is_presented() throws Exception {
        assertThat(withToken(request("/metrics", "127.0.0.1", "localhost")).status())
                .isEqualTo(401);
    }
}
