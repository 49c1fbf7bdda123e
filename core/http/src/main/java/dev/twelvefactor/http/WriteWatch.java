package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.xnio.Buffers;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Knows since when a client takes nothing of what is to be written. XNIO's own clock also counts the time in which there is nothing to write, and then ends a
 * response as if it were whole.
 */
final class WriteWatch extends AbstractStreamSinkConduit<StreamSinkConduit> {
    /** 0 if the client has taken all. */
    private long stalledSince;

    WriteWatch(StreamSinkConduit next) {
        super(next);
    }

    boolean stalled(long now, Duration limit) {
        return stalledSince != 0 && now - stalledSince > limit.toNanos();
    }

    /** Whether the client has yet to take something. */
    boolean waits() {
        return stalledSince != 0;
    }

    void postpone(Pause pause) {
        stalledSince = stalledSince == 0 ? 0 : pause.postponed(stalledSince);
    }

    private void note(long written, boolean rest) {
        if (!rest) {
            stalledSince = 0;
        } else if (written > 0 || stalledSince == 0) {
            stalledSince = System.nanoTime();
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int written = next.write(from);
        note(written, from.hasRemaining());
        return written;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        long written = next.write(from, offset, length);
        note(written, Buffers.hasRemaining(from, offset, length));
        return written;
    }

    @Override
    public int writeFinal(ByteBuffer from) throws IOException {
        int written = next.writeFinal(from);
        note(written, from.hasRemaining());
        return written;
    }

    @Override
    public long writeFinal(ByteBuffer[] from, int offset, int length) throws IOException {
        long written = next.writeFinal(from, offset, length);
        note(written, Buffers.hasRemaining(from, offset, length));
        return written;
    }
}
