package dev.twelvefactor.backing;

import java.time.Duration;
import java.util.Optional;

/**
 * What one process at a time may have, in a service that all of them share: a task that must not run twice at once, the one instance that sends the invoices.
 *
 * <pre>{@code
 * Attached<Leases> leases = wiring.attach("leases", Attachment.of(settings.databaseUrl(), Leases.class));
 * try (Lease lease = leases.get().tryAcquire("invoices").orElseThrow()) {
 *     lease.onLoss(Thread.currentThread()::interrupt);
 *     …
 * }
 * }</pre>
 *
 * <p>A name counts within the database (or the number of a Redis database) that the URL names; any text is one. An instance is shared by all threads, and a lease is not
 * that of a thread: a second attempt of the same process finds it taken, too.
 *
 * <p>{@code lease.ttl} ({@code 30s}, from {@code 2s} to {@code 1h}), a parameter of the URL, is how long a lease outlives the last word from its holder. A process that is killed gives
 * it back at once where the service sees its connection end (PostgreSQL, MySQL, MariaDB), and else after that time.
 *
 * <p>Every method throws {@link LeaseException}, in bounded time, when the service does not answer.
 *
 * @see Lease what it means to hold one, and what not
 */
public interface Leases {
    /** Takes a lease if nobody has it, and does not wait for it. Empty if it is taken. */
    Optional<Lease> tryAcquire(String name);

    /**
     * Takes a lease, or waits for it this long. It asks again and again, at most half a second apart, and so those who wait have no order among them. What fails while it
     * waits is tried again; the first attempt's failure, and the last one's, are thrown.
     *
     * @return empty if it was taken all the time
     */
    default Optional<Lease> acquire(String name, Duration patience) throws InterruptedException {
        return new LeaseWait(this, name).within(patience);
    }

    /** Who has a lease at this moment, if anybody does and the service tells. */
    Optional<LeaseHolder> holder(String name);

    /**
     * The same leases, for whoever takes them under a name that people know: {@code web-7f9c (release v42)}. Unless it is said, that is the number of the process and the name of its machine.
     * PostgreSQL keeps 63 characters of ASCII, and MySQL and MariaDB none: they tell the machine.
     */
    Leases heldBy(String who);
}
