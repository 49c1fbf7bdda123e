package dev.twelvefactor.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.config.UrlParameters;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaseKeeperTest {
    private static final Duration TIME_TO_LIVE = Duration.ofSeconds(30);
    private static final Duration INTERVAL = Duration.ofMillis(10);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
    private final LeaseKeeper keeper = new LeaseKeeper(TIME_TO_LIVE, INTERVAL, clock::get);
    private final Service service = new Service();

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    /** Lets time pass until the service is asked once more than it was. */
    private void passUntilAsked() throws InterruptedException {
        service.asked.drainPermits();
        while (!service.asked.tryAcquire(5, TimeUnit.MILLISECONDS)) {
            pass(INTERVAL);
        }
    }

    /** A service that answers what it is told to. */
    private static final class Service implements LeaseKeeper.Hold {
        private final Semaphore asked = new Semaphore(0);
        private final Semaphore released = new Semaphore(0);
        private volatile CountDownLatch answering = new CountDownLatch(0);
        private volatile Optional<String> loss = Optional.empty();
        private volatile boolean away;

        @Override
        public Optional<String> renew(Duration longest) throws Exception {
            boolean fails = away;
            asked.release();
            answering.await();
            if (fails) {
                throw new IOException("away");
            }
            return loss;
        }

        @Override
        public void release() throws IOException {
            released.release();
            if (away) {
                throw new IOException("away");
            }
        }
    }

    @Test
    void is_held_as_long_as_the_service_says_so() throws Exception {
        Lease lease = keeper.keep("a", clock.get(), service);
        for (int i = 0; i < 5; i++) {
            passUntilAsked();
            assertThat(lease.isHeld()).isTrue();
        }
        lease.close();
        assertThat(lease.isHeld()).isFalse();
        assertThat(service.released.tryAcquire()).isTrue();
        lease.close();
        assertThat(service.released.availablePermits()).isZero();
    }

    @Test
    void is_lost_a_tenth_of_its_time_before_the_service_frees_it() throws Exception {
        service.away = true;
        CountDownLatch told = new CountDownLatch(1);
        Lease lease = keeper.keep("a", clock.get(), service);
        lease.onLoss(told::countDown);
        pass(Duration.ofSeconds(27).minusNanos(1));
        assertThat(lease.isHeld()).isTrue();
        assertThat(told.getCount()).isEqualTo(1);
        pass(Duration.ofNanos(1));
        assertThat(lease.isHeld()).isFalse();
        told.await();
        service.released.acquire();
    }

    @Test
    void counts_its_time_from_before_it_was_asked_for() {
        long asked = clock.get();
        pass(Duration.ofSeconds(27));
        assertThat(keeper.keep("a", asked, service).isHeld()).isFalse();
    }

    @Test
    void is_tried_again_while_there_is_time() throws Exception {
        service.away = true;
        Lease lease = keeper.keep("a", clock.get(), service);
        passUntilAsked();
        pass(Duration.ofSeconds(15));
        service.away = false;
        passUntilAsked();
        // The one before may have begun while the service was away.
        passUntilAsked();
        pass(Duration.ofSeconds(15));
        assertThat(lease.isHeld()).isTrue();
        lease.close();
    }

    @Test
    void is_never_held_again_by_an_answer_that_came_too_late() throws Exception {
        CountDownLatch answering = new CountDownLatch(1);
        service.answering = answering;
        CountDownLatch told = new CountDownLatch(1);
        Lease lease = keeper.keep("a", clock.get(), service);
        lease.onLoss(told::countDown);
        passUntilAsked();
        pass(TIME_TO_LIVE);
        assertThat(lease.isHeld()).isFalse();
        answering.countDown();
        told.await();
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void is_lost_when_the_service_says_so_and_tells_everybody_who_asked() throws Exception {
        service.loss = Optional.of("somebody removed it");
        Semaphore told = new Semaphore(0);
        Lease lease = keeper.keep("a", clock.get(), service);
        lease.onLoss(() -> {
            throw new IllegalStateException("of no consequence to the others");
        });
        lease.onLoss(told::release);
        passUntilAsked();
        told.acquire();
        assertThat(lease.isHeld()).isFalse();
        service.released.acquire();
        lease.onLoss(told::release);
        assertThat(told.tryAcquire()).isTrue();
        lease.close();
        assertThat(service.released.availablePermits()).isZero();
    }

    @Test
    void tells_nobody_of_a_loss_once_it_is_closed() {
        Lease lease = keeper.keep("a", clock.get(), service);
        List<String> told = new ArrayList<>();
        lease.onLoss(() -> told.add("before"));
        service.away = true;
        lease.close();
        pass(TIME_TO_LIVE);
        lease.onLoss(() -> told.add("after"));
        assertThat(lease.isHeld()).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void gives_back_all_that_are_held_when_it_is_closed() {
        Lease one = keeper.keep("one", clock.get(), service);
        Lease other = keeper.keep("other", clock.get(), service);
        other.close();
        keeper.close();
        assertThat(one.isHeld()).isFalse();
        assertThat(service.released.availablePermits()).isEqualTo(2);
        assertThatThrownBy(() -> keeper.keep("late", clock.get(), service)).hasMessage("the leases are closed");
        assertThat(service.released.availablePermits()).isEqualTo(3);
    }

    @Test
    void gives_back_all_at_the_same_time() {
        int number = 10;
        CyclicBarrier together = new CyclicBarrier(number);
        AtomicInteger released = new AtomicInteger();
        LeaseKeeper.Hold slow = new LeaseKeeper.Hold() {
            @Override
            public Optional<String> renew(Duration longest) {
                return Optional.empty();
            }

            @Override
            public void release() throws Exception {
                together.await(10, TimeUnit.SECONDS);
                released.incrementAndGet();
            }
        };
        for (int i = 0; i < number; i++) {
            assertThat(keeper.keep("lease " + i, clock.get(), slow).isHeld()).isTrue();
        }
        keeper.close();
        assertThat(released).hasValue(number);
    }

    @Test
    void waits_for_a_lease_that_another_thread_is_giving_back() throws Exception {
        CountDownLatch releasing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger released = new AtomicInteger();
        LeaseKeeper.Hold slow = new LeaseKeeper.Hold() {
            @Override
            public Optional<String> renew(Duration longest) {
                return Optional.empty();
            }

            @Override
            public void release() throws Exception {
                releasing.countDown();
                goOn.await();
                released.incrementAndGet();
            }
        };
        Lease lease = keeper.keep("a", clock.get(), slow);
        Thread app = new Thread(lease::close);
        app.start();
        releasing.await();
        AtomicInteger atTheEnd = new AtomicInteger(-1);
        Thread drain = new Thread(() -> {
            keeper.close();
            atTheEnd.set(released.get());
        });
        drain.start();
        // Either it waits, or it has come to its end.
        while (drain.isAlive() && drain.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        goOn.countDown();
        app.join();
        drain.join();
        assertThat(atTheEnd).hasValue(1);
    }

    @Test
    void waits_no_longer_for_a_service_when_it_is_interrupted() {
        CountDownLatch never = new CountDownLatch(1);
        LeaseKeeper.Hold silent = new LeaseKeeper.Hold() {
            @Override
            public Optional<String> renew(Duration longest) {
                return Optional.empty();
            }

            @Override
            public void release() throws Exception {
                never.await();
            }
        };
        Lease lease = keeper.keep("a", clock.get(), silent);
        Thread.currentThread().interrupt();
        keeper.close();
        assertThat(Thread.interrupted()).isTrue();
        while (lease.isHeld()) {
            Thread.onSpinWait();
        }
        never.countDown();
    }

    @Test
    void is_reported_as_lost_though_its_client_throws_errors() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        LeaseKeeper.Hold broken = new LeaseKeeper.Hold() {
            @Override
            public Optional<String> renew(Duration longest) {
                asked.countDown();
                throw new NoClassDefFoundError("a class of the client");
            }

            @Override
            public void release() {
                released.countDown();
            }
        };
        CountDownLatch told = new CountDownLatch(1);
        Lease lease = keeper.keep("a", clock.get(), broken);
        lease.onLoss(() -> {
            throw new AssertionError("of no consequence to the others");
        });
        lease.onLoss(told::countDown);
        while (!asked.await(5, TimeUnit.MILLISECONDS)) {
            pass(INTERVAL);
        }
        pass(TIME_TO_LIVE);
        assertThat(lease.isHeld()).isFalse();
        told.await();
        released.await();
    }

    @Test
    void reads_its_time_to_live_from_the_url() {
        UrlParameters parameters = UrlParameters.of(ServiceUrl.parse("redis://h?lease.ttl=2s"));
        assertThat(LeaseKeeper.timeToLive(parameters)).isEqualTo(Duration.ofSeconds(2));
        assertThat(LeaseKeeper.timeToLive(UrlParameters.of(ServiceUrl.parse("redis://h"))))
                .isEqualTo(Duration.ofSeconds(30));
        UrlParameters wrong = UrlParameters.of(ServiceUrl.parse("redis://h?lease.ttl=1999ms"));
        Duration unused = LeaseKeeper.timeToLive(wrong);
        assertThatThrownBy(wrong::end)
                .hasMessageContaining("redis://h?lease.ttl=1999ms  has a parameter, lease.ttl, that is less than 2s");
    }

    @Test
    void names_a_holder_in_words_that_a_sentence_can_end_with() {
        Instant since = Instant.parse("2026-11-21T12:03:11.5Z");
        assertThat(new LeaseHolder("web-7f9c (release v42)", Optional.of(since)))
                .hasToString("web-7f9c (release v42) since 2026-11-21T12:03:11Z");
        assertThat(new LeaseHolder("a process at 10.0.0.7:1234", Optional.empty()))
                .hasToString("a process at 10.0.0.7:1234");
        assertThat(LeaseKeeper.thisProcess())
                .startsWith("process " + ProcessHandle.current().pid());
    }
}
