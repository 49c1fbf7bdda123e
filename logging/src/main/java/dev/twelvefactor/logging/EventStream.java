package dev.twelvefactor.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

/** Where the lines of a log go, whole and one after the other. */
sealed interface EventStream permits GroupCommit, EventStream.Unbuffered {
    /**
     * Takes a line. It is not lost from here on, unless the stream itself is.
     *
     * @param urgent whether the call returns only once the line is out
     */
    void write(byte[] line, int length, boolean urgent);

    /** Waits until all that was taken is out. False if that takes longer than this. */
    boolean flush(Duration longest);

    /** What the stream has done so far. */
    LogStatistics statistics();

    /** A stream that is not the process's own: every line is out when its call returns. */
    final class Unbuffered implements EventStream {
        private final OutputStream out;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean failed;

        Unbuffered(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(byte[] line, int length, boolean urgent) {
            lock.lock();
            try {
                out.write(line, 0, length);
                out.flush();
            } catch (IOException | RuntimeException e) {
                if (!failed) {
                    failed = true;
                    System.err.println("The log cannot be written any more: " + e.getMessage());
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean flush(Duration longest) {
            return true;
        }

        @Override
        public LogStatistics statistics() {
            return LogStatistics.NONE;
        }
    }
}
