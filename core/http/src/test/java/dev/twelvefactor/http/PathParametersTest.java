package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PathParametersTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final Routes routes = new Routes()
            .get("/files/{path*}", request -> Response.text("rest " + request.path("path")))
            .get("/entries/{name}", request -> Response.text("one " + request.path("name")));

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/..",
                "/files/.",
                "/files/../x",
                "/files/a/../../x",
                "/files/a/..",
                "/files/a/./b",
                "/files/%2e%2e/x",
                "/files/.%2E/x",
                "/files/..%2f..%2fx",
                "/files/a%2F..",
                "/files/a%5C..%5Cb",
                "/files//etc/passwd",
                "/files/%2Fetc/passwd",
                "/files/%5C%5Chost%5Cshare",
                "/entries/..",
                "/entries/.",
                "/entries/%2e%2e",
                "/entries/..%2F..%2Fetc%2Fpasswd",
                "/entries/a%2F..%2Fb"
            })
    void hands_no_path_to_a_handler_that_leads_elsewhere(String path) {
        assertThat(routes.answer(Request.of("GET", path)).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "/files/a/b, rest a/b",
        "/files/a//b/, rest a//b/",
        "/files/..., rest ...",
        "/files/..a/b../.c, rest ..a/b../.c",
        "/files/a%2Fb, rest a/b",
        "/entries/a%2Fb, one a/b",
        "/entries/a..b, one a..b",
        "/entries/1.5, one 1.5"
    })
    void hands_other_names_with_dots_over_as_they_are(String path, String answer) {
        assertThat(routes.answer(Request.of("GET", path)).text()).isEqualTo(answer);
    }

    @Test
    void refuses_them_on_the_wire_too() throws IOException {
        RunningServer server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
        try (RawClient socket = server.connect()) {
            for (String path : new String[] {"/files/a/../../x", "/files/%2e%2e/x", "/files//etc/passwd"}) {
                socket.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
                socket.readUntil("HTTP/1.1 404 Not Found\r\n");
                socket.readUntil("\"There is nothing under this address.\"}");
            }
        }
    }
}
