package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.Leases;
import java.time.Duration;
import java.util.Optional;

/** Sends the invoices of a day, in one process at a time. */
final class Invoices {
    private final Leases leases;
    private final Runnable sending;

    Invoices(Leases leases, Runnable sending) {
        this.leases = leases;
        this.sending = sending;
    }

    String send() throws InterruptedException {
        Optional<Lease> mine = leases.acquire("invoices", Duration.ofSeconds(10));
        if (mine.isEmpty()) {
            return "the invoices are being sent by "
                    + leases.holder("invoices").map(Object::toString).orElse("another process");
        }
        try (Lease lease = mine.get()) {
            lease.onLoss(Thread.currentThread()::interrupt);
            sending.run();
            return lease.isHeld() ? "sent" : "lost the lease on the way: look at what was sent";
        }
    }
}
