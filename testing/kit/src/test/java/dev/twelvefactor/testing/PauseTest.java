package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.Response;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A process that stands still for longer than each of its timeouts, as a stopped container does: no request is lost that was sent in time. One round of a
 * few seconds; {@code -Dpause.rounds=100} goes on for longer.
 */
@Timeout(3600)
class PauseTest {
    private static final int ROUNDS = Integer.getInteger("pause.rounds", 1);
    private static final int LARGE = 20_000_000;
    private static final int MANY = 10;
    private static final long TIMEOUT_MILLIS = 2000;
    private static final long PAUSE_MILLIS = 2700;

    /** What the process runs. */
    static final class Paused {
        private Paused() {}

        public static void main(String[] args) {
            TwelveFactorApp.run(args, App.of("paused").web(routes -> {
                routes.get("/", request -> Response.text("quick"));
                routes.post("/", request -> Response.text("got " + request.body().length));
                routes.get("/working", request -> {
                    System.out.println("working");
                    Thread.sleep(500);
                    return Response.text("worked");
                });
                routes.get("/large", request -> Response.bytes("application/octet-stream", new byte[LARGE]));
            }));
        }
    }

    private final List<Socket> sockets = new ArrayList<>();
    private AppProcess app;
    private int port;

    private void start() {
        String timeout = TIMEOUT_MILLIS + "ms";
        app = AppProcess.main(Paused.class)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("HTTP_IDLE_TIMEOUT", timeout)
                .env("HTTP_PARSE_TIMEOUT", timeout)
                .env("HTTP_WRITE_TIMEOUT", timeout)
                .env("HTTP_REQUEST_TIMEOUT", timeout)
                .start();
        port = app.awaitReady().getPort();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        app.close();
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(app.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private Socket connect(String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(60_000);
        sockets.add(socket);
        send(socket, request);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void readUntil(Socket socket, String end) throws IOException {
        StringBuilder got = new StringBuilder();
        while (got.indexOf(end) < 0) {
            int b = socket.getInputStream().read();
            if (b < 0) {
                throw new EOFException("closed after: " + got);
            }
            got.append((char) b);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    }

    /** Connections that wait for their next request. */
    private List<Socket> idle() throws IOException {
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Socket socket = connect("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            readUntil(socket, "quick");
            idle.add(socket);
        }
        return idle;
    }

    @Test
    void loses_no_request_in_a_pause_that_is_longer_than_every_timeout() throws Exception {
        start();
        for (int round = 0; round < ROUNDS; round++) {
            String head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n";
            String body = "x".repeat(1000);
            Socket large = connect(get("/large"));
            readUntil(large, "\r\n\r\n");
            Socket halfHead = connect(head.substring(0, 20));
            Socket halfBody = connect(head + "x");
            List<Socket> idle = idle();
            Socket working = connect(get("/working"));
            app.awaitLine(line -> line.contains("working"));
            signal("STOP");
            send(halfHead, head.substring(20) + body);
            send(halfBody, body.substring(1));
            for (Socket socket : idle) {
                send(socket, get("/"));
            }
            List<Socket> fresh = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                fresh.add(connect(get("/")));
            }
            CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return large.getInputStream().readAllBytes().length;
                } catch (IOException e) {
                    return -1;
                }
            });
            Thread.sleep(PAUSE_MILLIS);
            signal("CONT");
            assertThat(readAll(halfHead)).startsWith("HTTP/1.1 200").endsWith("got 1000");
            assertThat(readAll(halfBody)).startsWith("HTTP/1.1 200").endsWith("got 1000");
            assertThat(readAll(working)).startsWith("HTTP/1.1 200").endsWith("worked");
            for (Socket socket : idle) {
                assertThat(readAll(socket)).startsWith("HTTP/1.1 200").endsWith("quick");
            }
            for (Socket socket : fresh) {
                assertThat(readAll(socket)).startsWith("HTTP/1.1 200").endsWith("quick");
            }
            assertThat(read.get()).isEqualTo(LARGE);
        }
    }

    @Test
    void loses_no_request_in_a_pause_in_which_it_is_told_to_drain() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            start();
            List<Socket> idle = idle();
            Socket halfHead = connect("GET / HTTP/1.1\r\nHo");
            Socket working = connect(get("/working"));
            app.awaitLine(line -> line.contains("working"));
            signal("STOP");
            List<Socket> fresh = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                send(idle.get(i), get("/"));
                fresh.add(connect(get("/")));
            }
            send(halfHead, "st: h\r\n\r\n");
            app.terminate();
            Thread.sleep(PAUSE_MILLIS);
            signal("CONT");
            assertThat(readAll(working)).startsWith("HTTP/1.1 200").endsWith("worked");
            assertThat(readAll(halfHead)).startsWith("HTTP/1.1 200").endsWith("quick");
            for (Socket socket : idle) {
                assertThat(readAll(socket)).startsWith("HTTP/1.1 200").endsWith("quick");
            }
            for (Socket socket : fresh) {
                assertThat(readAll(socket)).startsWith("HTTP/1.1 200").endsWith("quick");
            }
            assertThat(app.awaitExit()).isZero();
        }
    }
}
