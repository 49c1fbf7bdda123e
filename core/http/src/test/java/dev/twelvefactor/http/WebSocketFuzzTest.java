package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Frames, right ones and mutated ones, against a server. A few seconds by default; {@code -Dfuzz.seconds=3600} goes on for longer, {@code -Dfuzz.seed=N} repeats a
 * run.
 */
@Timeout(7200)
class WebSocketFuzzTest {
    private static final int MAX = 70_000;
    private static final int[] SIZES = {0, 1, 2, 124, 125, 126, 127, 1000, 65_535, 65_536, MAX, MAX + 1};
    private static final int CLOSE = 0x88;
    private static final int END = -1;

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void answers_with_right_frames_and_an_end_whatever_comes() throws Exception {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
        Routes routes = new Routes();
        routes.webSocket(
                "/echo",
                request -> WebSocket.accept(socket -> socket.forEach(message -> {
                    if (message instanceof WebSocket.Text text) {
                        socket.send(text.text());
                    } else if (message instanceof WebSocket.Binary binary) {
                        socket.send(binary.bytes());
                    }
                })));
        RunningServer server = new RunningServer(
                routes,
                Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "WEBSOCKET_MAX_MESSAGE", Integer.toString(MAX)),
                lifecycle);
        long end = System.nanoTime()
                + Duration.ofSeconds(Long.getLong("fuzz.seconds", 5)).toNanos();
        int tried = 0;
        while (System.nanoTime() < end) {
            byte[] frames = frames();
            String why = "seed %d, after %d: %s".formatted(seed, tried, shown(frames));
            List<String> events = events(frames, frames.length);
            assertThat(events(frames, 0)).as(why).isEqualTo(events);
            boolean says1011 = events.stream().anyMatch(event -> event.startsWith("Close[code=1011"));
            exchange(server.port(), frames, says1011 ? 0 : 1011, why);
            tried++;
        }
        assertThat(tried).isPositive();
        try (FrameClient client = FrameClient.open(server, "/echo")) {
            assertThat(client.send(FrameClient.frame(0x81, "in step")).next()).isEqualTo("text in step");
        }
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(server.webSocketBytes()).isZero();
    }

    private static String shown(byte[] frames) {
        String hex = HexFormat.of().formatHex(frames);
        return hex.length() > 2000 ? hex.substring(0, 2000) + "…" : hex;
    }

    /** A few frames, and then perhaps some bytes of them changed, removed or added. */
    private byte[] frames() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        int number = 1 + random.nextInt(6);
        for (int i = 0; i < number; i++) {
            all.writeBytes(frame());
        }
        byte[] bytes = all.toByteArray();
        for (int changes = random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            bytes = changed(bytes, random.nextInt(Math.min(bytes.length, 40)));
        }
        return bytes;
    }

    private byte[] frame() {
        int first = random.nextInt(8) == 0
                ? random.nextInt(256)
                : new int[] {0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a}[random.nextInt(8)];
        if (random.nextInt(12) == 0) {
            return FrameClient.closeFrame(random.nextBoolean() ? 1000 : random.nextInt(1 << 16), "");
        }
        int size = random.nextBoolean() ? random.nextInt(20) : SIZES[random.nextInt(SIZES.length)];
        byte[] payload = new byte[size];
        if (random.nextInt(4) == 0) {
            random.nextBytes(payload);
        }
        byte[] frame = FrameClient.frame(first, payload);
        return random.nextInt(20) == 0 ? FrameClient.header(first, random.nextLong()) : frame;
    }

    private byte[] changed(byte[] bytes, int at) {
        ByteArrayOutputStream other = new ByteArrayOutputStream();
        other.write(bytes, 0, at);
        int how = random.nextInt(3);
        if (how > 0) {
            other.write(random.nextInt(256));
        }
        int from = how == 1 ? at : at + 1;
        other.write(bytes, from, bytes.length - from);
        return other.toByteArray();
    }

    /** What the reader makes of the bytes, in pieces of this size; 0 for pieces of any size. */
    private List<String> events(byte[] bytes, int piece) {
        WebSocketFrames frames = new WebSocketFrames(MAX, size -> true);
        List<String> events = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int some = Math.min(bytes.length - at, piece > 0 ? piece : 1 + random.nextInt(5000));
            ByteBuffer in = ByteBuffer.wrap(bytes, at, some);
            at += some;
            for (WebSocketEvent event = frames.next(in); event != null; event = frames.next(in)) {
                events.add(shown(event));
                if (event instanceof WebSocketEvent.Violation) {
                    return events;
                }
            }
        }
        return events;
    }

    private static String shown(WebSocketEvent event) {
        if (event instanceof WebSocketEvent.Data data && data.message() instanceof WebSocket.Binary binary) {
            return "binary " + new String(binary.bytes(), StandardCharsets.ISO_8859_1);
        }
        return event instanceof WebSocketEvent.Data data
                ? data.message().toString()
                : event instanceof WebSocketEvent.Ping ping
                        ? "ping " + new String(ping.payload(), StandardCharsets.ISO_8859_1)
                        : event.toString();
    }

    /** Sends the bytes and the end of the connection: what comes back are whole frames of a server, the last of them a close frame, if any. */
    private static void exchange(int port, byte[] frames, int never, String why) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            socket.getOutputStream().write(FrameClient.handshake("/echo").getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            assertThat(head).as(why).startsWith("HTTP/1.1 101");
            socket.getOutputStream().write(frames);
            socket.shutdownOutput();
            int last = 0;
            for (int frame = readFrame(in, never, why); frame != END; frame = readFrame(in, never, why)) {
                assertThat(last).as(why).isNotEqualTo(CLOSE);
                last = frame;
            }
        } catch (SocketException e) {
            assertThat(e).as(why).hasMessageMatching("Broken pipe|Connection reset.*|.*closed.*");
        }
    }

    private static int readFrame(DataInputStream in, int never, String why) throws IOException {
        int first;
        try {
            first = in.readUnsignedByte();
        } catch (EOFException e) {
            return END;
        }
        assertThat(first).as(why).isIn(0x81, 0x82, 0x88, 0x89, 0x8a);
        int length = in.readUnsignedByte();
        assertThat(length).as(why).isLessThan(128);
        long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
        assertThat(size).as(why).isLessThanOrEqualTo(first < 0x88 ? MAX : 125);
        byte[] payload = new byte[(int) size];
        in.readFully(payload);
        if (first == CLOSE && size > 0) {
            // The client's own code comes back, or the server says what was wrong; never that the fault is its own
            // (1011).
            int code = ByteBuffer.wrap(payload).getShort() & 0xffff;
            assertThat(code).as(why).isNotEqualTo(never).matches(WebSocketFrames::isSendable);
        }
        return first;
    }
}
