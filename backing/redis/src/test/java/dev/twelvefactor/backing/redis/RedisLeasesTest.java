package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Lease;
import dev.twelvefactor.backing.LeaseHolder;
import dev.twelvefactor.backing.Leases;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.testing.AttachmentProbe;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.redis.RedisServer;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith(RedisServer.Shared.class)
class RedisLeasesTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String SHORT_LIVED = "?lease.ttl=4s";

    private final String name = "task " + ServerDirectory.randomHex(6);

    private static AttachmentProbe<Leases> attach(String url) {
        return AttachmentProbe.attach(url, Redis::leases);
    }

    @Test
    void one_has_it_and_another_gets_it_when_it_is_closed(RedisServer server) {
        try (AttachmentProbe<Leases> one = attach(server.url());
                AttachmentProbe<Leases> other = attach(server.url())) {
            Lease lease = one.client().tryAcquire(name).orElseThrow();
            assertThat(lease.isHeld()).isTrue();
            assertThat(lease.name()).isEqualTo(name);
            assertThat(other.client().tryAcquire(name)).isEmpty();
            assertThat(one.client().tryAcquire(name)).isEmpty();
            assertThat(other.client().tryAcquire(name + "'s")).isPresent();
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
    void who_waits_gets_it_when_the_holder_gives_it_back(RedisServer server) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(1);
        try (AttachmentProbe<Leases> one = attach(server.url());
                AttachmentProbe<Leases> other = attach(server.url())) {
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
    void of_many_that_want_it_at_once_one_at_a_time_has_it(RedisServer server) throws Exception {
        int contenders = 6;
        ExecutorService threads = Executors.newFixedThreadPool(contenders);
        AtomicInteger inside = new AtomicInteger();
        try (AttachmentProbe<Leases> one = attach(server.url());
                AttachmentProbe<Leases> other = attach(server.url())) {
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
    void tells_who_has_it_and_since_when(RedisServer server) {
        Instant before = Instant.ofEpochMilli(System.currentTimeMillis());
        try (AttachmentProbe<Leases> one = attach(server.url());
                AttachmentProbe<Leases> other = attach(server.url());
                AttachmentProbe<RedisClusterCommands<String, String>> redis =
                        AttachmentProbe.attach(server.url() + "?lease.ttl=5s", Redis::commands);
                Lease lease = one.client()
                        .heldBy("web-7f9c (release v42)")
                        .tryAcquire(name)
                        .orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
            LeaseHolder holder = other.client().holder(name).orElseThrow();
            assertThat(holder.who()).isEqualTo("web-7f9c (release v42)");
            assertThat(holder.since())
                    .hasValueSatisfying(since -> assertThat(since).isBetween(before, Instant.now()));
            assertThat(redis.client().pttl("lease:" + name)).isBetween(10_000L, 30_000L);
            assertThat(redis.client().set("lease:other " + name, "something")).isEqualTo("OK");
            assertThat(other.client().holder("other " + name))
                    .contains(new LeaseHolder("what is no lease of this library", Optional.empty()));
        }
    }

    @Test
    void is_kept_for_longer_than_its_time_to_live(RedisServer server) throws Exception {
        try (AttachmentProbe<Leases> one = attach(server.url() + SHORT_LIVED);
                AttachmentProbe<Leases> other = attach(server.url());
                Lease lease = one.client().tryAcquire(name).orElseThrow()) {
            assertThat(other.client().acquire(name, Duration.ofSeconds(6))).isEmpty();
            assertThat(lease.isHeld()).isTrue();
        }
    }

    @Test
    void all_are_given_back_when_the_app_ends(RedisServer server) {
        try (AttachmentProbe<Leases> other = attach(server.url())) {
            Lease lease;
            try (AttachmentProbe<Leases> leases = attach(server.url())) {
                lease = leases.client().tryAcquire(name).orElseThrow();
            }
            assertThat(lease.isHeld()).isFalse();
            assertThat(other.client().tryAcquire(name)).isPresent();
        }
    }

    @Test
    void is_found_by_the_url_alone(RedisServer server) {
        try (AttachmentProbe<Leases> leases =
                        AttachmentProbe.attach(server.url(), url -> Attachment.of(url, Leases.class));
                Lease lease = leases.client().tryAcquire(name).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
        }
        assertThatThrownBy(() -> Redis.leases(ServiceUrl.parse("redis://h?lease.ttl=2h"))
                        .connector()
                        .get())
                .hasMessageContaining("has a parameter, lease.ttl, that is not a time from 1ms to 1h");
    }

    @Test
    void works_in_a_cluster() throws Exception {
        try (RedisServer server = RedisServer.startWith("cluster-enabled yes")) {
            try (AttachmentProbe<RedisClusterCommands<String, String>> redis =
                    AttachmentProbe.attach(server.url(), Redis::commands)) {
                assertThat(redis.client()
                                .clusterAddSlots(IntStream.range(0, 16_384).toArray()))
                        .isEqualTo("OK");
                while (!redis.client().clusterInfo().contains("cluster_state:ok")) {
                    Thread.sleep(20);
                }
            }
            try (AttachmentProbe<Leases> one = attach(server.url() + "?cluster=true&lease.ttl=6s&timeout=20s");
                    AttachmentProbe<Leases> other = attach(server.url() + "?cluster=true&timeout=20s");
                    Lease lease = one.client().tryAcquire(name).orElseThrow()) {
                assertThat(other.client().acquire(name, Duration.ofSeconds(7))).isEmpty();
                assertThat(lease.isHeld()).isTrue();
            }
        }
    }

    @Test
    void needs_no_more_than_its_documentation_says() throws Exception {
        try (RedisServer server = RedisServer.startWith(
                "user tasks on >pw ~lease:* +eval +get +set +pexpire +del +ping +hello +select +client",
                "user others on >pw ~lease:* +eval +get +ping +hello +select +client")) {
            String url = server.url().replaceFirst("//:[^@]*@", "//tasks:pw@");
            try (AttachmentProbe<Leases> leases = attach(url + SHORT_LIVED);
                    AttachmentProbe<Leases> other = attach(server.url());
                    Lease lease = leases.client().tryAcquire(name).orElseThrow()) {
                assertThat(other.client().acquire(name, Duration.ofSeconds(5))).isEmpty();
                assertThat(lease.isHeld()).isTrue();
            }
            try (AttachmentProbe<Leases> leases = attach(url.replace("tasks", "others"))) {
                assertThatThrownBy(() -> leases.client().tryAcquire(name))
                        .hasMessage(
                                "the lease \"" + name
                                        + "\" cannot be asked for: the user may not do what leases need (its ACL lacks +eval, +get, +set, +pexpire or +del of lease:*)");
            }
        }
    }
}
