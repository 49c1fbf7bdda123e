package dev.twelvefactor.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whole lines to a file descriptor: each is out when its call returns, a full pipe blocks, and a closed one is said once on stderr.
 * {@code System.out} would hide that it is closed.
 */
final class EventStream {
    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean failed;

    EventStream(OutputStream out) {
        this.out = out;
    }

    static EventStream stdout() {
        return new EventStream(new FileOutputStream(FileDescriptor.out));
    }

    void write(byte[] line) {
        lock.lock();
        try {
            out.write(line);
            out.flush();
        } catch (IOException e) {
            if (!failed) {
                failed = true;
                System.err.println("The log cannot be written any more: " + e.getMessage());
            }
        } finally {
            lock.unlock();
        }
    }
}
