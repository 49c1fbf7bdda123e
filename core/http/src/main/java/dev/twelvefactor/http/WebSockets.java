package dev.twelvefactor.http;

import java.util.concurrent.atomic.AtomicLong;

/** What all WebSockets of a server share: their settings, the memory for their messages, and their counts. */
final class WebSockets {
    private final WebSocketSettings settings;
    private final WebSocketMeters meters = new WebSocketMeters();
    private final AtomicLong messageBytes = new AtomicLong();
    private final AtomicLong offeredBytes = new AtomicLong();
    /** Apart from the bodies of requests, which have their own. */
    private final long maxMessageBytes = Runtime.getRuntime().maxMemory() / 8;

    WebSockets(WebSocketSettings settings) {
        this.settings = settings;
    }

    WebSocketSettings settings() {
        return settings;
    }

    WebSocketMeters meters() {
        return meters;
    }

    /** Makes room for a part of a message. False if all messages together would take more than an eighth of the heap. */
    boolean reserve(int bytes) {
        return reserve(messageBytes, bytes);
    }

    /** The same for a message that nobody waits for until it is sent: apart, so that clients that read nothing keep no other from sending. */
    boolean reserveOffered(int bytes) {
        return reserve(offeredBytes, bytes);
    }

    void releaseOffered(int bytes) {
        offeredBytes.addAndGet(-bytes);
    }

    private boolean reserve(AtomicLong reserved, int bytes) {
        if (reserved.addAndGet(bytes) <= maxMessageBytes) {
            return true;
        }
        reserved.addAndGet(-bytes);
        return false;
    }

    void release(int bytes) {
        messageBytes.addAndGet(-bytes);
    }

    /** The bytes that messages take now. */
    long reserved() {
        return messageBytes.get() + offeredBytes.get();
    }
}
