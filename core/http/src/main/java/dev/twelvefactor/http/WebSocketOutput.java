package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * The frames on their way to the client, one after the other. Any thread may add messages; the rest belongs to the IO thread. Control frames go first. Of pongs
 * only the newest is kept (RFC 6455, 5.5.3), so that a client that pings and never reads fills no memory.
 */
final class WebSocketOutput {
    private static final int PIECE = 64 * 1024;
    /** What a frame that waits takes besides its payload, about. */
    static final int OVERHEAD = 256;

    private static final int FRAMES_AT_ONCE = 64;
    private static final byte[] NOTHING = {};

    private final StreamConnection channel;
    private final Runnable lost;
    private final ConduitStreamSinkChannel sink;
    private final Queue<Frame> messages = new ConcurrentLinkedQueue<>();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean ended;

    private @Nullable Frame current;
    private @Nullable Frame pong;
    private @Nullable Frame ping;
    private @Nullable Frame close;
    private boolean closeSent;

    /** A frame that has not been written as a whole. */
    static final class Frame {
        private final ByteBuffer head;
        private final ByteBuffer payload;
        private final int size;
        private final CompletableFuture<Void> written = new CompletableFuture<>();

        Frame(int opcode, byte[] payload) {
            this.size = payload.length + OVERHEAD;
            // A small one goes out in one piece.
            boolean whole = payload.length <= PIECE / 4;
            this.head = header(opcode, payload.length, whole ? payload : NOTHING);
            this.payload = ByteBuffer.wrap(whole ? NOTHING : payload);
        }

        private static ByteBuffer header(int opcode, int length, byte[] payload) {
            ByteBuffer head = ByteBuffer.allocate(10 + payload.length);
            head.put((byte) (0x80 | opcode));
            if (length < 126) {
                head.put((byte) length);
            } else if (length < 1 << 16) {
                head.put((byte) 126).putShort((short) length);
            } else {
                head.put((byte) 127).putLong(length);
            }
            return head.put(payload).flip();
        }

        /** Whether all of it is written; else the client has to take something first. */
        boolean writeTo(ConduitStreamSinkChannel sink) throws IOException {
            return write(head, sink) && write(payload, sink);
        }

        private static boolean write(ByteBuffer bytes, ConduitStreamSinkChannel sink) throws IOException {
            int limit = bytes.limit();
            while (bytes.hasRemaining()) {
                // The JDK copies all of a heap buffer for each write, however little the socket takes.
                bytes.limit(Math.min(limit, bytes.position() + PIECE));
                int some;
                try {
                    some = sink.write(bytes);
                } finally {
                    bytes.limit(limit);
                }
                if (some == 0) {
                    return false;
                }
            }
            return true;
        }
    }

    /** {@code lost} runs before the senders get to know that the connection has failed. */
    WebSocketOutput(StreamConnection channel, Runnable lost) {
        this.channel = channel;
        this.lost = lost;
        this.sink = channel.getSinkChannel();
    }

    /** Adds a message, from any thread. The result ends when the operating system has all of it, or fails when it never will. */
    CompletableFuture<Void> add(int opcode, byte[] payload) {
        Frame frame = new Frame(opcode, payload);
        queuedBytes.addAndGet(frame.size);
        messages.add(frame);
        schedule();
        return frame.written;
    }

    /** The memory of the messages that wait, in bytes. */
    long queuedBytes() {
        return queuedBytes.get();
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                channel.getIoThread().execute(this::flush);
            } catch (RejectedExecutionException e) {
                lost.run();
                failAll();
            }
        }
    }

    void pong(byte[] payload) {
        pong = new Frame(WebSocketFrames.PONG, payload);
        flush();
    }

    /** Sends a ping before the messages that wait, but not before the rest of the frame that is on its way. */
    void ping(Runnable whenSent) {
        Frame frame = new Frame(WebSocketFrames.PING, NOTHING);
        ping = frame;
        CompletableFuture<Void> unused = frame.written.thenRun(whenSent);
        flush();
    }

    /** Sends a close frame after the messages that wait, and nothing after it. */
    void close(int code, String reason, Runnable whenSent) {
        if (close == null) {
            Frame frame = new Frame(WebSocketFrames.CLOSE, closePayload(code, reason));
            close = frame;
            CompletableFuture<Void> unused = frame.written.thenRun(whenSent);
            flush();
        }
    }

    private static byte[] closePayload(int code, String reason) {
        if (code == WebSocket.NO_CODE) {
            return NOTHING;
        }
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + text.length)
                .putShort((short) code)
                .put(text)
                .array();
    }

    /** Sends a close frame if no other frame is on its way, as far as the operating system takes it at once. */
    void closeNow(int code) {
        if (current == null && !closeSent && !ended) {
            try {
                closeSent = new Frame(WebSocketFrames.CLOSE, closePayload(code, "")).writeTo(sink);
            } catch (IOException e) {
                // The client has gone first.
                failAll();
            }
        }
    }

    boolean closeSent() {
        return closeSent;
    }

    /** Drops the messages that wait. */
    void dropMessages() {
        Frame dropped = messages.poll();
        if (dropped == null) {
            return;
        }
        // One for all: a stack for each of thousands would hold up the IO thread.
        ClientGoneException gone = new ClientGoneException(null);
        for (; dropped != null; dropped = messages.poll()) {
            queuedBytes.addAndGet(-dropped.size);
            dropped.written.completeExceptionally(gone);
        }
    }

    /** Writes what the operating system takes. On the IO thread. */
    void flush() {
        scheduled.set(false);
        try {
            for (int i = 0; i < FRAMES_AT_ONCE; i++) {
                current = current == null ? next() : current;
                Frame frame = current;
                if (frame == null) {
                    waitUnless(sink.flush());
                    return;
                }
                if (!frame.writeTo(sink)) {
                    waitUnless(false);
                    return;
                }
                current = null;
                closeSent |= frame == close;
                frame.written.complete(null);
            }
            // The other connections of this thread are next.
            schedule();
        } catch (IOException e) {
            lost.run();
            failAll();
            IoUtils.safeClose(channel);
        }
    }

    private void waitUnless(boolean flushed) {
        if (flushed) {
            sink.suspendWrites();
        } else {
            sink.resumeWrites();
        }
    }

    private @Nullable Frame next() {
        if (ended || closeSent) {
            dropMessages();
            return null;
        }
        Frame control = pong != null ? pong : ping;
        if (control != null) {
            if (control == pong) {
                pong = null;
            } else {
                ping = null;
            }
            return control;
        }
        Frame message = messages.poll();
        if (message != null) {
            queuedBytes.addAndGet(-message.size);
            return message;
        }
        return close;
    }

    /** The connection is closed: nothing is written any more. */
    void failAll() {
        ended = true;
        Frame unwritten = current;
        current = null;
        if (unwritten != null) {
            unwritten.written.completeExceptionally(new ClientGoneException(null));
        }
        dropMessages();
    }
}
