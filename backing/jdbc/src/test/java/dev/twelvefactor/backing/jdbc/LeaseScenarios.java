package dev.twelvefactor.backing.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseException;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.TcpGate;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** What leases of any database do. */
abstract class LeaseScenarios {
    static final Duration LONG = Duration.ofSeconds(60);
    private static final String SHORT_LIVED = "?lease.ttl=3s";

    /** No test meets the lease of another one. */
    final String name = "Task-" + ServerDirectory.randomHex(6);

    /** Where a server is that all tests share. */
    abstract String url();

    /** A server of the test's own. */
    abstract RestartableServer start();

    /** The same server as the scheme of the test has it. */
    abstract String url(RestartableServer server);

    static AttachmentProbe<Leases> attach(String url) {
        return AttachmentProbe.attach(url, Jdbc::leases);
    }

    @Test
    void one_has_it_and_another_gets_it_when_it_is_closed() {
        try (AttachmentProbe<Leases> one = attach(url());
                AttachmentProbe<Leases> other = attach(url())) {
            Lease lease = one.client().tryAcquire(name).orElseThrow();
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.name()).isEqualTo(name);
            assertThat(other.client().tryAcquire(name)).isEmpty();
            assertThat(one.client().tryAcquire(name)).isEmpty();
            lease.close();
            assertThat(lease.isHeld()).isFalse();
            assertThat(other.client().holder(name)).isEmpty();
            try (Lease next = other.client().tryAcquire(name).orElseThrow()) {
                lease.close();
                assertThat(next.isHeld()).isTrue();
                assertThat(one.client().tryAcquire(name)).isEmpty();
            }
        }
    }

    @Test
    void other_names_are_other_leases() {
        String longName = name + "x".repeat(500);
        try (AttachmentProbe<Leases> leases = attach(url());
                Lease lease = leases.client().tryAcquire(name).orElseThrow();
                Lease lower = leases.client().tryAcquire(name.replace('T', 't')).orElseThrow();
                Lease longer = leases.client().tryAcquire(longName).orElseThrow();
                Lease longest = leases.client().tryAcquire(longName + "y").orElseThrow()) {
            assertThat(List.of(lease, lower, longer, longest)).allMatch(Lease::isHeld);
        }
    }

    @Test
    void who_waits_gets_it_when_the_holder_gives_it_back() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(1);
        try (AttachmentProbe<Leases> one = attach(url());
                AttachmentProbe<Leases> other = attach(url())) {
            Lease lease = one.client().tryAcquire(name).orElseThrow();
            Future<Optional<Lease>> waiting =
                    threads.submit(() -> other.client().acquire(name, LONG));
            assertThat(one.client().acquire(name, Duration.ofMillis(50))).isEmpty();
            assertThat(waiting.isDone()).isFalse();
            lease.close();
            try (Lease next = waiting.get().orElseThrow()) {
                assertThat(next.isHeld()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void of_many_that_want_it_at_once_one_at_a_time_has_it() throws Exception {
        int contenders = 6;
        ExecutorService threads = Executors.newFixedThreadPool(contenders);
        AtomicInteger inside = new AtomicInteger();
        try (AttachmentProbe<Leases> one = attach(url());
                AttachmentProbe<Leases> other = attach(url())) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < contenders; i++) {
                Leases leases = i % 2 == 0 ? one.client() : other.client();
                all.add(threads.submit(() -> {
                    int most = 0;
                    for (int turn = 0; turn < 3; turn++) {
                        try (Lease lease = leases.acquire(name, LONG).orElseThrow()) {
                            most = Math.max(most, inside.incrementAndGet());
                            assertThat(lease.isHeld()).isTrue();
                            inside.decrementAndGet();
                        }
                    }
                    return most;
                }));
            }
            for (Future<Integer> contender : all) {
                assertThat(contender.get()).isEqualTo(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_process_that_is_killed_has_it_no_longer() throws Exception {
        try (AttachmentProbe<Leases> leases = attach(url());
                AppProcess process = AppProcess.main(HoldsLease.class, url() + "?lease.ttl=1h", name)
                        .start()) {
            process.awaitLine("held: true"::equals);
            assertThat(leases.client().tryAcquire(name)).isEmpty();
            process.kill();
            assertThat(leases.client().acquire(name, LONG)).isPresent();
        }
    }

    @Test
    void a_process_that_stands_still_for_too_long_is_told_when_it_goes_on() throws Exception {
        try (AttachmentProbe<Leases> leases = attach(url());
                AppProcess process = AppProcess.main(HoldsLease.class, url() + SHORT_LIVED, name)
                        .start()) {
            process.awaitLine("held: true"::equals);
            send("STOP", process);
            try (Lease next = leases.client().acquire(name, LONG).orElseThrow()) {
                send("CONT", process);
                process.awaitLine("lost: true"::equals);
                assertThat(next.isHeld()).isTrue();
            }
        }
    }

    private static void send(String signal, AppProcess process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void is_closed_in_time_though_the_way_is_lost() throws Exception {
        try (TcpGate gate = TcpGate.to(url())) {
            AttachmentProbe<Leases> leases = attach(gate.through(url()));
            Lease lease = leases.client().tryAcquire(name).orElseThrow();
            gate.swallow();
            long start = System.nanoTime();
            leases.close();
            assertThat(lease.isHeld()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void nobody_gets_it_while_a_holder_behind_a_dead_network_believes_to_have_it() throws Exception {
        try (TcpGate gate = TcpGate.to(url());
                AttachmentProbe<Leases> cut = attach(gate.through(url()) + SHORT_LIVED);
                AttachmentProbe<Leases> other = attach(url())) {
            Lease lease = cut.client().tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            gate.swallow();
            try (Lease next = other.client().acquire(name, LONG).orElseThrow()) {
                assertThat(lease.isHeld()).isFalse();
                told.await();
                assertThat(next.isHeld()).isTrue();
                gate.open();
                lease.close();
                assertThat(next.isHeld()).isTrue();
                assertThat(cut.client().tryAcquire(name)).isEmpty();
            }
        }
    }

    @Test
    void a_holder_whose_connection_ends_is_told() throws Exception {
        try (TcpGate gate = TcpGate.to(url());
                AttachmentProbe<Leases> cut = attach(gate.through(url()));
                AttachmentProbe<Leases> other = attach(url())) {
            Lease lease = cut.client().tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            gate.refuse();
            told.await();
            assertThat(lease.isHeld()).isFalse();
            assertThatThrownBy(() -> cut.client().tryAcquire(name))
                    .isInstanceOf(LeaseException.class)
                    .hasMessage("the lease \"" + name
                            + "\" cannot be asked for: no server answers there (connection refused)")
                    .satisfies(failure -> assertThat(cut.isUnavailable(failure)).isTrue());
            assertThat(other.client().acquire(name, LONG)).isPresent();
        }
    }

    @Test
    void a_server_that_is_started_again_has_forgotten_it_and_gives_it_out_anew() throws Exception {
        try (RestartableServer server = start();
                AttachmentProbe<Leases> leases = attach(url(server))) {
            Lease lease = leases.client().tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            server.kill();
            assertThat(leases.awaitDown().up()).isFalse();
            server.startAgain();
            told.await();
            assertThat(lease.isHeld()).isFalse();
            assertThat(leases.client().tryAcquire(name)).isPresent();
        }
    }

    @Test
    void the_pool_of_the_app_has_no_part_in_it() throws Exception {
        try (AttachmentProbe<Leases> leases = attach(url() + "?pool.max=1");
                AttachmentProbe<DataSource> pool =
                        AttachmentProbe.attach(url() + "?pool.max=1&pool.timeout=20s&lease.ttl=5s", Jdbc::pool)) {
            try (Connection inUse = pool.client().getConnection();
                    Lease lease = leases.client().tryAcquire(name).orElseThrow()) {
                assertThat(inUse.isValid(5)).isTrue();
                assertThat(lease.isHeld()).isTrue();
            }
            try (Lease lease = leases.client().tryAcquire(name).orElseThrow();
                    Connection free = pool.client().getConnection()) {
                assertThat(free.isValid(5)).isTrue();
                assertThat(lease.isHeld()).isTrue();
            }
        }
    }

    @Test
    void all_are_given_back_when_the_app_ends() {
        try (AttachmentProbe<Leases> other = attach(url())) {
            Lease lease;
            try (AttachmentProbe<Leases> leases = attach(url())) {
                lease = leases.client().heldBy("me").tryAcquire(name).orElseThrow();
            }
            assertThat(lease.isHeld()).isFalse();
            assertThat(other.client().tryAcquire(name)).isPresent();
        }
    }

    final LeaseHolder holderOf(String who) {
        try (AttachmentProbe<Leases> one = attach(url());
                AttachmentProbe<Leases> other = attach(url());
                Lease lease = one.client().heldBy(who).tryAcquire(name).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
            return other.client().holder(name).orElseThrow();
        }
    }
}
