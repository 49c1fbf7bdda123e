package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients sent and took while the IO thread stood still, as in a pause of the process, though their time is over when it goes on. */
@Timeout(60)
class StandstillTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Routes routes = new Routes();
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final Map<String, String> environment =
            new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "HTTP_IO_THREADS", "1"));
    private final List<RawClient> clients = new ArrayList<>();
    private final CountDownLatch standing = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private RunningServer server;

    private void start() {
        routes.get("/", request -> Response.text("quick"));
        routes.post("/", request -> Response.text("got " + request.text()));
        routes.nonBlocking(group -> group.get("/standstill", request -> {
            standing.countDown();
            goOn.await();
            return Response.text("over");
        }));
        server = new RunningServer(routes, environment, lifecycle);
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        lifecycle.drain();
        for (RawClient client : clients) {
            client.close();
        }
    }

    private RawClient connect(String request) throws IOException {
        RawClient client = server.connect();
        clients.add(client);
        client.send(request);
        return client;
    }

    private List<RawClient> idle(int number) throws IOException {
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            RawClient client = connect(GET);
            client.readUntil("quick");
            idle.add(client);
        }
        return idle;
    }

    private interface Meanwhile {
        void run() throws Exception;
    }

    /** The IO thread does nothing for this time, in which clients go on; it finds their bytes and its own clock at once then. */
    private void standStill(Duration time, Meanwhile clients) throws Exception {
        connect("GET /standstill HTTP/1.1\r\nHost: h\r\n\r\n");
        standing.await();
        clients.run();
        Thread.sleep(time.toMillis());
        goOn.countDown();
    }

    @Test
    void answers_requests_that_have_come_to_connections_whose_idle_time_is_over() throws Exception {
        environment.put("HTTP_IDLE_TIMEOUT", "1s");
        start();
        idle(1);
        List<RawClient> idle = idle(5);
        standStill(Duration.ofMillis(1050), () -> {
            for (RawClient client : idle) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
            }
        });
        for (RawClient client : idle) {
            assertThat(client.readAll()).startsWith("HTTP/1.1 200").endsWith("got x");
        }
    }

    @Test
    void closes_no_connection_whose_next_request_has_come_to_make_room_for_another() throws Exception {
        environment.put("HTTP_MAX_CONNECTIONS", "17");
        AtomicInteger quick = new AtomicInteger();
        routes.nonBlocking(group -> group.post("/quick", request -> Response.text("quick " + quick.incrementAndGet())));
        start();
        List<RawClient> idle = idle(16);
        List<RawClient> late = new ArrayList<>();
        standStill(Duration.ofMillis(300), () -> {
            for (int i = 0; i < 12; i++) {
                late.add(connect("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
            }
            for (RawClient client : idle) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");
            }
        });
        for (RawClient client : idle) {
            assertThat(client.readAll()).startsWith("HTTP/1.1 200").endsWith("got x");
        }
        for (RawClient client : late) {
            assertThat(client.readAll()).matches("(?s)HTTP/1.1 (200|503).*");
        }
    }

    @Test
    void looks_at_each_connection_once_to_make_room_for_another() throws Exception {
        environment.put("HTTP_MAX_CONNECTIONS", "8");
        AtomicInteger clientsAtWork = new AtomicInteger(8);
        AtomicInteger waiting = new AtomicInteger();
        routes.nonBlocking(group -> group.get("/busy", request -> {
            while (waiting.get() < clientsAtWork.get()) {
                // Each client sends its next request before the server looks at it again.
                Thread.sleep(1);
            }
            waiting.decrementAndGet();
            return Response.text("busy");
        }));
        start();
        AtomicBoolean goOn = new AtomicBoolean(true);
        CountDownLatch answered = new CountDownLatch(100);
        List<CompletableFuture<Void>> ended = new ArrayList<>();
        for (RawClient client : idle(8)) {
            Runnable busy = () -> {
                try {
                    while (goOn.get()) {
                        client.send("GET /busy HTTP/1.1\r\nHost: h\r\n\r\n");
                        waiting.incrementAndGet();
                        client.readUntil("\r\n\r\nbusy");
                        answered.countDown();
                    }
                } catch (IOException e) {
                    // It was closed to make room.
                } finally {
                    clientsAtWork.decrementAndGet();
                }
            };
            ended.add(CompletableFuture.runAsync(busy, task -> new Thread(task).start()));
        }
        answered.await();
        RawClient another = connect("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(another.readAll()).matches("(?s)HTTP/1.1 (200|503).*");
        goOn.set(false);
        for (CompletableFuture<Void> each : ended) {
            each.get();
        }
    }

    @Test
    void closes_a_connection_that_has_never_sent_anything_to_make_room_for_another() throws Exception {
        environment.put("HTTP_MAX_CONNECTIONS", "2");
        environment.put("HTTP_PARSE_TIMEOUT", "500ms");
        start();
        connect("");
        connect("");
        String answer;
        do {
            try (RawClient another = server.connect()) {
                another.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
                answer = another.readAll();
            }
        } while (answer.startsWith("HTTP/1.1 503"));
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("quick");
    }

    @Test
    void takes_the_rest_of_heads_and_bodies_that_has_come_though_their_time_is_over() throws Exception {
        environment.put("HTTP_PARSE_TIMEOUT", "1s");
        environment.put("HTTP_MIN_BODY_RATE", "10KiB");
        start();
        idle(1);
        String head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 50000\r\n\r\n";
        String body = "x".repeat(50_000);
        RawClient halfHead = connect(head.substring(0, 20));
        RawClient halfBody = connect(head + "x");
        standStill(Duration.ofMillis(1050), () -> {
            halfHead.send(head.substring(20) + body);
            halfBody.send(body.substring(1));
        });
        assertThat(halfHead.readAll()).startsWith("HTTP/1.1 200").endsWith("got " + body);
        assertThat(halfBody.readAll()).startsWith("HTTP/1.1 200").endsWith("got " + body);
    }

    @Test
    void refuses_a_head_that_is_late_all_the_same() throws Exception {
        environment.put("HTTP_PARSE_TIMEOUT", "500ms");
        start();
        RawClient half = connect("GET / HTTP/1.1\r\nHo");
        standStill(Duration.ofMillis(300), () -> half.send("st"));
        assertThat(half.readAll()).startsWith("HTTP/1.1 408");
    }

    @Test
    void does_not_count_a_standstill_as_the_time_of_a_handler_or_of_a_client_that_reads() throws Exception {
        environment.put("HTTP_REQUEST_TIMEOUT", "2s");
        environment.put("HTTP_WRITE_TIMEOUT", "2s");
        CountDownLatch begun = new CountDownLatch(1);
        int large = 20_000_000;
        routes.get("/large", request -> Response.bytes("application/octet-stream", new byte[large]));
        routes.get("/waiting", request -> {
            begun.countDown();
            goOn.await();
            return Response.text("waited");
        });
        start();
        RawClient waiting = connect("GET /waiting HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        begun.await();
        RawClient reading = connect("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        reading.readUntil("\r\n\r\n");
        CompletableFuture<Integer> read = new CompletableFuture<>();
        standStill(Duration.ofMillis(2500), () -> new Thread(() -> {
                    try {
                        read.complete(reading.in().readAllBytes().length);
                    } catch (IOException e) {
                        read.completeExceptionally(e);
                    }
                })
                .start());
        assertThat(waiting.readAll()).startsWith("HTTP/1.1 200").endsWith("waited");
        assertThat(read.get()).isEqualTo(large);
    }
}
