package dev.twelvefactor.logging;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whole lines to a file descriptor, by one thread of its own: it writes as soon as there is a line, and what comes while it writes goes out together in the
 * next write, as databases commit (group commit; DeWitt and others, "Implementation Techniques for Main Memory Database Systems", 1984). Nothing is lost: who
 * finds no room waits, and at the end of the JVM each line is out when its call returns.
 *
 * <p>It writes to the descriptor itself, since {@code System.out} would hide that it is closed.
 */
final class GroupCommit implements EventStream {
    /** As much as a pipe takes at once by default. */
    private static final int CHUNK = 64 * 1024;

    /** All that is in hand at the most, what is being written included. */
    static final int MOST_IN_HAND = 1024 * 1024;

    private static final int MOST_WAITING = MOST_IN_HAND - CHUNK;
    /** With this much waiting, the writer does not wait. */
    private static final int MUCH = MOST_IN_HAND / 4;

    /** After a write the writer lets this much time pass, so that a busy process does not pay a system call for each event. */
    private static final long PACE_NANOS = 10_000_000;

    private static final long FULL_PAUSE_NANOS = 2_000_000;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 100 : 0;

    private final WritableByteChannel out;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final Condition turn = lock.newCondition();

    private byte[] ring = new byte[32 * 1024];
    private int head;
    private int waiting;
    private boolean taking;
    private boolean idle = true;
    private boolean urgent;
    private boolean immediate;
    private boolean started;
    private long accepted;
    private long done;
    private long events;
    private long writes;
    private long lost;
    private long blockedNanos;
    private int waiters;
    private long waitersSince = System.nanoTime();

    GroupCommit(WritableByteChannel out) {
        this.out = out;
    }

    @SuppressWarnings("resource") // The process's own stdout is nobody's to close.
    static GroupCommit stdout() {
        return new GroupCommit(new FileOutputStream(FileDescriptor.out).getChannel());
    }

    @Override
    public void write(byte[] line, int length, boolean mustBeOut) {
        lockSoon();
        try {
            start();
            while (taking) {
                waits(1);
                turn.awaitUninterruptibly();
                waits(-1);
            }
            take(line, length);
            events++;
            if (mustBeOut || immediate) {
                awaitDone(accepted, Long.MAX_VALUE);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Who holds it copies a line, which is over sooner than a thread is put to sleep and woken up. */
    private void lockSoon() {
        for (int spin = 0; spin < SPINS; spin++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    @Override
    public boolean flush(Duration longest) {
        lock.lock();
        try {
            return awaitDone(accepted, longest.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : longest.toNanos());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public LogStatistics statistics() {
        lock.lock();
        try {
            waits(0);
            return new LogStatistics(
                    events, done - lost, writes, accepted - done, Duration.ofNanos(blockedNanos), lost);
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        if (started) {
            return;
        }
        new Writer().start();
        started = true;
        try {
            Runtime.getRuntime().addShutdownHook(new EndOfJvm());
        } catch (IllegalStateException e) {
            // The JVM is ending already.
            immediate = true;
        }
    }

    /** Other hooks may log beside this one: from here on nobody leaves before his line is out. */
    private final class EndOfJvm extends Thread {
        EndOfJvm() {
            super("log-flush");
        }

        @Override
        public void run() {
            lock.lock();
            try {
                immediate = true;
                while (taking) {
                    turn.awaitUninterruptibly();
                }
                awaitDone(accepted, Long.MAX_VALUE);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Takes a line whole; one that is larger than all the room there is, piece by piece, and nobody else's between them. */
    private void take(byte[] line, int length) {
        int taken = 0;
        try {
            while (true) {
                int room = MOST_WAITING - waiting;
                if (length <= room || length > MOST_WAITING) {
                    int some = Math.min(length - taken, room);
                    put(line, taken, some);
                    taken += some;
                }
                if (taken == length) {
                    break;
                }
                taking = true;
                waits(1);
                progress.awaitUninterruptibly();
                waits(-1);
            }
        } finally {
            if (taking) {
                taking = false;
                turn.signalAll();
            }
        }
    }

    /** More or fewer callers wait for the reader from now on. */
    private void waits(int more) {
        long now = System.nanoTime();
        blockedNanos += waiters * (now - waitersSince);
        waitersSince = now;
        waiters += more;
    }

    private void put(byte[] line, int from, int length) {
        if (ring.length - waiting < length) {
            grow(waiting + length);
        }
        int at = (head + waiting) % ring.length;
        int first = Math.min(length, ring.length - at);
        System.arraycopy(line, from, ring, at, first);
        System.arraycopy(line, from + first, ring, 0, length - first);
        waiting += length;
        accepted += length;
        if (idle || (waiting >= MUCH && waiting - length < MUCH)) {
            idle = false;
            work.signal();
        }
    }

    private void grow(int needed) {
        byte[] larger = new byte[Math.min(MOST_WAITING, Math.max(ring.length * 2, needed))];
        int first = Math.min(waiting, ring.length - head);
        System.arraycopy(ring, head, larger, 0, first);
        System.arraycopy(ring, 0, larger, first, waiting - first);
        ring = larger;
        head = 0;
    }

    private boolean awaitDone(long position, long nanos) {
        boolean interrupted = false;
        long left = nanos;
        while (done < position && left > 0) {
            urgent = true;
            work.signal();
            try {
                left = progress.awaitNanos(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return done >= position;
    }

    /** The one thread that writes. */
    private final class Writer extends Thread {
        /** Whether the last chunk left something behind. */
        private boolean more;

        private boolean broken;
        private boolean reported;
        /** How much the chunk has and is not accounted for yet, and how much of that is out. */
        private int taken;

        private int written;
        private byte lastTaken = '\n';
        private byte lastOut = '\n';

        Writer() {
            super("log-writer");
            setDaemon(true);
        }

        /** An interrupt would close the channel, and stdout with it. */
        @Override
        public void interrupt() {}

        /** Whatever happens here, an error too, it goes on: without it nobody who logs would, and the JVM would not end. */
        @Override
        public void run() {
            while (true) {
                try {
                    account();
                    fill();
                    write();
                } catch (Throwable e) {
                    broken = true;
                    LockSupport.parkNanos(FULL_PAUSE_NANOS);
                }
            }
        }

        private void account() {
            lock.lock();
            try {
                if (taken > 0) {
                    done += taken;
                    lost += taken - written;
                    writes++;
                    taken = 0;
                    written = 0;
                    progress.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        /** Waits until there is something to write, and takes as much of it as goes out at once. */
        private void fill() {
            lock.lock();
            try {
                long pause = more ? 0 : PACE_NANOS;
                while (pause > 0 && !urgent && waiting < MUCH) {
                    pause = work.awaitNanos(pause);
                }
                while (waiting == 0) {
                    idle = true;
                    work.awaitUninterruptibly();
                }
                idle = false;
                chunk.clear();
                int some = wholeLines(Math.min(waiting, CHUNK));
                int first = Math.min(some, ring.length - head);
                chunk.put(ring, head, first).put(ring, 0, some - first);
                head = (head + some) % ring.length;
                waiting -= some;
                taken = some;
                chunk.flip();
                more = waiting > 0;
                urgent = urgent && more;
            } catch (InterruptedException e) {
                throw new IllegalStateException("this thread takes no interrupts", e);
            } finally {
                lock.unlock();
            }
        }

        /** As much of it as are whole lines, so that the JVM can end behind any chunk; all of it if a line is longer than that. */
        private int wholeLines(int most) {
            for (int length = most; length > 0; length--) {
                if (ring[(head + length - 1) % ring.length] == '\n') {
                    return length;
                }
            }
            return most;
        }

        /** Writes the chunk; less than all of it only if the stream has failed, now or before. */
        private void write() {
            int from = chunk.position();
            try {
                if (broken) {
                    skipRest();
                    from = chunk.position();
                    mend();
                }
                while (chunk.hasRemaining()) {
                    // A descriptor that whoever started us has made non-blocking says that it is full where others
                    // wait: then the wait is ours.
                    if (out.write(chunk) == 0) {
                        LockSupport.parkNanos(FULL_PAUSE_NANOS);
                    }
                }
            } catch (IOException e) {
                broken = true;
                report(e);
            } finally {
                written = chunk.position() - from;
                if (written > 0) {
                    lastOut = chunk.get(chunk.position() - 1);
                }
                lastTaken = chunk.get(chunk.limit() - 1);
            }
        }

        /** A line whose beginning is lost is left out. */
        private void skipRest() {
            while (lastTaken != '\n' && chunk.hasRemaining()) {
                lastTaken = chunk.get();
            }
        }

        /** One whose end is lost is ended, and what follows is whole again. */
        private void mend() throws IOException {
            if (lastOut != '\n' && chunk.hasRemaining()) {
                ByteBuffer newline = ByteBuffer.wrap(new byte[] {'\n'});
                while (out.write(newline) == 0) {
                    LockSupport.parkNanos(FULL_PAUSE_NANOS);
                }
                lastOut = '\n';
            }
            broken = !chunk.hasRemaining();
        }

        /** To the descriptor itself: {@code System.err} may be anything by now, this log too. */
        private void report(IOException e) {
            if (!reported) {
                reported = true;
                new PrintStream(new FileOutputStream(FileDescriptor.err), true)
                        .println("The log cannot be written any more: " + e.getMessage());
            }
        }
    }
}
