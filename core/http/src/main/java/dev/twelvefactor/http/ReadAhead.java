package dev.twelvefactor.http;

import java.nio.ByteBuffer;

/** What a client has sent behind the request that is being read: it is read when that one is answered. */
final class ReadAhead {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private ByteBuffer bytes = NOTHING;

    boolean isEmpty() {
        return !bytes.hasRemaining();
    }

    /** Bytes that come before what is here. */
    void add(ByteBuffer from, int start, int end) {
        bytes = ByteBuffer.allocate(end - start + bytes.remaining())
                .put(from.slice(start, end - start))
                .put(bytes)
                .flip();
    }

    /** How many there was room for. */
    int moveTo(ByteBuffer target) {
        int some = Math.min(target.remaining(), bytes.remaining());
        target.put(bytes.slice(bytes.position(), some));
        bytes.position(bytes.position() + some);
        if (isEmpty()) {
            bytes = NOTHING;
        }
        return some;
    }
}
