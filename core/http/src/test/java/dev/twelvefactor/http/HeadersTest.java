package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HeadersTest {
    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    /** The lines of the response's head, and its body, as they come. */
    private String answer(String... requestFields) throws IOException {
        RunningServer server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
        try (RawClient socket = server.connect()) {
            String fields = requestFields.length == 0 ? "" : String.join("\r\n", requestFields) + "\r\n";
            socket.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + fields + "\r\n");
            return socket.readAll();
        }
    }

    private static List<String> values(String answer, String name) {
        String start = name.toLowerCase(Locale.ROOT) + ": ";
        return answer.substring(0, answer.indexOf("\r\n\r\n"))
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                .map(line -> line.substring(start.length()))
                .toList();
    }

    @Test
    void keeps_the_values_of_a_field_whose_name_is_written_in_another_case() throws Exception {
        routes.filter(Cors.of("https://shop.example.org"));
        routes.filter(new Gzip());
        routes.filter((request, next) -> next.handle(request).withHeader("Set-Cookie", "session=1"));
        routes.get("/", request -> Response.text("x".repeat(2000))
                .withHeader("set-cookie", "theme=dark")
                .withHeader("SET-COOKIE", "language=de")
                .withHeader("vary", "Accept-Language"));
        String answer = answer("Origin: https://shop.example.org");
        assertThat(values(answer, "Set-Cookie")).containsExactly("theme=dark", "language=de", "session=1");
        assertThat(String.join(", ", values(answer, "Vary")).split(", "))
                .containsExactlyInAnyOrder("Accept-Language", "Accept-Encoding", "Origin");
    }

    @Test
    void has_one_line_of_a_field_that_has_one_value() throws Exception {
        routes.filter(Cors.of("https://shop.example.org"));
        routes.get("/", request -> Response.text("a;b")
                .withHeader("content-type", "text/csv")
                .withHeader("Content-Type", "text/plain")
                .withHeader("x-request-id", "mine")
                .withHeader("access-control-allow-origin", "https://other.example.org"));
        String answer = answer("Origin: https://shop.example.org");
        assertThat(values(answer, "Content-Type")).containsExactly("text/plain");
        assertThat(values(answer, "X-Request-Id")).containsExactly("mine");
        assertThat(values(answer, "Access-Control-Allow-Origin")).containsExactly("https://shop.example.org");
    }

    @Test
    void names_a_request_once_in_an_answer_that_ends_its_connection() throws Exception {
        routes.post("/", request -> Response.text("unused"));
        routes.streaming(
                DataSize.parse("1MiB"),
                group -> group.post("/early", request -> Response.text("early").withHeader("x-request-id", "mine")));
        RunningServer server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
        try (RawClient socket = server.connect()) {
            socket.send("POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nx");
            assertThat(values(socket.readAll(), "X-Request-Id")).containsExactly("mine");
        }
    }

    @Test
    void reads_a_list_that_comes_in_several_lines(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("a"), "plain");
        Files.writeString(directory.resolve("a.gz"), "compressed");
        routes.filter(new Gzip());
        routes.get("/", request -> {
            Response file = new Routes()
                    .files("/files", directory)
                    .answer(Request.of("GET", "/files/a")
                            .withHeader("Accept-Encoding", String.join(", ", request.headers("accept-encoding"))));
            return Response.text((request.headers("x") + file.text()).repeat(100));
        });
        String answer = answer("Accept-Encoding: br;q=0", "accept-encoding: gzip", "X: a", "x: b");
        assertThat(values(answer, "Content-Encoding")).containsExactly("gzip");
        assertThat(routes.answer(Request.of("GET", "/")).text()).startsWith("[]plain");
    }

    @Test
    void does_not_compress_what_a_range_of_the_plain_bytes_is_offered_for() {
        routes.filter(new Gzip());
        byte[] text = "x".repeat(2000).getBytes(StandardCharsets.US_ASCII);
        routes.get("/", request -> Response.bytes("text/plain", text).withHeader("accept-ranges", "bytes"));
        routes.get("/part", request -> Response.bytes("text/plain", text)
                .withStatus(206)
                .withHeader("content-range", "bytes 0-1999/4000"));
        for (String path : List.of("/", "/part")) {
            assertThat(routes.answer(Request.of("GET", path).withHeader("Accept-Encoding", "gzip"))
                            .bytes())
                    .hasSize(2000);
        }
    }

    @Test
    void gives_all_values_of_a_field_and_the_first() {
        Response response = Response.noContent().withHeader("Vary", "a").withHeader("vary", "b");
        assertThat(response.headers("VARY")).containsExactly("a", "b");
        assertThat(response.header("VARY")).contains("a");
        assertThat(response.headers("X")).isEmpty();
        Request request = Request.of("GET", "/").withHeader("X", "a").withHeader("x", "b");
        assertThat(request.headers("X")).containsExactly("b");
    }
}
