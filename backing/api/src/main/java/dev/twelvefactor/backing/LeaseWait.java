package dev.twelvefactor.backing;

import dev.twelvefactor.lifecycle.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Somebody who waits for a lease. */
record LeaseWait(Leases leases, String name) {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(400);

    Optional<Lease> within(Duration patience) throws InterruptedException {
        Deadline end = Deadline.after(patience);
        Optional<Lease> lease = leases.tryAcquire(name);
        Duration pause = FIRST_PAUSE;
        while (lease.isEmpty() && !end.expired()) {
            // Those who begin to wait at once, as all tasks of a release do, are not to ask at once each time.
            Duration spread = pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis() / 4));
            Thread.sleep(shorter(spread, end.remaining().plusMillis(1)).toMillis());
            pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
            lease = attempt(end);
        }
        return lease;
    }

    private Optional<Lease> attempt(Deadline end) {
        try {
            return leases.tryAcquire(name);
        } catch (LeaseException e) {
            if (end.expired()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
