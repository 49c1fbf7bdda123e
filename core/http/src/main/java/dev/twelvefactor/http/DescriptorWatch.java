package dev.twelvefactor.http;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.channels.AcceptingChannel;

/**
 * Stops accepting while the process has no free file descriptor, and begins again as soon as it has one. Left alone, XNIO tries again after 0.25, 1, 4, 16 and
 * 30 s, and stays deaf for that long although descriptors are free. It belongs to one thread.
 */
final class DescriptorWatch {
    static final int INTERVAL_MILLIS = 250;

    private static final Logger LOG = LoggerFactory.getLogger("http");

    private final AcceptingChannel<?> port;
    private boolean exhausted;

    DescriptorWatch(AcceptingChannel<?> port) {
        this.port = port;
    }

    /** To be called every {@link #INTERVAL_MILLIS}, which is XNIO's first pause. */
    void look() {
        boolean free = isOneFree();
        if (free == !exhausted) {
            return;
        }
        exhausted = !free;
        if (exhausted) {
            port.suspendAccepts();
            LOG.warn("no file descriptor is free, so no connection is accepted; raise the limit (ulimit -n) or lower"
                    + " HTTP_MAX_CONNECTIONS");
        } else {
            port.resumeAccepts();
            LOG.info("file descriptors are free again, so connections are accepted");
        }
    }

    private static boolean isOneFree() {
        try (SocketChannel unused = SocketChannel.open()) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
