package dev.twelvefactor.http;

import static dev.twelvefactor.http.FrameClient.frame;
import static dev.twelvefactor.http.FrameClient.header;
import static dev.twelvefactor.http.FrameClient.hex;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WebSocketFramesTest {
    private static final int MAX = 1000;

    @SuppressWarnings("ArrayRecordComponent")
    record Row(String why, byte[] bytes, List<String> events) {
        @Override
        public String toString() {
            return why;
        }
    }

    private static Row row(String why, byte[] bytes, String... events) {
        return new Row(why, bytes, List.of(events));
    }

    private static byte[] all(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    static Stream<Row> rows() {
        String shortest = "1002 the length of a frame is not in its shortest form";
        String control = "1002 a control frame must not be fragmented, and has at most 125 bytes";
        String reserved = "1002 a reserved bit is set, and no extension was negotiated";
        return Stream.of(
                row("text", frame(0x81, "grüße"), "text grüße"),
                row("empty text", frame(0x81, ""), "text "),
                row("bytes", frame(0x82, new byte[] {1, 2}), "binary 2"),
                row("the largest message", frame(0x82, new byte[MAX]), "binary 1000"),
                row("fragments", all(frame(0x01, "a"), frame(0x00, "b"), frame(0x80, "c")), "text abc"),
                row("a character in two fragments", all(frame(0x01, hex("c3")), frame(0x80, hex("bc"))), "text ü"),
                row(
                        "a ping between fragments",
                        all(frame(0x01, "a"), frame(0x89, "p"), frame(0x80, "b")),
                        "ping 1",
                        "text ab"),
                row("an empty ping and a pong", all(frame(0x89, ""), frame(0x8a, "x")), "ping 0", "pong"),
                row("the largest ping", frame(0x89, new byte[125]), "ping 125"),
                row("a close without a code", frame(0x88, ""), "close 1005 "),
                row("a close", FrameClient.closeFrame(1000, "bye"), "close 1000 bye"),
                row("a close of the app's own", FrameClient.closeFrame(4999, ""), "close 4999 "),
                row("a frame without a mask", hex("8100"), "1002 a frame from the client must be masked"),
                row("RSV1", frame(0xc1, ""), reserved),
                row("RSV2", frame(0xa1, ""), reserved),
                row("RSV3", frame(0x91, ""), reserved),
                row("opcode 3", frame(0x83, ""), "1002 unknown opcode 3"),
                row("opcode 7", frame(0x87, ""), "1002 unknown opcode 7"),
                row("opcode 11", frame(0x8b, ""), "1002 unknown opcode 11"),
                row("opcode 15", frame(0x8f, ""), "1002 unknown opcode 15"),
                row("a fragmented ping", frame(0x09, ""), control),
                row("a ping that is too large", frame(0x89, new byte[126]), control),
                row("a close that is too large", header(0x88, 126), control),
                row("125 in two bytes", hex("82fe007d00000000"), shortest),
                row("65535 in eight bytes", hex("82ff000000000000ffff00000000"), shortest),
                row("a length below 0", hex("82ff800000000001000000000000"), shortest),
                row("the end of no message", frame(0x80, ""), "1002 a continuation frame without a message"),
                row(
                        "a message within another",
                        all(frame(0x01, "a"), frame(0x81, "b")),
                        "1002 a new message before the end of the last one"),
                row("a message that is too large", header(0x82, MAX + 1), "1009 a message has at most 1000 bytes"),
                row("the largest length", header(0x82, Long.MAX_VALUE), "1009 a message has at most 1000 bytes"),
                row(
                        "fragments that are too large",
                        all(frame(0x02, new byte[MAX]), header(0x00, 1)),
                        "1009 a message has at most 1000 bytes"),
                row("text that is not UTF-8", frame(0x81, hex("c328")), "1007 a text message is not UTF-8"),
                row("half a character", frame(0x81, hex("c3")), "1007 a text message is not UTF-8"),
                row("a surrogate", frame(0x81, hex("eda080")), "1007 a text message is not UTF-8"),
                row("an overlong slash", frame(0x81, hex("c0af")), "1007 a text message is not UTF-8"),
                row(
                        "a close with one byte",
                        frame(0x88, hex("03")),
                        "1002 a close frame has a code of two bytes, or nothing"),
                row(
                        "a close whose reason is not UTF-8",
                        frame(0x88, hex("03e8ff")),
                        "1007 the reason of a close frame is not UTF-8"));
    }

    private static List<String> events(byte[] bytes, int piece) {
        WebSocketFrames frames = new WebSocketFrames(MAX, size -> true);
        List<String> events = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += piece) {
            ByteBuffer in = ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at));
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
        if (event instanceof WebSocketEvent.Data data) {
            return data.message() instanceof WebSocket.Text text
                    ? "text " + text.text()
                    : "binary " + ((WebSocket.Binary) data.message()).bytes().length;
        }
        if (event instanceof WebSocketEvent.Ping ping) {
            return "ping " + ping.payload().length;
        }
        if (event instanceof WebSocketEvent.Close close) {
            return "close " + close.code() + " " + close.reason();
        }
        return event instanceof WebSocketEvent.Violation violation
                ? violation.code() + " " + violation.reason()
                : "pong";
    }

    @ParameterizedTest
    @MethodSource("rows")
    void reads_the_same_however_the_bytes_are_cut(Row row) {
        for (int piece : new int[] {row.bytes().length, 1, 3}) {
            assertThat(events(row.bytes(), piece)).isEqualTo(row.events());
        }
    }

    @Test
    void takes_the_close_codes_of_the_registry_and_no_others() {
        for (int code : new int[] {1000, 1001, 1002, 1003, 1007, 1014, 3000, 4999}) {
            assertThat(events(FrameClient.closeFrame(code, ""), 8)).containsExactly("close " + code + " ");
        }
        for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535}) {
            assertThat(events(FrameClient.closeFrame(code, ""), 8))
                    .containsExactly("1002 a close frame must not have the code " + code);
        }
    }

    @Test
    void holds_what_has_come_and_not_what_was_announced() {
        AtomicInteger reserved = new AtomicInteger();
        WebSocketFrames frames = new WebSocketFrames(64 << 20, bytes -> {
            reserved.addAndGet(bytes);
            return true;
        });
        assertThat(frames.next(ByteBuffer.wrap(header(0x82, 60 << 20)))).isNull();
        assertThat(reserved.get()).isZero();
        assertThat(frames.next(ByteBuffer.allocate(1))).isNull();
        assertThat(reserved.get()).isLessThanOrEqualTo(16 * 1024);
        assertThat(frames.next(ByteBuffer.allocate(1 << 20))).isNull();
        assertThat(reserved.get()).isLessThanOrEqualTo(2 << 20);
        assertThat(frames.takeReserved()).isEqualTo(reserved.get());
    }

    @Test
    void rejects_a_message_for_which_there_is_no_room() {
        WebSocketFrames frames = new WebSocketFrames(MAX, bytes -> false);
        assertThat(frames.next(ByteBuffer.wrap(frame(0x81, "x"))))
                .isEqualTo(new WebSocketEvent.Violation(1013, "no room for the message at the moment"));
        frames.discardMessages();
        assertThat(frames.takeReserved()).isZero();
    }

    @Test
    void finds_the_close_frame_behind_a_message_that_is_too_large() {
        WebSocketFrames frames = new WebSocketFrames(MAX, bytes -> true);
        ByteBuffer in = ByteBuffer.wrap(
                all(frame(0x01, new byte[MAX]), frame(0x00, new byte[5 * MAX]), FrameClient.closeFrame(1009, "")));
        assertThat(frames.next(in)).isInstanceOf(WebSocketEvent.Violation.class);
        frames.discardMessages();
        assertThat(frames.next(in)).isEqualTo(new WebSocketEvent.Close(1009, ""));
    }
}
