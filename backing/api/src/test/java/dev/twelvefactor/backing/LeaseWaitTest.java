package dev.twelvefactor.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LeaseWaitTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    /** A service whose answer to each attempt, counted from one, is made up. */
    private static final class Service implements Leases {
        private final IntFunction<Optional<Lease>> answers;
        private int attempts;

        Service(IntFunction<Optional<Lease>> answers) {
            this.answers = answers;
        }

        @Override
        public Optional<Lease> tryAcquire(String name) {
            attempts++;
            return answers.apply(attempts);
        }

        @Override
        public Optional<LeaseHolder> holder(String name) {
            return Optional.empty();
        }

        @Override
        public Leases heldBy(String who) {
            return this;
        }
    }

    private static LeaseException failure(int attempt) {
        return new LeaseException("a", "attempt " + attempt + " failed", new IOException());
    }

    private static Optional<Lease> taken() {
        LeaseKeeper.Hold hold = new LeaseKeeper.Hold() {
            @Override
            public Optional<String> renew(Duration longest) {
                return Optional.empty();
            }

            @Override
            public void release() {}
        };
        return Optional.of(new LeaseKeeper(LONG, LONG).keep("a", System.nanoTime(), hold));
    }

    @Test
    void asks_until_it_gets_it() throws Exception {
        Service third = new Service(attempt -> attempt < 3 ? Optional.empty() : taken());
        try (Lease lease = third.acquire("a", LONG).orElseThrow()) {
            assertThat(lease.isHeld()).isTrue();
        }
        assertThat(third.attempts).isEqualTo(3);
    }

    @Test
    void asks_once_more_when_its_patience_is_over() throws Exception {
        Service never = new Service(attempt -> Optional.empty());
        assertThat(never.acquire("a", Duration.ofMillis(1))).isEmpty();
        assertThat(never.attempts).isEqualTo(2);
        assertThat(never.acquire("a", Duration.ZERO)).isEmpty();
        assertThat(never.attempts).isEqualTo(3);
    }

    @Test
    void throws_the_first_failure_and_the_last_and_lives_through_those_between() throws Exception {
        Service away = new Service(attempt -> {
            throw failure(attempt);
        });
        assertThatThrownBy(() -> away.acquire("a", LONG))
                .hasMessage("the lease \"a\" cannot be asked for: attempt 1 failed");
        Service between = new Service(attempt -> {
            if (attempt == 2) {
                throw failure(attempt);
            }
            return attempt == 1 ? Optional.empty() : taken();
        });
        assertThat(between.acquire("a", LONG)).isPresent();
        Service last = new Service(attempt -> {
            if (attempt == 2) {
                throw failure(attempt);
            }
            return Optional.empty();
        });
        assertThatThrownBy(() -> last.acquire("a", Duration.ofMillis(1)))
                .hasMessage("the lease \"a\" cannot be asked for: attempt 2 failed");
    }

    @Test
    void can_be_interrupted() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        Service never = new Service(attempt -> {
            waiting.countDown();
            return Optional.empty();
        });
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            try {
                Optional<Lease> unused = never.acquire("a", LONG);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        thread.start();
        waiting.await();
        thread.interrupt();
        interrupted.await();
        thread.join();
    }
}
