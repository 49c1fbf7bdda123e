package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.Response;
import io.undertow.Handlers;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process does with a signal, whatever it is in the middle of. */
@Timeout(90)
class SignalsTest {
    private static final int LARGE = 20_000_000;

    /** What the processes run. */
    static final class Busy {
        private Busy() {}

        record Settings(boolean slowStart) {}

        public static void main(String[] args) {
            TwelveFactorApp.run(args, App.of("busy", Settings.class).web((settings, wiring, routes) -> {
                if (settings.slowStart()) {
                    System.out.println("starting");
                    new CountDownLatch(1).await();
                }
                routes.get("/", request -> Response.text("quick"));
                routes.get("/slow", request -> {
                    System.out.println("working");
                    Thread.sleep(1000);
                    return Response.text("slow");
                });
                routes.get("/stuck", request -> {
                    System.out.println("working");
                    return waitForever();
                });
                routes.get("/large", request -> Response.bytes("application/octet-stream", new byte[LARGE]));
                routes.get(
                        "/events",
                        request -> Response.events(events -> {
                            events.send("hello");
                            new CountDownLatch(1).await();
                        }));
                routes.undertow("/socket", Handlers.websocket((exchange, channel) -> channel.resumeReceives()));
            }));
        }

        private static Response waitForever() {
            CountDownLatch never = new CountDownLatch(1);
            while (true) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    // As stubborn as a call into a driver.
                }
            }
        }
    }

    private static AppProcess.Builder busy() {
        return AppProcess.main(Busy.class)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("SLOW_START", "false");
    }

    private static Socket request(URI address, String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static Socket get(URI address, String path) throws IOException {
        return request(address, "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static void readUntil(InputStream in, String end) throws IOException {
        StringBuilder got = new StringBuilder();
        while (got.indexOf(end) < 0) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("closed after: " + got);
            }
            got.append((char) b);
        }
    }

    private static void awaitDrain(AppProcess app) {
        app.awaitLine(line -> line.contains("\"message\":\"draining\""));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answers_what_is_in_flight(boolean interrupt) throws Exception {
        try (AppProcess app = busy().start();
                Socket slow = get(app.awaitReady(), "/slow")) {
            app.awaitLine(line -> line.contains("working"));
            if (interrupt) {
                app.interrupt();
            } else {
                app.terminate();
            }
            assertThat(readAll(slow))
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close")
                    .endsWith("slow");
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void ends_in_the_middle_of_its_start() {
        try (AppProcess app = busy().env("SLOW_START", "true").start()) {
            app.awaitLine(line -> line.contains("starting"));
            app.terminate();
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void ends_whenever_in_its_start_the_signal_comes() throws Exception {
        for (int millis = 0; millis <= 400; millis += 50) {
            try (AppProcess app = busy().start()) {
                Thread.sleep(millis);
                app.terminate();
                // Before our first line runs, the JVM itself ends with the status of a signal.
                assertThat(app.awaitExit()).as("after %d ms: %s", millis, app).isIn(0, 143);
            }
        }
    }

    @Test
    void names_the_thread_that_is_stuck_at_the_deadline() throws Exception {
        try (AppProcess app = busy().env("DRAIN_TIMEOUT", "3s").start();
                Socket stuck = get(app.awaitReady(), "/stuck")) {
            app.awaitLine(line -> line.contains("working"));
            app.terminate();
            assertThat(app.awaitExit()).isEqualTo(1);
            assertThat(app.events()).anySatisfy(event -> assertThat(event)
                    .containsEntry("unfinished", "GET /stuck")
                    .extractingByKey("stack_trace")
                    .asString()
                    .contains("Busy.waitForever"));
            assertThat(stuck.getInputStream().read()).isNegative();
        }
    }

    @Test
    void halts_at_once_at_the_second_signal_whatever_is_stuck() throws Exception {
        try (AppProcess app = busy().env("DRAIN_TIMEOUT", "1h").start();
                Socket stuck = get(app.awaitReady(), "/stuck")) {
            app.awaitLine(line -> line.contains("working"));
            app.terminate();
            awaitDrain(app);
            app.terminate();
            assertThat(app.awaitExit()).isEqualTo(143);
            assertThat(stuck.isConnected()).isTrue();
        }
    }

    @Test
    void ends_open_streams_of_events() throws Exception {
        try (AppProcess app = busy().start();
                Socket events = get(app.awaitReady(), "/events")) {
            readUntil(events.getInputStream(), "data: hello\n\n");
            app.terminate();
            readAll(events);
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void closes_web_sockets_with_going_away() throws Exception {
        try (AppProcess app = busy().start()) {
            CompletableFuture<Integer> closed = new CompletableFuture<>();
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(
                            URI.create("ws://127.0.0.1:" + app.awaitReady().getPort() + "/socket"),
                            new WebSocket.Listener() {
                                @Override
                                public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                                    closed.complete(status);
                                    return CompletableFuture.completedStage(null);
                                }
                            })
                    .get();
            app.terminate();
            assertThat(closed.get()).isEqualTo(1001);
            assertThat(app.awaitExit()).isZero();
            assertThat(socket.isInputClosed()).isTrue();
        }
    }

    @Test
    void waits_for_the_other_half_of_a_request() throws Exception {
        try (AppProcess app = busy().env("HTTP_PARSE_TIMEOUT", "3s").start();
                Socket half = request(app.awaitReady(), "GET / HTTP/1.1\r\nHo");
                Socket never = request(app.awaitReady(), "GET / HTTP/1.1\r\nHo");
                Socket other = get(app.awaitReady(), "/")) {
            readUntil(other.getInputStream(), "quick");
            app.terminate();
            awaitDrain(app);
            half.getOutputStream().write("st: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(readAll(half))
                    .startsWith("HTTP/1.1 200")
                    .contains("Connection: close")
                    .endsWith("quick");
            assertThat(readAll(never)).startsWith("HTTP/1.1 408");
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void waits_for_a_slow_reader_but_not_for_one_that_never_reads() throws Exception {
        try (AppProcess app = busy().env("HTTP_WRITE_TIMEOUT", "2s").start();
                Socket slow = get(app.awaitReady(), "/large");
                Socket never = get(app.awaitReady(), "/large")) {
            readUntil(slow.getInputStream(), "\r\n\r\n");
            readUntil(never.getInputStream(), "\r\n\r\n");
            app.terminate();
            awaitDrain(app);
            int read = 0;
            for (int i = 0; i < 10; i++) {
                Thread.sleep(300);
                read += slow.getInputStream().readNBytes(LARGE / 10).length;
            }
            assertThat(read).isEqualTo(LARGE);
            assertThat(app.awaitExit()).isZero();
        }
    }

    @Test
    void drains_as_the_first_process_of_a_container() throws Exception {
        String[] inNamespace = {"unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"};
        List<String> trial = new ArrayList<>(List.of(inNamespace));
        trial.add("true");
        assumeTrue(new ProcessBuilder(trial).start().waitFor() == 0, "no namespace of processes can be made here");
        // A kernel gives the first process of a namespace no signal that it has no handler for.
        try (AppProcess app = busy().under(inNamespace).start();
                Socket slow = get(app.awaitReady(), "/slow")) {
            app.awaitLine(line -> line.contains("working"));
            ProcessHandle first = ProcessHandle.of(app.pid())
                    .orElseThrow()
                    .children()
                    .findFirst()
                    .orElseThrow();
            first.destroy();
            assertThat(readAll(slow)).startsWith("HTTP/1.1 200").endsWith("slow");
            assertThat(app.awaitExit()).isZero();
        }
    }
}
