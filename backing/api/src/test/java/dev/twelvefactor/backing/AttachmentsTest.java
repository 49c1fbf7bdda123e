package dev.twelvefactor.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.MalformedInputException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AttachmentsTest {
    private final List<String> closed = Collections.synchronizedList(new ArrayList<>());
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    private interface Open {
        String open(int attempt) throws Exception;
    }

    /** A service whose client is a text. */
    private final class Fake implements Connector<String> {
        private final AtomicInteger attempts = new AtomicInteger();
        private final Open open;
        private volatile boolean away;

        Fake(Open open) {
            this.open = open;
        }

        @Override
        public String open(String name) throws Exception {
            return open.open(attempts.incrementAndGet());
        }

        @Override
        public void check(String client) throws Exception {
            if (away) {
                throw new IOException("hunter2");
            }
        }

        @Override
        public void close(String client) {
            closed.add(client);
        }

        @Override
        public Failure explain(Exception failure) {
            return failure instanceof SecurityException
                    ? Failure.permanent("the password was refused")
                    : Failure.passing("nobody answers");
        }

        @Override
        public boolean isUnavailable(Throwable failure) {
            return failure instanceof IOException;
        }

        Attachment<String> at(String url) {
            return Attachment.of(ServiceUrl.parse(url), () -> this);
        }
    }

    private Attachments within(Duration timeout) {
        return new Attachments(lifecycle, timeout);
    }

    @Test
    void opens_services_side_by_side_and_closes_them_in_reverse_order() {
        Attachments attachments = within(Duration.ofSeconds(20));
        CyclicBarrier together = new CyclicBarrier(2);
        Open open = attempt -> "client " + together.await(10, TimeUnit.SECONDS);
        Attached<String> first = attachments.attach("first", new Fake(open).at("a://h"));
        Attached<String> second = attachments.attach("second", new Fake(open).at("b://h"));
        assertThat(attachments.join()).isEmpty();
        String firstClient = first.get();
        String secondClient = second.get();
        assertThat(attachments.health()).extracting(ServiceHealth::up).containsExactly(true, true);
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(closed).containsExactly(secondClient, firstClient);
    }

    @Test
    void tries_again_until_the_service_answers() {
        Attachments attachments = within(Duration.ofSeconds(20));
        Fake late = new Fake(attempt -> {
            if (attempt < 3) {
                throw new IOException("not yet");
            }
            return "client";
        });
        assertThat(attachments.attach("late", late.at("a://h")).get()).isEqualTo("client");
        assertThat(late.attempts).hasValue(3);
    }

    @Test
    void gives_up_at_the_timeout_with_a_sentence_and_no_secret() {
        Attachments attachments = within(Duration.ofMillis(300));
        Attached<String> away = attachments.attach(
                "database",
                new Fake(attempt -> {
                            throw new IOException("hunter2");
                        })
                        .at("pg://u:hunter2@h/d"));
        assertThatThrownBy(away::get)
                .isInstanceOf(AttachException.class)
                .hasNoCause()
                .hasMessage("database (pg://u:***@h/d) could not be attached: nobody answers");
        assertThat(attachments.join()).hasSize(1);
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(closed).isEmpty();
    }

    @Test
    void does_not_try_again_what_only_a_person_can_mend() {
        Attachments attachments = within(Duration.ofSeconds(30));
        Fake refusing = new Fake(attempt -> {
            throw new SecurityException("no");
        });
        assertThat(attachments.attach("database", refusing.at("pg://h/d")))
                .satisfies(
                        attached -> assertThatThrownBy(attached::get).hasMessageContaining("the password was refused"));
        assertThat(refusing.attempts).hasValue(1);
    }

    @Test
    void gives_up_an_attempt_that_hangs_and_closes_what_it_opens_later() throws Exception {
        Attachments attachments = within(Duration.ofMillis(200));
        CountDownLatch hang = new CountDownLatch(1);
        Attached<String> attached = attachments.attach(
                "slow",
                new Fake(attempt -> {
                            hang.await();
                            return "late client";
                        })
                        .at("a://h"));
        assertThatThrownBy(attached::get).isInstanceOf(AttachException.class);
        hang.countDown();
        while (closed.isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(closed).containsExactly("late client");
    }

    @Test
    void reports_a_service_that_goes_away_and_comes_back() throws Exception {
        Attachments attachments = within(Duration.ofSeconds(20));
        Fake fake = new Fake(attempt -> "client");
        assertThat(attachments
                        .attach("redis", fake.at("a://h").gatingReadiness())
                        .get())
                .isEqualTo("client");
        attachments.watch(Duration.ofMillis(10));
        fake.away = true;
        awaitUp(attachments, false);
        assertThat(attachments.health().get(0).reason()).contains("nobody answers");
        assertThat(attachments.health().get(0).gatesReadiness()).isTrue();
        fake.away = false;
        awaitUp(attachments, true);
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private static void awaitUp(Attachments attachments, boolean up) throws InterruptedException {
        while (attachments.health().get(0).up() != up) {
            Thread.sleep(1);
        }
    }

    @Test
    void refuses_two_attachments_of_one_name() {
        Attachments attachments = within(Duration.ofSeconds(20));
        Attachment<String> fake = new Fake(attempt -> "client").at("a://h");
        assertThat(attachments.attach("database", fake).name()).isEqualTo("database");
        assertThatThrownBy(() -> attachments.attach("database", fake))
                .hasMessage("two attachments are called \"database\"; give each its own name");
    }

    @Test
    void knows_the_exceptions_that_mean_that_a_service_is_away() {
        Attachments attachments = within(Duration.ofSeconds(20));
        assertThat(attachments
                        .attach("a", new Fake(attempt -> "client").at("a://h"))
                        .get())
                .isEqualTo("client");
        assertThat(attachments.isUnavailable(new RuntimeException(new IOException("x"))))
                .isTrue();
        assertThat(attachments.isUnavailable(new IllegalStateException("x"))).isFalse();
    }

    @Test
    void gives_a_service_that_is_attached_late_the_whole_timeout() {
        Attachments attachments = within(Duration.ofSeconds(1));
        CountDownLatch hang = new CountDownLatch(1);
        Attached<String> silent = attachments.attach(
                "silent",
                new Fake(attempt -> {
                            hang.await();
                            return "client";
                        })
                        .at("a://h"));
        // That takes the whole timeout.
        assertThatThrownBy(silent::get).isInstanceOf(AttachException.class);
        hang.countDown();
        Fake late = new Fake(attempt -> {
            if (attempt == 1) {
                throw new IOException("not yet");
            }
            return "client";
        });
        assertThat(attachments.attach("late", late.at("b://h")).get()).isEqualTo("client");
        assertThat(late.attempts).hasValue(2);
    }

    @Test
    void waits_for_many_services_that_are_away_no_longer_than_for_one() {
        Attachments attachments = within(Duration.ofSeconds(1));
        int number = 20;
        for (int i = 0; i < number; i++) {
            Attached<String> unused = attachments.attach(
                    "away " + i,
                    new Fake(attempt -> {
                                throw new IOException("not there");
                            })
                            .at("a://h"));
        }
        long start = System.nanoTime();
        assertThat(attachments.join()).hasSize(number);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(number));
    }

    @Test
    void checks_a_service_too_that_is_attached_after_the_start() throws Exception {
        Attachments attachments = within(Duration.ofSeconds(20));
        attachments.watch(Duration.ofMillis(10));
        CountDownLatch opening = new CountDownLatch(1);
        Fake late = new Fake(attempt -> {
            opening.await();
            return "client";
        });
        Attached<String> attached = attachments.attach("late", late.at("a://h"));
        opening.countDown();
        assertThat(attached.get()).isEqualTo("client");
        late.away = true;
        awaitUp(attachments, false);
        assertThat(attachments.health().get(0).reason()).contains("nobody answers");
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    @Test
    void takes_no_missing_file_for_a_service_that_is_away() {
        Connector<String> plain = new Connector<>() {
            @Override
            public String open(String name) {
                return "client";
            }

            @Override
            public void check(String client) {}

            @Override
            public void close(String client) {}
        };
        assertThat(plain.isUnavailable(new IOException("broken pipe"))).isTrue();
        assertThat(plain.isUnavailable(new ConnectException("refused"))).isTrue();
        assertThat(plain.isUnavailable(new NoSuchFileException("report.csv"))).isFalse();
        assertThat(plain.isUnavailable(new FileNotFoundException("report.csv"))).isFalse();
        assertThat(plain.isUnavailable(new MalformedInputException(1))).isFalse();
    }

    @Test
    void looks_at_each_cause_once_when_they_form_a_circle() {
        Attachments attachments = within(Duration.ofSeconds(20));
        assertThat(attachments
                        .attach("a", new Fake(attempt -> "client").at("a://h"))
                        .get())
                .isEqualTo("client");
        Exception one = new IllegalStateException("one");
        Exception other = new IllegalArgumentException("other", one);
        one.initCause(other);
        assertThat(attachments.isUnavailable(one)).isFalse();
        assertThat(NetworkFailures.causes(one)).containsExactly(one, other);
        other.addSuppressed(new IOException("while it was closed", one));
        assertThat(attachments.isUnavailable(one))
                .as("what was suppressed is not why it was thrown")
                .isFalse();
        assertThat(NetworkFailures.causes(one)).containsExactly(one, other, other.getSuppressed()[0]);
    }

    @Test
    void takes_a_check_that_hangs_for_an_outage_and_starts_no_other() throws Exception {
        AtomicInteger checks = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        Connector<String> hanging = new Connector<>() {
            @Override
            public String open(String name) {
                return "client";
            }

            @Override
            public void check(String client) throws Exception {
                checks.incrementAndGet();
                boolean interrupted = false;
                while (end.getCount() > 0) {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        // As a client does that waits for a socket.
                        interrupted = true;
                    }
                }
                if (interrupted) {
                    throw new IOException("too late");
                }
            }

            @Override
            public void close(String client) {
                closed.add(client);
            }
        };
        Attachments attachments = within(Duration.ofSeconds(20));
        assertThat(attachments
                        .attach("a", Attachment.of(ServiceUrl.parse("x://h"), () -> hanging))
                        .get())
                .isEqualTo("client");
        attachments.watch(Duration.ofMillis(1));
        while (attachments.health().get(0).up()) {
            Thread.sleep(5);
        }
        assertThat(attachments.health().get(0).reason()).contains("no answer came in time");
        Thread.sleep(50);
        assertThat(checks).hasValue(1);
        end.countDown();
        while (!attachments.health().get(0).up()) {
            Thread.sleep(5);
        }
        assertThat(lifecycle.drain().complete()).isTrue();
    }
}
