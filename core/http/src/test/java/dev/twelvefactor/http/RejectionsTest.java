package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever rejects a request, Undertow included, the client gets a problem document, and the metrics a count. */
@Timeout(60)
class RejectionsTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private RunningServer server;

    @BeforeEach
    void start() {
        Routes routes = new Routes()
                .get("/", request -> Response.text("in"))
                .undertow("/throws", exchange -> {
                    throw new IllegalStateException("hunter2");
                })
                .undertow("/forbids", exchange -> exchange.setStatusCode(403))
                .undertow("/explains", exchange -> {
                    exchange.setStatusCode(403);
                    exchange.getResponseSender().send("by itself");
                });
        server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
    }

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    private String answer(String request) throws IOException {
        try (RawClient client = server.connect()) {
            client.send(request);
            return client.readAll();
        }
    }

    private static String problem(int status, String title, String detail) {
        return "{\"type\":\"about:blank\",\"title\":\"" + title + "\",\"status\":" + status + ",\"detail\":\"" + detail
                + "\"}";
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: %zz\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: %zz\r\nContent-Length: 3\r\n\r\nabc"
            })
    void explains_what_the_parser_of_undertow_rejects(String request) throws IOException {
        String answer = answer(request);
        assertThat(answer)
                .startsWith("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nDate: ")
                .contains("\r\nContent-Type: application/problem+json\r\n")
                .endsWith("\r\n\r\n" + problem(400, "Bad Request", "The request is malformed."));
        assertThat(server.rejected(400)).isEqualTo(1);
    }

    @Test
    void explains_it_after_a_request_of_the_same_connection_too() throws IOException {
        try (RawClient client = server.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            client.readUntil("\r\n\r\nin");
            client.send("GET / HTTP/1.1\r\nHost: %zz\r\n\r\n");
            assertThat(client.readAll()).endsWith(problem(400, "Bad Request", "The request is malformed."));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void explains_an_error_of_a_raw_handler_that_has_no_body(String method) throws IOException {
        String rest = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        assertThat(answer(method + " /throws" + rest))
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .contains("\r\nContent-Type: application/problem+json\r\n")
                .endsWith(problem(500, "Internal Server Error", "Something went wrong here. It has been logged."));
        assertThat(answer(method + " /forbids" + rest))
                .startsWith("HTTP/1.1 403 Forbidden\r\n")
                .endsWith(problem(403, "Forbidden", "The handler of this path gives no details."));
        assertThat(answer(method + " /explains" + rest)).endsWith("\r\n\r\nby itself");
    }

    @Test
    void sends_no_body_to_head() throws IOException {
        assertThat(answer("HEAD /forbids HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403 Forbidden\r\n")
                .endsWith("\r\n\r\n");
    }
}
