package dev.twelvefactor.http;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/** The messages that have been read and not been received yet, between the IO thread and the handler's. */
final class WebSocketInbox {
    private static final int MAX_MESSAGES = 16;

    private final int maxBytes;
    private final IntConsumer release;
    private final Runnable resume;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<WebSocketEvent.Data> messages = new ArrayDeque<>();
    private int bytes;
    /** What is reserved for the message that the handler is at work on. */
    private int reserved;

    private boolean busy;
    private boolean ended;

    /**
     * An empty one.
     *
     * @param release gives the bytes back that were reserved for a message
     * @param resume reads on after it was full
     */
    WebSocketInbox(int maxBytes, IntConsumer release, Runnable resume) {
        this.maxBytes = maxBytes;
        this.release = release;
        this.resume = resume;
    }

    void add(WebSocketEvent.Data message) {
        lock.lock();
        try {
            if (ended) {
                release.accept(message.reserved());
                return;
            }
            messages.add(message);
            bytes += message.reserved();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the client has to wait until the handler has received something. */
    boolean full() {
        lock.lock();
        try {
            return isFull();
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return messages.size() >= MAX_MESSAGES || bytes >= maxBytes;
    }

    /** Waits for the next message; empty once there will be no more. The handler is done with the one before. */
    Optional<WebSocket.Message> take() throws InterruptedException {
        boolean wasFull;
        WebSocketEvent.Data message;
        lock.lockInterruptibly();
        try {
            done();
            while (messages.isEmpty() && !ended) {
                changed.await();
            }
            wasFull = isFull();
            message = messages.poll();
            if (message != null) {
                bytes -= message.reserved();
                reserved = message.reserved();
                busy = true;
            }
        } finally {
            lock.unlock();
        }
        if (wasFull) {
            resume.run();
        }
        return Optional.ofNullable(message).map(WebSocketEvent.Data::message);
    }

    private void done() {
        busy = false;
        release.accept(reserved);
        reserved = 0;
    }

    /** Whether the handler has nothing that it may want to answer. */
    boolean idle() {
        lock.lock();
        try {
            return !busy && messages.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** No more messages come; those that are here can still be received. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The handler has ended: nobody receives what is left. */
    void clear() {
        lock.lock();
        try {
            done();
            messages.forEach(message -> release.accept(message.reserved()));
            messages.clear();
            bytes = 0;
            ended = true;
        } finally {
            lock.unlock();
        }
    }
}
