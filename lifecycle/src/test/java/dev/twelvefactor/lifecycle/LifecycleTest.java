package dev.twelvefactor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LifecycleTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);

    private interface Draining {
        void drain(Deadline deadline) throws Exception;
    }

    private static Participant participant(String name, Draining draining) {
        return new Participant() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void drain(Deadline deadline) throws Exception {
                draining.drain(deadline);
            }
        };
    }

    private Participant recording(String name) {
        return participant(name, deadline -> events.add(name));
    }

    @Test
    void goes_from_starting_to_ready_to_draining_to_stopped() {
        assertThat(lifecycle.state()).isEqualTo(Lifecycle.State.STARTING);
        assertThat(lifecycle.ready()).isTrue();
        assertThat(lifecycle.state()).isEqualTo(Lifecycle.State.READY);
        lifecycle.requestDrain("SIGTERM");
        assertThat(lifecycle.state()).isEqualTo(Lifecycle.State.DRAINING);
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(lifecycle.state()).isEqualTo(Lifecycle.State.STOPPED);
        assertThat(lifecycle.drainCause()).contains("SIGTERM");
    }

    @Test
    void drains_servers_then_workers_then_attachments_newest_first() {
        lifecycle.add(Phase.ATTACHMENTS, recording("first attachment"));
        lifecycle.add(Phase.ATTACHMENTS, recording("second attachment"));
        lifecycle.add(Phase.WORKERS, recording("worker"));
        lifecycle.add(Phase.SERVERS, recording("server"));
        lifecycle.onDrainRequest(() -> events.add("announced"));
        DrainReport report = lifecycle.drain();
        assertThat(events).containsExactly("announced", "server", "worker", "second attachment", "first attachment");
        assertThat(report.complete()).isTrue();
        assertThat(report.failures()).isEmpty();
    }

    @Test
    void drains_the_participants_of_a_phase_at_the_same_time() {
        CyclicBarrier together = new CyclicBarrier(3);
        for (String name : List.of("a", "b", "c")) {
            lifecycle.add(Phase.SERVERS, participant(name, deadline -> together.await(10, TimeUnit.SECONDS)));
        }
        assertThat(lifecycle.drain().failures()).isEmpty();
    }

    @Test
    void goes_on_after_a_participant_that_fails() {
        lifecycle.add(Phase.SERVERS, participant("broken", deadline -> {
            throw new IllegalStateException("no");
        }));
        lifecycle.add(Phase.ATTACHMENTS, recording("attachment"));
        assertThat(lifecycle.drain().failures()).containsExactly("broken: java.lang.IllegalStateException: no");
        assertThat(events).containsExactly("attachment");
    }

    @Test
    void names_what_misses_the_deadline_and_still_closes_the_attachments() {
        Lifecycle brief = new Lifecycle(Duration.ofMillis(400), Duration.ZERO);
        CountDownLatch abandoned = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Thread stuck = new Thread(() -> awaitQuietly(never), "stuck");
        stuck.setDaemon(true);
        stuck.start();
        brief.add(Phase.SERVERS, new Participant() {
            @Override
            public String name() {
                return "http";
            }

            @Override
            public void drain(Deadline deadline) throws Exception {
                never.await();
            }

            @Override
            public List<Unfinished> unfinished() {
                return List.of(new Unfinished("GET /slow", java.util.Optional.of(stuck)));
            }

            @Override
            public void abandon() {
                abandoned.countDown();
            }
        });
        brief.add(Phase.ATTACHMENTS, recording("attachment"));
        DrainReport report = brief.drain();
        assertThat(report.complete()).isFalse();
        assertThat(report.unfinished()).extracting(Unfinished::what).containsExactly("GET /slow");
        assertThat(abandoned.getCount()).isZero();
        assertThat(events).containsExactly("attachment");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void interrupts_a_start_and_does_not_become_ready_after_that() throws Exception {
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicReference<Lifecycle> started = new AtomicReference<>();
        CountDownLatch starting = new CountDownLatch(1);
        AtomicBoolean becameReady = new AtomicBoolean();
        Thread start = new Thread(() -> {
            Lifecycle own = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
            started.set(own);
            starting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
            becameReady.set(own.ready());
        });
        start.start();
        starting.await();
        started.get().requestDrain("SIGTERM");
        start.join();
        assertThat(interrupted).isTrue();
        assertThat(becameReady).isFalse();
    }

    @Test
    void drains_once_although_many_ask() throws Exception {
        assertThat(lifecycle.ready()).isTrue();
        AtomicInteger drains = new AtomicInteger();
        lifecycle.add(Phase.SERVERS, participant("server", deadline -> drains.incrementAndGet()));
        List<Thread> threads = new ArrayList<>();
        List<DrainReport> reports = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> reports.add(lifecycle.drain()));
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(drains).hasValue(1);
        assertThat(reports).hasSize(8).doesNotContainNull();
    }

    @Test
    void waits_for_the_delay_only_where_there_is_a_server() {
        Lifecycle withDelay = new Lifecycle(Duration.ofSeconds(20), Duration.ofMillis(300));
        withDelay.add(Phase.SERVERS, recording("server"));
        assertThat(withDelay.drain().took()).isGreaterThanOrEqualTo(Duration.ofMillis(300));
        Lifecycle worker = new Lifecycle(Duration.ofSeconds(20), Duration.ofSeconds(15));
        worker.add(Phase.WORKERS, recording("worker"));
        assertThat(worker.drain().took()).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    void runs_an_announcement_at_once_when_the_drain_was_requested_before() {
        lifecycle.requestDrain("SIGTERM");
        lifecycle.onDrainRequest(() -> events.add("announced"));
        assertThat(events).containsExactly("announced");
    }

    @Test
    void asks_for_the_drain_when_a_job_ends_and_tells_how_it_ended() throws Exception {
        assertThat(lifecycle.ready()).isTrue();
        Job job = Job.startInterruptible(
                "migrate",
                () -> {
                    throw new IllegalStateException("no table");
                },
                lifecycle);
        lifecycle.awaitDrainRequest();
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(job.ended()).isTrue();
        assertThat(job.failure()).containsInstanceOf(IllegalStateException.class);
        assertThat(lifecycle.drainCause()).contains("the end of migrate");
    }

    @Test
    void interrupts_a_task_at_once_and_lets_a_worker_finish() throws Exception {
        assertThat(lifecycle.ready()).isTrue();
        CountDownLatch begun = new CountDownLatch(2);
        CountDownLatch draining = new CountDownLatch(1);
        lifecycle.onDrainRequest(draining::countDown);
        Job task = Job.startInterruptible(
                "task",
                () -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                },
                lifecycle);
        Job worker = Job.start(
                "worker",
                () -> {
                    begun.countDown();
                    draining.await();
                    events.add("finished");
                },
                lifecycle);
        begun.await();
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(task.failure()).containsInstanceOf(InterruptedException.class);
        assertThat(worker.failure()).isEmpty();
        assertThat(events).containsExactly("finished");
    }

    @Test
    void drains_the_others_whatever_one_of_them_throws() {
        Lifecycle lifecycle = new Lifecycle(Duration.ofMillis(600), Duration.ZERO);
        lifecycle.add(Phase.ATTACHMENTS, recording("attachment"));
        lifecycle.add(Phase.SERVERS, participant("worker", deadline -> {
            throw new StackOverflowError("deep");
        }));
        lifecycle.add(Phase.SERVERS, new Participant() {
            @Override
            public String name() {
                return "server";
            }

            @Override
            public void drain(Deadline deadline) throws Exception {
                new CountDownLatch(1).await(deadline.remaining().toMillis() + 50, TimeUnit.MILLISECONDS);
            }

            @Override
            public List<Unfinished> unfinished() {
                throw new IllegalStateException("no idea");
            }
        });
        lifecycle.onDrainRequest(() -> {
            throw new AssertionError("announcement");
        });
        DrainReport report = lifecycle.drain();
        assertThat(events).containsExactly("attachment");
        assertThat(report.complete()).isFalse();
        assertThat(report.failures())
                .contains(
                        "worker: java.lang.StackOverflowError: deep",
                        "server: java.lang.IllegalStateException: no idea");
        assertThat(lifecycle.state()).isEqualTo(Lifecycle.State.STOPPED);
    }

    @Test
    void drains_a_participant_whose_name_throws_and_all_others() {
        lifecycle.add(Phase.ATTACHMENTS, recording("attachment"));
        Participant nameless = new Participant() {
            @Override
            public String name() {
                throw new IllegalStateException("no name");
            }

            @Override
            public void drain(Deadline deadline) {
                events.add("nameless");
                throw new IllegalStateException("no drain");
            }
        };
        lifecycle.add(Phase.SERVERS, nameless);
        lifecycle.add(Phase.WORKERS, recording("worker"));
        DrainReport report = lifecycle.drain();
        assertThat(events).containsExactly("nameless", "worker", "attachment");
        assertThat(report.failures())
                .containsExactly(nameless.getClass().getName() + ": java.lang.IllegalStateException: no drain");
        assertThat(lifecycle.state()).isEqualTo(Lifecycle.State.STOPPED);
    }

    @Test
    void closes_the_attachments_when_the_list_of_unfinished_work_is_broken() {
        Lifecycle brief = new Lifecycle(Duration.ofMillis(400), Duration.ZERO);
        brief.add(Phase.ATTACHMENTS, recording("attachment"));
        brief.add(Phase.SERVERS, new Participant() {
            @Override
            public String name() {
                return "server";
            }

            @Override
            public void drain(Deadline deadline) throws Exception {
                new CountDownLatch(1).await();
            }

            @Override
            public List<Unfinished> unfinished() {
                return Collections.singletonList(null);
            }
        });
        assertThat(brief.drain().failures()).hasSize(1);
        assertThat(events).containsExactly("attachment");
    }

    @Test
    void takes_nothing_more_once_its_phase_is_drained() {
        lifecycle.add(Phase.ATTACHMENTS, participant("attachment", deadline -> assertThatThrownBy(
                        () -> lifecycle.add(Phase.SERVERS, recording("late server")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the process is past the drain of its SERVERS; late server comes too late")));
        assertThat(lifecycle.drain().failures()).isEmpty();
    }

    @Test
    void takes_a_timeout_of_any_length() {
        assertThat(new Lifecycle(Duration.ofDays(300_000), Duration.ZERO)
                        .drain()
                        .complete())
                .isTrue();
    }
}
