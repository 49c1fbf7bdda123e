package dev.twelvefactor.app;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stdin that remembers whether somebody has read up to its end: where a platform runs a task, there is none. */
final class EndOfInput extends FilterInputStream {
    private volatile boolean reached;

    EndOfInput(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        return seen(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return seen(super.read(bytes, offset, length));
    }

    private int seen(int read) {
        reached = reached || read < 0;
        return read;
    }

    boolean reached() {
        return reached;
    }
}
