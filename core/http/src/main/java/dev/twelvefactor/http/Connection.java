package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A connection below Undertow: it sees every byte that is read, so that the drain knows which connections are idle. It belongs to the IO thread
 * and is touched by no other.
 */
final class Connection extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private final StreamConnection channel;
    private int inFlight;
    private volatile String current = "";
    private boolean partlyRead;
    private boolean used;

    Connection(StreamConnection channel) {
        super(channel.getSourceChannel().getConduit());
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return (int) seen(super.read(target));
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return seen(super.read(targets, offset, length));
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return seen(super.transferTo(position, count, target));
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return seen(super.transferTo(count, throughBuffer, target));
    }

    private long seen(long bytes) {
        if (bytes > 0) {
            partlyRead = true;
        }
        return bytes;
    }

    void requestBegins(String what) {
        inFlight++;
        current = what;
    }

    /** A request is answered; {@code moreWaits} says whether bytes behind it were read already (pipelining). */
    void requestEnds(boolean moreWaits) {
        inFlight--;
        used = true;
        partlyRead = moreWaits;
    }

    /** Whether it has been answered at least once: a fresh one may have its first request on the way. */
    boolean used() {
        return used;
    }

    boolean busy() {
        return inFlight > 0 || partlyRead;
    }

    /** The request that it carries: {@code GET /path}. */
    String current() {
        return current;
    }

    /** What it is busy with, for a person. */
    String describe() {
        return inFlight > 0
                ? current + " (on its way to or from the client)"
                : "a request of which only a part has come";
    }

    /** Closes it, unless there is something to answer: what can be read now is read first. */
    void closeIfIdle() {
        if (busy() || !channel.isOpen()) {
            return;
        }
        ChannelListeners.invokeChannelListener(
                channel.getSourceChannel(), channel.getSourceChannel().getReadListener());
        if (!busy()) {
            close();
        }
    }

    void close() {
        IoUtils.safeClose(channel);
    }
}
