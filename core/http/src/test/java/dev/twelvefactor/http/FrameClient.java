package dev.twelvefactor.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A WebSocket client that sends frames as a test wants them, right or wrong. */
final class FrameClient implements AutoCloseable {
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
    private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};

    private final RawClient client;

    private FrameClient(RawClient client) {
        this.client = client;
    }

    static String handshake(String path, String... fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n"
                + String.join("", fields) + "\r\n";
    }

    static FrameClient open(RunningServer server, String path) throws IOException {
        RawClient client = server.connect();
        client.send(handshake(path));
        client.readUntil("\r\n\r\n");
        return new FrameClient(client);
    }

    /** A masked frame; {@code first} is its first byte: FIN, the reserved bits and the opcode. */
    static byte[] frame(int first, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(header(first, payload.length));
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ MASK[i & 3]);
        }
        return frame.toByteArray();
    }

    static byte[] frame(int first, String text) {
        return frame(first, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The head of a frame that announces so many bytes. */
    static byte[] header(int first, long length) {
        ByteBuffer head = ByteBuffer.allocate(14).put((byte) first);
        if (length < 126) {
            head.put((byte) (0x80 | length));
        } else if (length < 1 << 16) {
            head.put((byte) 0xfe).putShort((short) length);
        } else {
            head.put((byte) 0xff).putLong(length);
        }
        head.put(MASK).flip();
        byte[] bytes = new byte[head.remaining()];
        head.get(bytes);
        return bytes;
    }

    static byte[] closeFrame(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return frame(
                0x88,
                ByteBuffer.allocate(2 + text.length)
                        .putShort((short) code)
                        .put(text)
                        .array());
    }

    static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replace(" ", ""));
    }

    FrameClient send(byte[] bytes) throws IOException {
        client.send(bytes);
        return this;
    }

    /** The next frame as text: {@code text hello}, {@code binary 0102}, {@code ping 01}, {@code close 1000 reason}; {@code end} after the last. */
    String next() throws IOException {
        DataInputStream in = new DataInputStream(client.in());
        try {
            int first = in.readUnsignedByte();
            int length = in.readUnsignedByte();
            long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            byte[] payload = new byte[(int) size];
            in.readFully(payload);
            return switch (first) {
                case 0x81 -> "text " + new String(payload, StandardCharsets.UTF_8);
                case 0x82 -> "binary " + HexFormat.of().formatHex(payload);
                case 0x88 -> closed(payload);
                case 0x89 -> "ping " + HexFormat.of().formatHex(payload);
                case 0x8a -> "pong " + HexFormat.of().formatHex(payload);
                default -> "frame " + Integer.toHexString(first);
            };
        } catch (EOFException | SocketException e) {
            return "end";
        }
    }

    private static String closed(byte[] payload) {
        if (payload.length == 0) {
            return "close";
        }
        ByteBuffer bytes = ByteBuffer.wrap(payload);
        return ("close " + (bytes.getShort() & 0xffff) + " " + StandardCharsets.UTF_8.decode(bytes)).strip();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
