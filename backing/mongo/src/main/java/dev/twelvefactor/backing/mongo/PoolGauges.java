package dev.twelvefactor.backing.mongo;

import com.mongodb.event.ConnectionCheckOutFailedEvent;
import com.mongodb.event.ConnectionCheckOutStartedEvent;
import com.mongodb.event.ConnectionCheckedInEvent;
import com.mongodb.event.ConnectionCheckedOutEvent;
import com.mongodb.event.ConnectionClosedEvent;
import com.mongodb.event.ConnectionCreatedEvent;
import com.mongodb.event.ConnectionPoolListener;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what happens in the pools of a client, one for each server, since the driver itself cannot be asked. */
final class PoolGauges implements ConnectionPoolListener {
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Whether an operation would have to wait until another one is over. */
    boolean isFull(int most) {
        return active.get() >= most;
    }

    Map<String, Double> read(int most) {
        return Map.of(
                "pool_active",
                active.doubleValue(),
                "pool_idle",
                (double) Math.max(0, open.get() - active.get()),
                "pool_waiting",
                waiting.doubleValue(),
                "pool_max",
                (double) most);
    }

    @Override
    public void connectionCreated(ConnectionCreatedEvent event) {
        open.incrementAndGet();
    }

    @Override
    public void connectionClosed(ConnectionClosedEvent event) {
        open.decrementAndGet();
    }

    @Override
    public void connectionCheckOutStarted(ConnectionCheckOutStartedEvent event) {
        waiting.incrementAndGet();
    }

    @Override
    public void connectionCheckOutFailed(ConnectionCheckOutFailedEvent event) {
        waiting.decrementAndGet();
    }

    @Override
    public void connectionCheckedOut(ConnectionCheckedOutEvent event) {
        waiting.decrementAndGet();
        active.incrementAndGet();
    }

    @Override
    public void connectionCheckedIn(ConnectionCheckedInEvent event) {
        active.decrementAndGet();
    }
}
