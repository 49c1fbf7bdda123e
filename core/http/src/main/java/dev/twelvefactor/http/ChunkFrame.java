package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Makes one chunk of all the data that has come, however many chunks the client has made of it. Undertow copies what is left in its buffer for each chunk, so
 * that chunks of one byte would cost it thousands of times what the same data costs in one.
 */
final class ChunkFrame {
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int SIZE_DIGITS = 4;

    static final int MAX_DATA = 0xffff;
    /** The most bytes after the data. */
    static final int ROOM_AFTER = LINE_END.length + END.length;

    /** Whether a chunk has been given, whose end of line comes with the next: Undertow would look for nothing else once it has only that. */
    private boolean begun;

    /** For the next body. */
    void restart() {
        begun = false;
    }

    /** The number of bytes before the data. */
    int roomBefore() {
        return (begun ? LINE_END.length : 0) + SIZE_DIGITS + LINE_END.length;
    }

    /**
     * Puts the frame around data that stands in the buffer after {@link #roomBefore}, and moves the buffer's position to its end.
     *
     * @param last whether the body ends with this data
     * @return how many bytes were added; 0 if there is nothing to give yet
     */
    int around(ByteBuffer target, int data, boolean last) {
        int start = target.position();
        if (data > 0) {
            int end = start + roomBefore() + data;
            if (begun) {
                target.put(LINE_END);
            }
            for (int shift = 4 * (SIZE_DIGITS - 1); shift >= 0; shift -= 4) {
                target.put((byte) Character.forDigit(data >> shift & 0xf, 16));
            }
            target.put(LINE_END).position(end);
            begun = true;
        }
        if (last) {
            if (begun) {
                target.put(LINE_END);
            }
            target.put(END);
        }
        return target.position() - start;
    }
}
