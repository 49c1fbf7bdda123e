package dev.twelvefactor.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whole lines to a file descriptor: each is out when its call returns, a full pipe blocks, and a closed one is said once on stderr.
 * {@code System.out} would hide that it is closed.
 */
final class EventStream {
    /** A pipe takes this much whole or not at all. */
    private static final int ATOMIC = 4096;

    private static final long PAUSE_NANOS = 2_000_000;

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
            for (int start = 0; start < line.length; start += ATOMIC) {
                write(line, start, Math.min(ATOMIC, line.length - start));
            }
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

    /** A descriptor that whoever started us has made non-blocking says that it is full where others wait: then the wait is ours. */
    private void write(byte[] line, int start, int length) throws IOException {
        boolean interrupted = false;
        while (true) {
            try {
                out.write(line, start, length);
                break;
            } catch (IOException e) {
                if (!String.valueOf(e.getMessage()).contains("Resource temporarily unavailable")) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
