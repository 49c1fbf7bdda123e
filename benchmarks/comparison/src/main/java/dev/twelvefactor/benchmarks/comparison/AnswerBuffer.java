package dev.twelvefactor.benchmarks.comparison;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The bytes of one answer over HTTP/1.1 as they come, with a length or in chunks. */
final class AnswerBuffer {
    private static final String LENGTH = "\r\ncontent-length:";

    private ByteBuffer bytes = ByteBuffer.allocate(16 * 1024);

    /** Takes what is there. */
    void readFrom(ReadableByteChannel channel) throws IOException {
        if (!bytes.hasRemaining()) {
            bytes = ByteBuffer.allocate(bytes.capacity() * 2).put(bytes.flip());
        }
        if (channel.read(bytes) < 0) {
            throw new EOFException("the connection was closed after " + bytes.position() + " bytes of an answer");
        }
    }

    void clear() {
        bytes.clear();
    }

    boolean isComplete() {
        int body = bodyAt();
        if (body < 0) {
            return false;
        }
        String head = text(0, body).toLowerCase(Locale.ROOT);
        int length = head.indexOf(LENGTH);
        if (length >= 0) {
            int from = length + LENGTH.length();
            return bytes.position()
                    >= body
                            + Integer.parseInt(head.substring(from, head.indexOf('\r', from))
                                    .strip());
        }
        return !head.contains("\r\ntransfer-encoding:") || lastChunkHasCome(body);
    }

    int status() {
        return Integer.parseInt(text(9, 12));
    }

    @Override
    public String toString() {
        return text(0, bytes.position());
    }

    private int bodyAt() {
        for (int at = 3; at < bytes.position(); at++) {
            if (bytes.get(at) == '\n' && bytes.get(at - 1) == '\r' && bytes.get(at - 2) == '\n') {
                return at + 1;
            }
        }
        return -1;
    }

    private boolean lastChunkHasCome(int body) {
        int at = body;
        while (true) {
            int end = at;
            while (end < bytes.position() && bytes.get(end) != '\n') {
                end++;
            }
            if (end >= bytes.position()) {
                return false;
            }
            int size =
                    Integer.parseInt(text(at, end).replaceFirst("[;\r].*", "").strip(), 16);
            at = end + 1 + size + 2;
            if (size == 0) {
                return bytes.position() >= at;
            }
            if (at > bytes.position()) {
                return false;
            }
        }
    }

    private String text(int from, int to) {
        return new String(bytes.array(), from, to - from, StandardCharsets.ISO_8859_1);
    }
}
