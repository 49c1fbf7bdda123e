package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The last answer on a connection, given below Undertow to a client that may still be sending. To close with unread bytes resets the connection, and the
 * answer is lost on its way: they are read away first, for a while (RFC 9112, 9.6).
 */
final class LastAnswer {
    private static final long LINGER_NANOS = Duration.ofSeconds(2).toNanos();
    private static final int PIECE = 64 * 1024;

    private final StreamConnection channel;
    private final StreamSourceConduit source;
    private final StreamSinkConduit sink;
    private final ByteBuffer bytes;
    /** 0 until the client has all of it. */
    private long lingersSince;

    /** {@code source} and {@code sink} are what is below Undertow. */
    LastAnswer(
            StreamConnection channel,
            StreamSourceConduit source,
            StreamSinkConduit sink,
            Response response,
            boolean toHead) {
        this.channel = channel;
        this.source = source;
        this.sink = sink;
        this.bytes = ByteBuffer.wrap(bytes(response, toHead, Instant.now()));
    }

    /** The whole answer, as it is sent at this time. */
    static byte[] bytes(Response response, boolean toHead, Instant now) {
        boolean bodiless = response.status() == 204 || response.status() == 304;
        byte[] body = response.hasNoContent() ? new byte[0] : response.bytes();
        StringBuilder head = new StringBuilder()
                .append("HTTP/1.1 ")
                .append(response.status())
                .append(' ')
                .append(ReasonPhrase.of(response.status()))
                .append("\r\nConnection: close\r\nDate: ")
                .append(HttpDate.of(now))
                .append("\r\n");
        if (!bodiless) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        response.headers()
                .forEach((name, values) -> values.forEach(
                        value -> head.append(name).append(": ").append(value).append("\r\n")));
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        int sent = bodiless || toHead ? 0 : body.length;
        byte[] all = Arrays.copyOf(start, start.length + sent);
        System.arraycopy(body, 0, all, start.length, sent);
        return all;
    }

    void send() {
        channel.getSinkChannel().setWriteListener(ready -> write());
        write();
    }

    /** Whether the client has had the time to take it. */
    boolean lingeredOut(long now) {
        return lingersSince != 0 && now - lingersSince > LINGER_NANOS;
    }

    void postpone(Pause pause) {
        lingersSince = lingersSince == 0 ? 0 : pause.postponed(lingersSince);
    }

    private void write() {
        try {
            while (bytes.hasRemaining()) {
                ByteBuffer piece = bytes.slice();
                piece.limit(Math.min(piece.limit(), PIECE));
                int written = sink.write(piece);
                if (written == 0) {
                    sink.resumeWrites();
                    return;
                }
                bytes.position(bytes.position() + written);
            }
            if (!sink.flush()) {
                sink.resumeWrites();
                return;
            }
            sink.suspendWrites();
            sink.terminateWrites();
            sink.flush();
            lingersSince = System.nanoTime();
            channel.getSourceChannel().setReadListener(ready -> discard());
            channel.getSourceChannel().wakeupReads();
        } catch (IOException e) {
            IoUtils.safeClose(channel);
        }
    }

    /** A piece at a time, so that nobody else waits for it; the clock ends it. */
    private void discard() {
        try {
            if (source.read(ByteBuffer.allocate(PIECE)) >= 0) {
                return;
            }
        } catch (IOException e) {
            // The client has gone without reading on.
        }
        IoUtils.safeClose(channel);
    }
}
