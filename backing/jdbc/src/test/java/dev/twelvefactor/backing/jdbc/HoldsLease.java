package dev.twelvefactor.backing.jdbc;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A process that takes a lease and never gives it back: {@code HoldsLease URL NAME}. */
final class HoldsLease {
    private HoldsLease() {}

    public static void main(String[] args) throws InterruptedException {
        Leases leases = new Attachments(new Lifecycle(Duration.ofSeconds(20), Duration.ZERO), Duration.ofSeconds(60))
                .attach("leases", Attachment.of(ServiceUrl.parse(args[0]), Leases.class))
                .get();
        try (Lease lease = leases.tryAcquire(args[1]).orElseThrow()) {
            lease.onLoss(() -> System.out.println("lost: " + !lease.isHeld()));
            System.out.println("held: " + lease.isHeld());
            new CountDownLatch(1).await();
        }
    }
}
