package dev.twelvefactor.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process of its own ends with. */
@Timeout(60)
class ProcessEndTest {
    /** Ends by itself while a call of {@code System.exit} has begun to end it, beside a shutdown hook that hangs. */
    static final class EndingTwice {
        private EndingTwice() {}

        public static void main(String[] args) {
            ProcessEnd end = ProcessEnd.install(() -> {});
            end.govern(new Lifecycle(Duration.ofSeconds(1), Duration.ZERO), Duration.ofSeconds(1), 1);
            Runtime.getRuntime().addShutdownHook(new Thread(EndingTwice::hang));
            // With their stacks our hook is busy for a while.
            for (int i = 0; i < 300; i++) {
                Thread thread = new Thread(() -> hangBelow(300));
                thread.setDaemon(true);
                thread.start();
            }
            Thread exiting = new Thread(() -> System.exit(5));
            exiting.start();
            while (Arrays.stream(exiting.getStackTrace())
                    .noneMatch(frame -> frame.getClassName().equals("java.lang.ApplicationShutdownHooks"))) {
                Thread.onSpinWait();
            }
            end.exit(0);
        }

        private static void hang() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static void hangBelow(int frames) {
            if (frames == 0) {
                hang();
            } else {
                hangBelow(frames - 1);
            }
        }
    }

    @Test
    void gives_up_a_hook_that_hangs_whoever_ends_the_process_first() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndingTwice.class.getName())
                .inheritIO()
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
        } finally {
            process.destroyForcibly();
        }
    }
}
