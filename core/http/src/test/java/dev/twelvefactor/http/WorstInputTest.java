package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No value that a client chooses costs the server more than ten times the CPU of an ordinary request of the same size. What is measured is the CPU time of the
 * server's threads, the least of several requests, so that a busy machine makes no difference.
 */
@Timeout(120)
class WorstInputTest {
    private static final int MAX_RATIO = 10;
    /** What is not compiled yet is slow: the worst gets this many tries. */
    private static final int MAX_TRIES = 40;
    /** With {@code -Dworst.tries=20} each gets as many, and what it costs is printed. */
    private static final int TRIES = Integer.getInteger("worst.tries", 0);

    private static final ServerCpu CPU = new ServerCpu();
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "PORT", "0",
            "BIND_ADDRESS", "127.0.0.1",
            "TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8,::1/128",
            // One byte a chunk is a sixth of what comes.
            "HTTP_MAX_BODY", "8MiB");

    private static final Lifecycle LIFECYCLE = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    @TempDir
    private static Path directory;

    private static Client xForwarded;
    private static Client forwarded;

    record Order(
            String text,
            List<Object> any,
            Map<String, Object> map,
            List<BigInteger> integers,
            List<BigDecimal> decimals,
            List<Double> doubles,
            List<Integer> ints,
            List<Instant> instants,
            List<Duration> durations) {}

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("a.txt"), "a file");
        xForwarded = new Client(server("x-forwarded-for,x-forwarded-proto,x-forwarded-host"));
        forwarded = new Client(server("forwarded"));
        byte[] request = "GET /all HTTP/1.1\r\nHost: h\r\nX-Ordinary: %s\r\n\r\n"
                .formatted("a".repeat(15_000))
                .getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < 300; i++) {
            xForwarded.ask(request);
            forwarded.ask(request);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        xForwarded.close();
        forwarded.close();
        LIFECYCLE.drain();
    }

    private static int server(String proxyHeaders) {
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.put("PROXY_HEADERS", proxyHeaders);
        return new RunningServer(routes(), environment, LIFECYCLE).port();
    }

    private static Routes routes() {
        Routes routes = new Routes();
        routes.sessions(new MemoryStore(), Duration.ofHours(1));
        routes.filter(new Gzip());
        routes.filter(Cors.of("https://shop.example.org"));
        routes.get("/all", request -> all(request, "page"));
        routes.get("/in/{one}", request -> all(request, request.path("one")));
        routes.get("/in/{one}/{two}", request -> all(request, request.path("two")));
        routes.get("/in/{one}/{two}/{rest*}", request -> all(request, request.path("rest")));
        routes.files("/files", directory);
        routes.assets("/assets", WorstInputTest.class.getClassLoader(), "public");
        routes.post(
                "/json",
                request -> Response.text(request.json(Order.class).getClass().getName()));
        routes.post("/whole", request -> Response.text("" + request.body().length));
        routes.withoutCsrfToken(hooks ->
                hooks.post("/form", request -> Response.text("" + request.form().size())));
        routes.withoutCsrfToken(hooks -> hooks.post("/parts", request -> Response.text(parts(request.multipart()))));
        routes.streaming(
                DataSize.parse("8MiB"),
                uploads -> uploads.post("/stream", request -> {
                    long bytes = request.stream().transferTo(OutputStream.nullOutputStream());
                    CPU.threadEnds();
                    return Response.text("" + bytes);
                }));
        return routes;
    }

    /** Asks for whatever a request has. */
    private static Response all(Request request, String parameter) {
        String asked = request.path()
                + request.remoteAddress()
                + request.host()
                + request.secure()
                + request.cookie("a").isPresent()
                + request.query("a").isPresent()
                + request.header("Accept").isPresent()
                + request.session().get("user").isPresent()
                + parameter;
        return Response.text("x".repeat(1500) + asked.length());
    }

    private static String parts(Multipart form) throws IOException {
        int length = 0;
        for (Optional<Multipart.Part> part = form.next(); part.isPresent(); part = form.next()) {
            length += part.get().name().length();
            length += part.get().fileName().orElse("").length();
            length += part.get().contentType().length();
            length += part.get().stream().readAllBytes().length;
        }
        return "" + length;
    }

    static Stream<WorstInputs.Input> inputs() {
        return WorstInputs.all().stream();
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void costs_at_most_ten_times_an_ordinary_request_of_the_same_size(WorstInputs.Input input) throws Exception {
        Client client = input.name().startsWith("Forwarded") ? forwarded : xForwarded;
        int times = input.isHead() ? 10 : 1;
        long ordinary = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            ordinary = Math.min(ordinary, cost(client, input.ordinary(), times));
        }
        long worst = Long.MAX_VALUE;
        for (int i = 0; i < TRIES || (i < MAX_TRIES && worst > MAX_RATIO * ordinary); i++) {
            worst = Math.min(worst, cost(client, input.worst(), times));
        }
        if (TRIES > 0) {
            System.out.printf("%6.2f times %8d ns: %s%n", (double) worst / ordinary, ordinary, input.name());
        }
        assertThat(worst)
                .as(
                        "%s costs %d times an ordinary request of its %d bytes",
                        input.name(), worst / ordinary, input.worst().length())
                .isLessThanOrEqualTo(MAX_RATIO * ordinary);
    }

    private static long cost(Client client, String text, int times) throws Exception {
        byte[] request = text.getBytes(StandardCharsets.ISO_8859_1);
        return CPU.of(() -> {
                    for (int i = 0; i < times; i++) {
                        client.ask(request);
                    }
                })
                / times;
    }

    /** A client that keeps its connection while it may. */
    private static final class Client implements AutoCloseable {
        private final int port;
        private Optional<Socket> connection = Optional.empty();

        Client(int port) {
            this.port = port;
        }

        void ask(byte[] request) throws IOException {
            if (connection.isEmpty()) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                socket.setSoTimeout(60_000);
                connection = Optional.of(socket);
            }
            boolean goesOn = false;
            try {
                connection.get().getOutputStream().write(request);
                goesOn = answered(new BufferedInputStream(connection.get().getInputStream()));
            } catch (SocketException e) {
                // It was refused before all of it was sent.
            } finally {
                if (!goesOn) {
                    close();
                }
            }
        }

        /** Whether the connection stays open after the response. */
        private static boolean answered(InputStream in) throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n", Math.max(0, head.length() - 4)) < 0) {
                int b = in.read();
                if (b < 0) {
                    return false;
                }
                head.append((char) b);
            }
            String fields = head.toString().toLowerCase(Locale.ROOT);
            int length = fields.indexOf("content-length: ");
            if (length >= 0) {
                in.skipNBytes(Long.parseLong(fields.substring(length + 16, fields.indexOf('\r', length))));
            }
            return !fields.contains("connection: close");
        }

        @Override
        public void close() throws IOException {
            if (connection.isPresent()) {
                connection.get().close();
            }
            connection = Optional.empty();
        }
    }
}
