package dev.twelvefactor.backing;

import dev.twelvefactor.config.UrlParameters;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * For who implements {@link Leases}: keeps those that one client has taken, and makes {@link Lease}'s promises about time.
 *
 * <pre>{@code
 * long asked = System.nanoTime();
 * // … ask the service for it, and if it says yes:
 * return Optional.of(keeper.keep(name, asked, hold));
 * }</pre>
 */
public final class LeaseKeeper implements AutoCloseable {
    private static final String TIME_TO_LIVE = "lease.ttl";
    private static final Duration LEAST = Duration.ofSeconds(2);

    private final Duration timeToLive;
    private final Duration interval;
    private final LongSupplier nanoClock;
    private final Set<RenewedLease> leases = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Keeps none yet.
     *
     * @param timeToLive after which the service frees a lease that it has heard nothing of
     * @param interval between two words to the service
     */
    public LeaseKeeper(Duration timeToLive, Duration interval) {
        this(timeToLive, interval, System::nanoTime);
    }

    LeaseKeeper(Duration timeToLive, Duration interval, LongSupplier nanoClock) {
        this.timeToLive = timeToLive;
        this.interval = interval;
        this.nanoClock = nanoClock;
    }

    /** What a service has of one lease. Its methods are called by one thread at a time. */
    public interface Hold {
        /**
         * Tells the service that the holder is there, upon which the lease lives for its whole time again.
         *
         * @param longest how long that may take
         * @return why it is lost, in a sentence, if it is for sure
         * @throws Exception if that is not known; it is tried again soon, while there is time
         */
        Optional<String> renew(Duration longest) throws Exception;

        /** Gives it back, and releases what it took; called once, of a lease that is lost too, and in bounded time. */
        void release() throws Exception;
    }

    /** The parameter {@code lease.ttl}. */
    public static Duration timeToLive(UrlParameters parameters) {
        Duration given = parameters.duration(TIME_TO_LIVE, Duration.ofSeconds(30), Duration.ofHours(1));
        if (given.compareTo(LEAST) < 0) {
            parameters.refuse(TIME_TO_LIVE, "is less than " + LEAST.toSeconds() + "s");
        }
        return given;
    }

    /** What a holder is called that does not say: {@code process 4711 on web-7f9c}. */
    public static String thisProcess() {
        String process = "process " + ProcessHandle.current().pid();
        try {
            return process + " on " + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return process;
        }
    }

    /**
     * Begins to keep a lease that was taken.
     *
     * @param asked what {@link System#nanoTime} was before the service was asked for it
     * @throws IllegalStateException if this is closed; the lease is given back then
     */
    public Lease keep(String name, long asked, Hold hold) {
        RenewedLease lease = new RenewedLease(name, timeToLive, interval, nanoClock, asked, hold, leases::remove);
        leases.add(lease);
        lease.begin();
        if (closed) {
            lease.close();
            throw new IllegalStateException("the leases are closed");
        }
        return lease;
    }

    /** Gives back all that are held, at the same time: a service that does not answer costs the time of one. If the caller is interrupted, it waits no longer. */
    @Override
    public void close() {
        closed = true;
        List<Thread> closing = leases.stream().map(LeaseKeeper::closing).toList();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Thread closing(RenewedLease lease) {
        Thread thread = new Thread(lease::closeAndAwait, "close-lease-" + lease.name());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
