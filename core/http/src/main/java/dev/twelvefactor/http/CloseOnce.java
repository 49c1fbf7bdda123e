package dev.twelvefactor.http;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handler has opened for the writer of its response. It is closed once, whatever becomes of the response. */
final class CloseOnce {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private final AutoCloseable resource;
    private final AtomicBoolean closed = new AtomicBoolean();

    CloseOnce(AutoCloseable resource) {
        this.resource = resource;
    }

    /** Closes it unless that was done before. A failure is logged: the response is over by now, or has failed for a reason of its own. */
    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            resource.close();
        } catch (Exception e) {
            LOG.error("what a handler opened for its response could not be closed", e);
        }
    }
}
