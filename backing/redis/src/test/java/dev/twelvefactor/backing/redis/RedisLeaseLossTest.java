package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseException;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.TcpGate;
import dev.twelvefactor.testing.redis.RedisServer;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of a lease when its holder, the way to the server or the server is gone. */
@Timeout(120)
@ExtendWith(RedisServer.Shared.class)
class RedisLeaseLossTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SHORT_LIVED = "?lease.ttl=3s";

    private final String name = "task " + ServerDirectory.randomHex(6);

    private static AttachmentProbe<Leases> attach(String url) {
        return AttachmentProbe.attach(url, Redis::leases);
    }

    @Test
    void a_process_that_is_killed_has_it_until_its_time_is_over(RedisServer server) throws Exception {
        try (AttachmentProbe<Leases> leases = attach(server.url());
                AppProcess process = AppProcess.main(HoldsLease.class, server.url() + SHORT_LIVED, name)
                        .start()) {
            process.awaitLine("held: true"::equals);
            assertThat(leases.client().tryAcquire(name)).isEmpty();
            process.kill();
            assertThat(leases.client().acquire(name, LONG)).isPresent();
        }
    }

    @Test
    void a_process_that_stands_still_for_too_long_is_told_when_it_goes_on(RedisServer server) throws Exception {
        try (AttachmentProbe<Leases> leases = attach(server.url());
                AppProcess process = AppProcess.main(HoldsLease.class, server.url() + SHORT_LIVED, name)
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
    void is_closed_in_time_though_the_way_is_lost(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url())) {
            AttachmentProbe<Leases> leases = attach(gate.through(server.url()));
            Lease lease = leases.client().tryAcquire(name).orElseThrow();
            gate.swallow();
            long start = System.nanoTime();
            leases.close();
            assertThat(lease.isHeld()).isFalse();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
        }
    }

    @Test
    void nobody_gets_it_while_a_holder_behind_a_dead_network_believes_to_have_it(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<Leases> cut = attach(gate.through(server.url()) + SHORT_LIVED);
                AttachmentProbe<Leases> other = attach(server.url())) {
            Lease lease = cut.client().tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            gate.swallow();
            try (Lease next = other.client().acquire(name, LONG).orElseThrow()) {
                assertThat(lease.isHeld()).isFalse();
                told.await();
                gate.open();
                assertThat(cut.awaitUp().up()).isTrue();
                lease.close();
                assertThat(next.isHeld()).isTrue();
                assertThat(cut.client().tryAcquire(name)).isEmpty();
            }
        }
    }

    @Test
    void outlives_a_network_that_is_away_for_less_than_its_time(RedisServer server) throws Exception {
        try (TcpGate gate = TcpGate.to(server.url());
                AttachmentProbe<Leases> cut = attach(gate.through(server.url()) + "?lease.ttl=20s");
                AttachmentProbe<RedisClusterCommands<String, String>> redis =
                        AttachmentProbe.attach(server.url(), Redis::commands);
                Lease lease = cut.client().tryAcquire(name).orElseThrow()) {
            gate.refuse();
            assertThat(cut.awaitDown().up()).isFalse();
            assertThatThrownBy(() -> cut.client().tryAcquire(name))
                    .isInstanceOf(LeaseException.class)
                    .hasMessage("the lease \"" + name
                            + "\" cannot be asked for: the connection is lost, and is being tried again")
                    .satisfies(failure -> assertThat(cut.isUnavailable(failure)).isTrue());
            long before = redis.client().pttl("lease:" + name);
            gate.open();
            while (redis.client().pttl("lease:" + name) <= before) {
                assertThat(lease.isHeld()).isTrue();
                Thread.sleep(20);
            }
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void a_holder_whose_key_is_removed_is_told_and_takes_nothing_from_the_next(RedisServer server) throws Exception {
        try (AttachmentProbe<Leases> leases = attach(server.url() + SHORT_LIVED);
                AttachmentProbe<RedisClusterCommands<String, String>> redis =
                        AttachmentProbe.attach(server.url(), Redis::commands)) {
            Lease lease = leases.client().tryAcquire(name).orElseThrow();
            CountDownLatch told = new CountDownLatch(1);
            lease.onLoss(told::countDown);
            assertThat(redis.client().del("lease:" + name)).isEqualTo(1);
            try (Lease next = leases.client().tryAcquire(name).orElseThrow()) {
                told.await();
                lease.close();
                assertThat(lease.isHeld()).isFalse();
                assertThat(next.isHeld()).isTrue();
                assertThat(leases.client().tryAcquire(name)).isEmpty();
            }
        }
    }

    @Test
    void a_server_that_is_started_again_has_kept_it() throws Exception {
        try (RedisServer server = RedisServer.start();
                AttachmentProbe<Leases> leases = attach(server.url() + "?lease.ttl=1h")) {
            Lease lease = leases.client().tryAcquire(name).orElseThrow();
            server.kill();
            assertThat(leases.awaitDown().up()).isFalse();
            server.startAgain();
            assertThat(leases.awaitUp().up()).isTrue();
            assertThat(lease.isHeld()).isTrue();
            assertThat(leases.client().tryAcquire(name)).isEmpty();
            lease.close();
            assertThat(leases.client().tryAcquire(name)).isPresent();
        }
    }
}
