package dev.twelvefactor.benchmarks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Clients that go on and on: over connections that are kept and over new ones, with small posts and with requests that take a second. A client honours
 * {@code Connection: close}. Without a proxy, a request that gets not one byte of an answer was overtaken by a close (RFC 9112, 9.5), on its
 * connection or on the port: it is sent once more, and counted. Whatever else goes wrong is a failure.
 */
final class Load implements AutoCloseable {
    private static final int MOST_FAILURES_KEPT = 20;
    private static final int ANSWER_MILLIS = 20_000;

    private final List<Integer> ports;
    private final boolean overtakenAllowed;
    private final List<Thread> clients = new ArrayList<>();
    private final LongAdder answered = new LongAdder();
    private final LongAdder overtaken = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLong slowestNanos = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /** What came of it. */
    record Result(long answered, long overtaken, long failed, Duration slowestQuick, List<String> failures) {}

    private record Kind(String request, String body, boolean keepAlive, boolean quick, Duration pause) {}

    /**
     * Begins.
     *
     * @param ports of which each client takes the next one whenever it connects and is refused
     * @param overtakenAllowed whether a close may overtake a request; a proxy would not show that
     */
    Load(List<Integer> ports, boolean overtakenAllowed) {
        this.ports = ports;
        this.overtakenAllowed = overtakenAllowed;
        start(6, new Kind("GET / HTTP/1.1\r\nHost: h\r\n\r\n", "hello", true, true, Duration.ofMillis(4)));
        start(
                4,
                new Kind(
                        "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                        "hello",
                        false,
                        true,
                        Duration.ofMillis(8)));
        start(
                4,
                new Kind(
                        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nfour kind",
                        "four kind",
                        true,
                        true,
                        Duration.ofMillis(8)));
        start(8, new Kind("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n", "slow", true, false, Duration.ZERO));
    }

    private void start(int number, Kind kind) {
        for (int i = 0; i < number; i++) {
            int first = i;
            Thread client = new Thread(() -> run(kind, first), "client-" + clients.size());
            client.setDaemon(true);
            clients.add(client);
            client.start();
        }
    }

    /** How many answers have come. */
    long answered() {
        return answered.sum();
    }

    Result result() {
        return new Result(
                answered.sum(),
                overtaken.sum(),
                failed.sum(),
                Duration.ofNanos(slowestNanos.get()),
                List.copyOf(failures));
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        for (Thread client : clients) {
            client.join();
        }
    }

    private void run(Kind kind, int first) {
        int next = first;
        RawConnection connection = null;
        while (!ended) {
            long start = System.nanoTime();
            try {
                for (int refused = 0; connection == null; next++) {
                    try {
                        connection = connect(ports.get(next % ports.size()));
                    } catch (ConnectException e) {
                        if (++refused > ports.size()) {
                            throw e;
                        }
                    }
                }
                boolean close = exchange(connection, kind);
                answered.increment();
                if (kind.quick()) {
                    slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                }
                if (close || !kind.keepAlive()) {
                    connection = closed(connection);
                }
                Thread.sleep(kind.pause().toMillis());
            } catch (OvertakenException e) {
                overtaken.increment();
                connection = closed(connection);
            } catch (IOException e) {
                failed.increment();
                if (failures.size() < MOST_FAILURES_KEPT) {
                    failures.add(kind.request().lines().findFirst().orElse("") + ": " + e + " after "
                            + (System.nanoTime() - start) / 1_000_000 + " ms");
                }
                connection = closed(connection);
            } catch (InterruptedException e) {
                return;
            }
        }
        closed(connection);
    }

    private @Nullable RawConnection closed(@Nullable RawConnection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (IOException e) {
                failures.add("close: " + e);
            }
        }
        return null;
    }

    private static final class OvertakenException extends IOException {
        private static final long serialVersionUID = 1;

        OvertakenException() {
            super("overtaken by a close");
        }
    }

    private RawConnection connect(int port) throws IOException {
        try {
            return new RawConnection(port, ANSWER_MILLIS);
        } catch (ConnectException e) {
            throw e;
        } catch (SocketException e) {
            throw overtakenAllowed ? new OvertakenException() : e;
        }
    }

    /** Whether the connection is to be closed behind the answer. */
    private boolean exchange(RawConnection connection, Kind kind) throws IOException {
        RawConnection.Answer answer;
        try {
            answer = connection.exchange(kind.request());
        } catch (IOException e) {
            throw overtakenAllowed && !connection.answerBegun() ? new OvertakenException() : e;
        }
        if (answer.status() != 200 || !answer.body().equals(kind.body())) {
            throw new IOException(answer.toString());
        }
        return answer.close();
    }
}
