package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers of Undertow's that leave the IO thread. */
@Timeout(60)
class RawHandlersTest {
    private static final int REQUESTS = 300;

    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private RunningServer server;

    @BeforeEach
    void start() {
        Routes routes = new Routes()
                .undertow("/collects", exchange -> exchange.getRequestReceiver()
                        .receiveFullBytes(
                                (whole, body) -> whole.getResponseSender().send("read " + body.length)))
                .undertow(
                        "/blocking",
                        exchange -> exchange.dispatch(blocking -> {
                            blocking.startBlocking();
                            int length = blocking.getInputStream().readAllBytes().length;
                            blocking.getResponseSender().send("read " + length);
                        }));
        server = new RunningServer(routes, Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"), lifecycle);
    }

    @AfterEach
    void stop() {
        lifecycle.drain();
    }

    @Test
    void answer_every_request_that_a_client_sends_ahead() throws IOException {
        String request = "POST /blocking HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
        String last = request.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
        try (RawClient client = server.connect()) {
            client.send(request.repeat(REQUESTS - 1) + last);
            long answers = Pattern.compile("read 3")
                    .matcher(client.readAll())
                    .results()
                    .count();
            assertThat(answers).isEqualTo(REQUESTS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/collects"})
    void let_a_client_go_on_that_waits_for_100(String path) throws IOException {
        try (RawClient client = server.connect()) {
            client.send("POST " + path
                    + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
            client.readUntil("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("abc");
            assertThat(client.readAll()).contains("HTTP/1.1 200 OK\r\n").endsWith("read 3");
        }
    }
}
