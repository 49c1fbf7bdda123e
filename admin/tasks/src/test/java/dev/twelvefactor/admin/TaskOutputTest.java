package dev.twelvefactor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TaskOutputTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Hand clock = new Hand();
    private final TaskOutput terminal = TaskOutput.terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            clock);

    /** A clock that is moved by hand. */
    private static final class Hand extends Clock {
        private Instant now = Instant.EPOCH;

        void advance(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void shows_a_person_a_table_on_stdout_and_nothing_that_commands_the_terminal() {
        terminal.table(
                "entries", List.of("id", "author"), List.of(List.of(1, "Ada"), List.of(22, "Bob\u001b[2J\nof London")));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        entries
                        id  author
                        1   Ada
                        22  Bob [2J of London
                        """);
        assertThat(err.size()).isZero();
    }

    @Test
    void shows_a_person_a_bar_on_stderr_ten_times_a_second_at_the_most() {
        try (TaskOutput.Progress progress = terminal.progress("entries", 200)) {
            progress.advance(10);
            clock.advance(Duration.ofMillis(100));
            progress.advance(90);
            progress.advance(50);
            clock.advance(Duration.ofMillis(99));
            progress.advance(50);
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("\rentries [###############...............] 100 of 200"
                        + "\rentries [##############################] 200 of 200\n");
        assertThat(out.size()).isZero();
    }

    @Test
    void shows_no_share_of_nothing() {
        terminal.progress("entries", 0).close();
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith("] 0 of 0\n");
    }

    @Test
    void tells_progress_every_so_often_and_at_its_end_once() {
        List<Long> told = new ArrayList<>();
        Paced paced = new Paced(clock, Duration.ofSeconds(10), 5, (done, last) -> told.add(done));
        paced.advance(1);
        clock.advance(Duration.ofSeconds(10));
        paced.advance(1);
        paced.advance(1);
        clock.advance(Duration.ofSeconds(10));
        paced.advance(1);
        paced.close();
        paced.close();
        paced.advance(1);
        assertThat(told).containsExactly(2L, 4L, 4L);
    }

    @Test
    void shows_rows_that_are_shorter_or_longer_than_the_headings() {
        terminal.table("entries", List.of("id", "author"), List.of(List.of(1), List.of(), List.of(2, "Ada", "x")));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        entries
                        id  author
                        1

                        2   Ada     x
                        """);
    }
}
