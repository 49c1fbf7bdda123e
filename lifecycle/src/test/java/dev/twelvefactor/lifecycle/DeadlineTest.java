package dev.twelvefactor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeadlineTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);

    @Test
    void counts_down_on_its_own_clock_and_stops_at_zero() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(3), nanos::get);
        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(3));
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(1));
        assertThat(deadline.earlier(Duration.ofSeconds(1)).expired()).isTrue();
        assertThat(deadline.expired()).isFalse();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(deadline.remaining()).isZero();
        assertThat(deadline.expired()).isTrue();
    }
}
