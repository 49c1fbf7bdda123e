package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What ends the loop of a worker, and what does not. */
@Timeout(60)
class JobsTest {
    private final InProcess process = new InProcess();
    private final AtomicInteger steps = new AtomicInteger();
    private final Thread main = Thread.currentThread();

    /** Runs a worker whose first step does this; its second asks for the end of the process. */
    private int run(Jobs.Step first) {
        return process.run(
                App.of("app")
                        .worker(
                                "mailer",
                                (settings, wiring, jobs) -> jobs.repeat("mail", () -> {
                                    if (steps.incrementAndGet() == 1) {
                                        return first.run();
                                    }
                                    main.interrupt();
                                    return false;
                                })),
                "worker",
                "mailer");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void goes_on_after_a_step_that_leaves_its_thread_interrupted(boolean job) {
        int status = run(() -> {
            Thread.currentThread().interrupt();
            return job;
        });
        assertThat(steps.get()).isGreaterThanOrEqualTo(2);
        assertThat(status).isEqualTo(ExitStatus.OK);
    }

    private static int deepen(int depth) {
        return depth == Integer.MAX_VALUE ? 0 : deepen(depth + 1) + 1;
    }

    @Test
    void takes_an_error_of_one_job_for_the_failure_of_that_job() {
        assertThat(run(() -> deepen(0) > 0)).isEqualTo(ExitStatus.OK);
        assertThat(steps.get()).isGreaterThanOrEqualTo(2);
        List<String> failed = process.events().stream()
                .filter(event -> event.get("message").asString().equals("a job of mail failed"))
                .map(event -> event.get("stack_trace").asString())
                .toList();
        assertThat(failed).hasSize(1);
        assertThat(failed.get(0)).startsWith("java.lang.StackOverflowError");
    }

    @Test
    void takes_an_interrupt_that_no_drain_has_sent_for_the_failure_of_that_job() {
        assertThat(run(() -> {
                    throw new InterruptedException("a time limit of the app's own");
                }))
                .isEqualTo(ExitStatus.OK);
        assertThat(steps.get()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void ends_the_process_when_the_jvm_itself_fails() {
        assertThat(run(() -> {
                    throw new OutOfMemoryError("Java heap space");
                }))
                .isEqualTo(ExitStatus.FAILED);
        JsonNode failure = process.event("mail failed");
        assertThat(failure.get("stack_trace").asString()).startsWith("java.lang.OutOfMemoryError: Java heap space");
    }
}
