package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often a channel is read from its beginning. */
class CountingChannel implements SeekableByteChannel {
    private final SeekableByteChannel channel;
    private final AtomicInteger beginnings;

    CountingChannel(SeekableByteChannel channel, AtomicInteger beginnings) {
        this.channel = channel;
        this.beginnings = beginnings;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (channel.position() == 0) {
            beginnings.incrementAndGet();
        }
        return channel.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        channel.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
        channel.truncate(size);
        return this;
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
