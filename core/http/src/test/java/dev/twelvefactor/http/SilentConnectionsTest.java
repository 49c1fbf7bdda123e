package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets that never send a byte, ten times as many as the port takes. */
@Timeout(60)
class SilentConnectionsTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String ANSWER = "\r\n\r\nin";
    private static final int PLACES = 100;

    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final List<RawClient> clients = new ArrayList<>();
    private RunningServer server;

    private RawClient connect() throws IOException {
        RawClient client = server.connect();
        clients.add(client);
        return client;
    }

    @AfterEach
    void stop() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        lifecycle.drain();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "3"})
    void displace_no_client_that_waits_between_requests_or_comes_later(String ioThreads) throws IOException {
        server = new RunningServer(
                new Routes().get("/", request -> Response.text("in")),
                Map.of(
                        "PORT",
                        "0",
                        "BIND_ADDRESS",
                        "127.0.0.1",
                        "HTTP_IO_THREADS",
                        ioThreads,
                        "HTTP_MAX_CONNECTIONS",
                        "" + PLACES),
                lifecycle);
        List<RawClient> waiting = new ArrayList<>();
        for (int i = 0; i < PLACES / 5; i++) {
            RawClient client = connect();
            client.send(REQUEST);
            client.readUntil(ANSWER);
            waiting.add(client);
        }
        RawClient slow = connect();
        slow.send("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 10 * PLACES; i++) {
            connect();
        }
        RawClient late = connect();
        late.send(REQUEST);
        late.readUntil(ANSWER);
        slow.send("Host: h\r\n\r\n");
        slow.readUntil(ANSWER);
        for (RawClient client : waiting) {
            client.send(REQUEST);
            client.readUntil(ANSWER);
        }
    }
}
