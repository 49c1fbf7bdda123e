package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of {@code docs/framing.md}, and mutations of its rows, against a server. */
@Timeout(60)
class FramingTest {
    private static final Pattern ROW = Pattern.compile("\\| ([0-9a-z ]+) \\| `` (.*) `` \\| (.*) \\|");
    private static final Pattern REPEATED = Pattern.compile("\\{(.+?)\\*(\\d+)}", Pattern.DOTALL);
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) [^\\r\\n]*\\r\\n");
    /** The defaults of {@link HttpSettings}. */
    private static final Framing.Limits LIMITS =
            new Framing.Limits(16 << 10, 8 << 10, 100, (method, target) -> 1 << 20);

    private static final String PROBE = "GET /in-step HTTP/1.1\r\nHost: h\r\n\r\n";

    private static Lifecycle lifecycle;
    private static HttpServer server;

    record Row(List<String> answers, String text, String why) {
        byte[] request() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }

        @Override
        public String toString() {
            return why + ": " + answers;
        }
    }

    @BeforeAll
    static void start() {
        lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
        Routes routes = new Routes();
        routes.get("/", request -> Response.text("get"));
        routes.post("/", request -> Response.bytes("application/octet-stream", request.body()));
        routes.nonBlocking(group -> group.get("/in-step", request -> Response.text("in step")));
        HttpSettings settings =
                EnvConfig.bind(HttpSettings.class, Environment.of(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1")));
        server = HttpServer.start(
                settings, routes, Operations.of(new Attachments(lifecycle, Duration.ofSeconds(1)), lifecycle));
        assertThat(lifecycle.ready()).isTrue();
    }

    @AfterAll
    static void stop() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    static Stream<Row> table() throws IOException {
        return Files.readAllLines(Path.of("../../docs/framing.md")).stream()
                .map(ROW::matcher)
                .filter(Matcher::matches)
                .map(row -> new Row(List.of(row.group(1).split(" ")), repeated(unescaped(row.group(2))), row.group(3)));
    }

    private static String repeated(String text) {
        return REPEATED.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
    }

    private static String unescaped(String written) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            if (c != '\\') {
                text.append(c);
                continue;
            }
            char escaped = written.charAt(++i);
            switch (escaped) {
                case 'r' -> text.append('\r');
                case 'n' -> text.append('\n');
                case 't' -> text.append('\t');
                case '0' -> text.append('\0');
                case 'x' -> {
                    text.append((char) Integer.parseInt(written.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> text.append(escaped);
            }
        }
        return text.toString();
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** The statuses of all answers up to the close or to the answer to the probe; {@code close} if it was closed. */
    private static List<String> answers(Socket socket) throws IOException {
        List<String> answers = new ArrayList<>();
        InputStream in = new BufferedInputStream(socket.getInputStream());
        while (true) {
            String head = head(in);
            if (head.isEmpty()) {
                answers.add("close");
                return answers;
            }
            Matcher status = STATUS.matcher(head);
            assertThat(status.lookingAt()).as(head).isTrue();
            Matcher length =
                    Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n").matcher(head);
            byte[] body = length.find() ? in.readNBytes(Integer.parseInt(length.group(1))) : new byte[0];
            if (new String(body, StandardCharsets.UTF_8).equals("in step")) {
                return answers;
            }
            answers.add(status.group(1));
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        try {
            while (!head.toString().endsWith("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    break;
                }
                head.append((char) b);
            }
        } catch (SocketException e) {
            // Reset, since the client wrote on behind what was refused.
            return "";
        }
        return head.toString();
    }

    @ParameterizedTest
    @MethodSource("table")
    void answers_as_the_table_says(Row row) throws IOException {
        List<String> expected = new ArrayList<>(row.answers());
        int last = Integer.parseInt(expected.get(expected.size() - 1).replace("close", "200"));
        boolean goesOn = (last < 400 || last == 404 || last == 405) && !expected.contains("close");
        if (!goesOn && !expected.contains("close")) {
            expected.add("close");
        }
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(row.request());
            if (goesOn) {
                out.write(PROBE.getBytes(StandardCharsets.ISO_8859_1));
            }
            assertThat(answers(socket)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("table")
    void answers_the_same_however_the_bytes_are_cut(Row row) throws IOException {
        Framing whole = new Framing(LIMITS);
        int end = scan(whole, row.request(), 0);
        Framing single = new Framing(LIMITS);
        int singleEnd = 0;
        for (byte b : row.request()) {
            if (single.ended() || single.refusal() != null) {
                break;
            }
            singleEnd += single.scan(ByteBuffer.wrap(new byte[] {b}), 0, 1);
        }
        assertThat(single.refusal()).isEqualTo(whole.refusal());
        assertThat(single.ended()).isEqualTo(whole.ended());
        assertThat(singleEnd).isEqualTo(end);
    }

    /**
     * Mutations of the rows, each followed by a probe: whatever comes, there is no 5xx that the table does not have, and no more answers than requests
     * that the framing finds. Half a minute on each JDK is a minute in CI; {@code -Dfuzz.seconds=3600} goes on for longer.
     */
    @Test
    @Timeout(7200)
    void never_answers_twice_or_with_a_fault_whatever_comes() throws Exception {
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fuzz.seconds", 30)).toNanos();
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        Random random = new Random(seed);
        List<Row> rows = table().filter(row -> row.request().length < 2000).toList();
        int tried = 0;
        while (System.nanoTime() < end) {
            byte[] request = mutated(rows, random);
            try (Socket socket = connect()) {
                int most = requestsIn(request);
                socket.getOutputStream().write(request);
                socket.shutdownOutput();
                List<String> answers = new ArrayList<>(answers(socket));
                assertThat(answers)
                        .as("seed %d, after %d: %s", seed, tried, new String(request, StandardCharsets.ISO_8859_1))
                        .allMatch(answer -> answer.matches("close|100|200|204|4\\d\\d|501|505"));
                answers.removeIf(answer -> answer.equals("close") || answer.equals("100"));
                assertThat(answers.size())
                        .as("seed %d, after %d: %s", seed, tried, new String(request, StandardCharsets.ISO_8859_1))
                        .isLessThanOrEqualTo(most);
            } catch (SocketException e) {
                assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*|.*closed.*");
            }
            tried++;
        }
        assertThat(tried).isPositive();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(PROBE.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(answers(socket)).isEmpty();
        }
    }

    /** How many answers there may be: one for each whole request, and one for what is wrong behind them. */
    private static int requestsIn(byte[] bytes) {
        int requests = 0;
        int at = 0;
        while (at < bytes.length) {
            Framing framing = new Framing(LIMITS);
            at = scan(framing, bytes, at);
            requests++;
            if (!framing.ended()) {
                break;
            }
        }
        return requests;
    }

    /** One request, on a copy of the bytes, in which the data of chunks moves. */
    private static int scan(Framing framing, byte[] bytes, int from) {
        ByteBuffer copy = ByteBuffer.wrap(bytes.clone());
        int head = framing.scan(copy, from, bytes.length);
        return framing.inChunks() ? framing.scan(copy, head, bytes.length) : head;
    }

    private static byte[] mutated(List<Row> rows, Random random) {
        byte[] bytes = rows.get(random.nextInt(rows.size())).request().clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes && bytes.length > 1; i++) {
            int at = random.nextInt(bytes.length);
            byte[] other = rows.get(random.nextInt(rows.size())).request();
            bytes = switch (random.nextInt(5)) {
                case 0 -> spliced(bytes, at, at, new byte[] {(byte) random.nextInt(256)});
                case 1 -> spliced(bytes, at, at + 1, new byte[] {(byte) random.nextInt(256)});
                case 2 -> spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
                case 3 -> spliced(bytes, at, at, Arrays.copyOf(bytes, at));
                default ->
                    spliced(
                            bytes,
                            at,
                            bytes.length,
                            Arrays.copyOfRange(other, Math.min(at, other.length), other.length));
            };
        }
        return bytes;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] between) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, from);
        all.writeBytes(between);
        all.write(bytes, to, bytes.length - to);
        return all.toByteArray();
    }
}
