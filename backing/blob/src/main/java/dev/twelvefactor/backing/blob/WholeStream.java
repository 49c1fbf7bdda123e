package dev.twelvefactor.backing.blob;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that has to have as many bytes as were announced: the HTTP client of the JDK takes a connection that is cut for the end of what it carries. */
final class WholeStream extends FilterInputStream {
    private long left;

    WholeStream(InputStream in, long length) {
        super(in);
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        int read = super.read();
        count(read < 0 ? -1 : 1);
        return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        count(read);
        return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
        long skipped = super.skip(bytes);
        left -= skipped;
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void count(int read) throws EOFException {
        if (read < 0 && left > 0) {
            throw new EOFException("the connection ended " + left + " bytes before the blob");
        }
        left -= Math.max(0, read);
    }
}
