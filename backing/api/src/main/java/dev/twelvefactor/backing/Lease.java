package dev.twelvefactor.backing;

/**
 * What this process has and no other one. It is asked for again and again, by a thread of its own, until it is closed or lost.
 *
 * <p><b>It can be lost</b>: the network is cut, the service is started again, the process stands still for too long. {@link #isHeld} is false from then on, the actions of {@link
 * #onLoss} run, and the work has to stop. When another may have it:
 *
 * <ul>
 *   <li>The service hears nothing of the holder (a silent network, a process that stands still): it gives the lease to another {@code lease.ttl} after the last word from this one. Here
 *       it counts as lost a tenth of that time earlier, by a clock that only runs forward and that begins before the word was sent. So nobody else has it while {@link #isHeld} is true, and the
 *       actions have that tenth (3 seconds of 30) to stop the work.
 *   <li>The service forgets it, or sees the connection end: another may have it at once, and here it is known at the next word, after a second (PostgreSQL, MySQL, MariaDB; where the network falls silent at
 *       that moment, and an answer is waited for, a sixth of the time to live longer) or a third of the time to live (Redis). That is so when a database is started again or somebody ends its
 *       sessions, when Redis loses its data, evicts the key, or fails over to a replica that has not heard of it, and for a machine that was suspended, whose clock stood still too.
 * </ul>
 *
 * <p><b>It is no fencing token.</b> What was sent before the loss arrives after it, and between a look at {@link #isHeld} and the act that follows a process can stand still for any time. Where two at once would do harm,
 * the work itself has to be safe against it: in a transaction, by a number that only grows, by a unique key.
 */
public interface Lease extends AutoCloseable {
    /** Its name. */
    String name();

    /** Whether it is this process's; once that is false, it stays so. Asks nobody. */
    boolean isHeld();

    /**
     * What to do when it is lost, such as to interrupt the work: once, on a thread of the lease's own, which runs all such actions one after the other. At once and here if it is lost by now; never
     * if it was closed before.
     */
    void onLoss(Runnable action);

    /**
     * Gives it back: another may have it when this returns. To close it twice, or when it is lost, does nothing; actions of {@link #onLoss} may still run then. Where the service cannot be
     * told, that is a warning in the log, and the service frees it by itself.
     */
    @Override
    void close();
}
