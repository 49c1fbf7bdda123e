package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.xnio.Buffers;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Knows since when a client takes nothing of what is to be written. XNIO's own clock also counts the time in which there is nothing to write, and then ends a
 * response as if it were whole.
 */
final class WriteWatch extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final BooleanSupplier rejects;
    /** 0 if the client has taken all. */
    private long stalledSince;

    /** {@code rejects} is asked before each write whether the bytes must not reach the client. */
    WriteWatch(StreamSinkConduit next, BooleanSupplier rejects) {
        super(next);
        this.rejects = rejects;
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
        if (rejects.getAsBoolean()) {
            return 0;
        }
        int written = next.write(from);
        note(written, from.hasRemaining());
        return written;
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        if (rejects.getAsBoolean()) {
            return 0;
        }
        long written = next.write(from, offset, length);
        note(written, Buffers.hasRemaining(from, offset, length));
        return written;
    }

    @Override
    public int writeFinal(ByteBuffer from) throws IOException {
        if (rejects.getAsBoolean()) {
            return 0;
        }
        int written = next.writeFinal(from);
        note(written, from.hasRemaining());
        return written;
    }

    @Override
    public long writeFinal(ByteBuffer[] from, int offset, int length) throws IOException {
        if (rejects.getAsBoolean()) {
            return 0;
        }
        long written = next.writeFinal(from, offset, length);
        note(written, Buffers.hasRemaining(from, offset, length));
        return written;
    }
}
