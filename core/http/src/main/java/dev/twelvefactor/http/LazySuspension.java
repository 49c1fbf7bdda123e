package dev.twelvefactor.http;

import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Stops to listen for what a client sends only when it sends something. Undertow stops while a handler is at work and begins again behind its answer; both are
 * a system call, and most clients send nothing in between.
 */
class LazySuspension extends AbstractStreamSourceConduit<StreamSourceConduit> {
    /** A handler that reads the body itself resumes from its own thread. */
    private volatile boolean suspended;

    LazySuspension(ConduitStreamSourceChannel channel) {
        super(channel.getConduit());
        ReadReadyHandler handler = new ReadReadyHandler.ChannelListenerHandler<>(channel);
        next.setReadReadyHandler(new ReadReadyHandler() {
            @Override
            public void readReady() {
                if (!suspended) {
                    handler.readReady();
                } else if (!heard()) {
                    suspendNow();
                }
            }

            @Override
            public void forceTermination() {
                handler.forceTermination();
            }

            @Override
            public void terminated() {
                handler.terminated();
            }
        });
    }

    /** Something has come, or the client has gone, while nobody reads. Whether to go on listening. */
    boolean heard() {
        return false;
    }

    /** Listens without reading: what comes is {@link #heard}. */
    final void listen() {
        if (suspended && !next.isReadResumed()) {
            next.resumeReads();
        }
    }

    private void suspendNow() {
        next.suspendReads();
        if (!suspended) {
            // Resumed meanwhile.
            next.resumeReads();
        }
    }

    @Override
    public void suspendReads() {
        suspended = true;
    }

    @Override
    public void resumeReads() {
        suspended = false;
        next.resumeReads();
    }

    @Override
    public void wakeupReads() {
        suspended = false;
        next.wakeupReads();
    }

    @Override
    public boolean isReadResumed() {
        return !suspended && next.isReadResumed();
    }
}
