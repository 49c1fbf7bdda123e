package dev.twelvefactor.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** A reader that takes what it is told to. */
    private static class Reader implements WritableByteChannel {
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        @Override
        public int write(ByteBuffer some) throws IOException {
            return read(some, some.remaining());
        }

        final synchronized int read(ByteBuffer some, int length) {
            byte[] bytes = new byte[length];
            some.get(bytes);
            read.writeBytes(bytes);
            return length;
        }

        final synchronized List<String> lines() {
            String text = read.toString(StandardCharsets.UTF_8);
            assertThat(text).matches("(?s)|.*\n");
            return text.lines().toList();
        }

        final synchronized int size() {
            return read.size();
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** One that does not read until it is let. */
    private static final class Stopped extends Reader {
        final Semaphore turns = new Semaphore(0);

        @Override
        public int write(ByteBuffer some) throws IOException {
            turns.acquireUninterruptibly();
            return super.write(some);
        }
    }

    private static void write(GroupCommit log, String text, boolean urgent) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        log.write(line, line.length, urgent);
    }

    private static List<Thread> writers(GroupCommit log, int threads, int lines, int longest, int urgentEach) {
        List<Thread> started = IntStream.range(0, threads)
                .mapToObj(t -> new Thread(() -> {
                    Random random = new Random(t);
                    for (int i = 0; i < lines; i++) {
                        write(
                                log,
                                t + " " + i + " " + "x".repeat(random.nextInt(longest)),
                                i % urgentEach == urgentEach - 1);
                    }
                }))
                .toList();
        started.forEach(Thread::start);
        return started;
    }

    private static boolean waitsOrIsDone(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TERMINATED;
    }

    private static void assertWholeAndInOrder(List<String> lines, int threads, int each) {
        assertThat(lines).hasSize(threads * each);
        Map<String, Integer> next = new HashMap<>();
        for (String line : lines) {
            String[] parts = line.split(" ", -1);
            assertThat(Integer.parseInt(parts[1])).isEqualTo(next.merge(parts[0], 1, Integer::sum) - 1);
            assertThat(parts[2]).matches("x*");
        }
    }

    @Test
    void writes_a_single_line_without_being_asked_twice() {
        Reader reader = new Reader();
        write(new GroupCommit(reader), "one", false);
        await().atMost(LONG).until(() -> reader.lines().equals(List.of("one")));
    }

    @Test
    void has_an_urgent_line_out_when_the_call_returns_and_all_before_it() {
        Reader reader = new Reader();
        GroupCommit log = new GroupCommit(reader);
        IntStream.range(0, 100).forEach(i -> write(log, "line " + i, false));
        write(log, "urgent", true);
        assertThat(reader.lines()).hasSize(101).endsWith("urgent");
    }

    @Test
    void writes_together_what_comes_while_it_writes() {
        Reader reader = new Reader();
        GroupCommit log = new GroupCommit(reader);
        IntStream.range(0, 10_000).forEach(i -> write(log, "line " + i, false));
        assertThat(log.flush(LONG)).isTrue();
        assertThat(log.statistics().events()).isEqualTo(10_000);
        assertThat(log.statistics().writes()).isLessThan(1_000);
    }

    @Test
    void loses_and_tears_no_line_of_many_threads_with_a_reader_that_takes_a_few_bytes_or_none() throws Exception {
        Random random = new Random(7);
        Reader reader = new Reader() {
            @Override
            public int write(ByteBuffer some) {
                return read(some, Math.min(some.remaining(), Math.max(0, random.nextInt(40_000) - 1_000)));
            }
        };
        GroupCommit log = new GroupCommit(reader);
        for (Thread writer : writers(log, 16, 1_000, 3_000, 100)) {
            writer.join();
        }
        assertThat(log.flush(LONG)).isTrue();
        assertWholeAndInOrder(reader.lines(), 16, 1_000);
    }

    @Test
    void has_a_megabyte_in_hand_at_the_most_and_lets_others_wait_until_the_reader_reads_again() throws Exception {
        Stopped reader = new Stopped();
        GroupCommit log = new GroupCommit(reader);
        List<Thread> writers = writers(log, 20, 300, 1_000, 1_000);
        await().atMost(LONG).until(() -> writers.stream().allMatch(GroupCommitTest::waitsOrIsDone));
        assertThat(log.statistics().bytesInHand()).isLessThanOrEqualTo(1024 * 1024);
        assertThat(log.flush(Duration.ofMillis(50))).isFalse();
        reader.turns.release(Integer.MAX_VALUE);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(log.flush(LONG)).isTrue();
        assertWholeAndInOrder(reader.lines(), 20, 300);
        assertThat(log.statistics().blocked()).isPositive();
        assertThat(log.statistics().bytesInHand()).isZero();
    }

    @Test
    void takes_a_line_that_is_larger_than_all_it_may_have_in_hand() {
        Reader reader = new Reader();
        GroupCommit log = new GroupCommit(reader);
        write(log, "before", false);
        write(log, "y".repeat(3 << 20), false);
        write(log, "behind", true);
        assertThat(reader.lines()).hasSize(3).startsWith("before").endsWith("behind");
        assertThat(reader.size()).isEqualTo((3 << 20) + 15);
    }

    @Test
    void goes_on_with_whole_lines_when_its_stream_has_failed_for_a_while() {
        AtomicBoolean full = new AtomicBoolean();
        Random random = new Random(3);
        Reader reader = new Reader() {
            @Override
            public int write(ByteBuffer some) throws IOException {
                if (full.get() && random.nextBoolean()) {
                    throw new IOException("No space left on device");
                }
                return read(some, full.get() ? random.nextInt(some.remaining()) : some.remaining());
            }
        };
        GroupCommit log = new GroupCommit(reader);
        List<String> after = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            full.set(true);
            IntStream.range(0, 100).forEach(i -> write(log, "lost " + "z".repeat(random.nextInt(2_000)) + " .", false));
            assertThat(log.flush(LONG)).isTrue();
            full.set(false);
            // What is in the way of the first line behind a failure may take that line along, and no other.
            write(log, "first " + round, true);
            write(log, "second " + round, true);
            after.add("second " + round);
        }
        assertThat(reader.lines().stream().filter(line -> line.startsWith("second")))
                .isEqualTo(after);
        assertThat(reader.lines()).allMatch(line -> line.matches("lost z* \\.|(first|second) \\d+|l?o?s?t? ?z* ?"));
        assertThat(log.statistics().bytesLost()).isPositive();
    }

    @Test
    void keeps_an_interrupt_for_whom_it_is_meant() throws Exception {
        Stopped reader = new Stopped();
        GroupCommit log = new GroupCommit(reader);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            write(log, "urgent", true);
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        writer.start();
        await().atMost(LONG).until(() -> writer.getState() == Thread.State.TIMED_WAITING);
        writer.interrupt();
        reader.turns.release(10);
        writer.join();
        assertThat(interrupted).isTrue();
        assertThat(reader.lines()).containsExactly("urgent");
    }

    @Test
    void goes_on_after_an_error_of_whatever_kind() {
        AtomicBoolean failing = new AtomicBoolean(true);
        Reader reader = new Reader() {
            @Override
            public int write(ByteBuffer some) throws IOException {
                if (failing.getAndSet(false)) {
                    throw new OutOfMemoryError("for this test");
                }
                return super.write(some);
            }
        };
        GroupCommit log = new GroupCommit(reader);
        write(log, "lost", true);
        write(log, "there", true);
        assertThat(reader.lines()).containsExactly("there");
        assertThat(log.statistics().bytesLost()).isEqualTo(5);
    }

    @Test
    void mends_a_torn_line_once_however_often_the_stream_fails_meanwhile() {
        AtomicInteger calls = new AtomicInteger();
        Reader reader = new Reader() {
            @Override
            public int write(ByteBuffer some) throws IOException {
                int call = calls.incrementAndGet();
                if (call == 1) {
                    return read(some, 10);
                }
                if (call <= 4) {
                    throw new IOException("No space left on device");
                }
                return read(some, some.remaining());
            }
        };
        GroupCommit log = new GroupCommit(reader);
        write(log, "y".repeat(70_000), true);
        write(log, "second", true);
        write(log, "third", true);
        write(log, "fourth", true);
        assertThat(reader.lines()).startsWith("y".repeat(10)).endsWith("fourth");
        assertThat(reader.lines().subList(1, reader.lines().size()))
                .allMatch(line -> line.matches("second|third|fourth"));
        assertThat(log.statistics().bytes()).isLessThan(40);
    }

    @Test
    void writes_whole_lines_at_a_time_so_that_the_process_may_end_behind_any_write() {
        List<Boolean> ends = Collections.synchronizedList(new ArrayList<>());
        Reader reader = new Reader() {
            @Override
            public int write(ByteBuffer some) throws IOException {
                ends.add(some.get(some.limit() - 1) == '\n');
                return super.write(some);
            }
        };
        GroupCommit log = new GroupCommit(reader);
        IntStream.range(0, 2_000).forEach(i -> write(log, "line " + i + "z".repeat(i % 1000), false));
        assertThat(log.flush(LONG)).isTrue();
        assertThat(ends).hasSizeGreaterThan(10).doesNotContain(false);
    }
}
