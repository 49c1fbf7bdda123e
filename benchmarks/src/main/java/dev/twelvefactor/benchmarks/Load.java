package dev.twelvefactor.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

    private record Kind(String head, String body, boolean keepAlive, boolean quick, Duration pause) {}

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
        Connection connection = null;
        while (!ended) {
            long start = System.nanoTime();
            try {
                for (int refused = 0; connection == null; next++) {
                    try {
                        connection = new Connection(ports.get(next % ports.size()));
                    } catch (ConnectException e) {
                        if (++refused > ports.size()) {
                            throw e;
                        }
                    }
                }
                boolean close = connection.exchange(kind);
                answered.increment();
                if (kind.quick()) {
                    slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
                }
                if (close || !kind.keepAlive()) {
                    connection.close();
                    connection = null;
                }
                Thread.sleep(kind.pause().toMillis());
            } catch (OvertakenException e) {
                overtaken.increment();
                connection = closed(connection);
            } catch (IOException e) {
                failed.increment();
                if (failures.size() < MOST_FAILURES_KEPT) {
                    failures.add(kind.head().lines().findFirst().orElse("") + ": " + e + " after "
                            + (System.nanoTime() - start) / 1_000_000 + " ms");
                }
                connection = closed(connection);
            } catch (InterruptedException e) {
                return;
            }
        }
        closed(connection);
    }

    private static @Nullable Connection closed(@Nullable Connection connection) {
        if (connection != null) {
            connection.close();
        }
        return null;
    }

    private static final class OvertakenException extends IOException {
        private static final long serialVersionUID = 1;

        OvertakenException() {
            super("overtaken by a close");
        }
    }

    private final class Connection {
        private final Socket socket = new Socket();
        private final InputStream in;
        private boolean answerBegun;

        Connection(int port) throws IOException {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
            } catch (ConnectException e) {
                throw e;
            } catch (SocketException e) {
                throw overtakenAllowed ? new OvertakenException() : e;
            }
            in = new BufferedInputStream(socket.getInputStream());
        }

        /** Sends a request and reads its answer; whether the connection is to be closed then. */
        boolean exchange(Kind kind) throws IOException {
            String head;
            answerBegun = false;
            try {
                socket.getOutputStream().write(kind.head().getBytes(StandardCharsets.ISO_8859_1));
                head = head();
            } catch (IOException e) {
                throw overtakenAllowed && !answerBegun ? new OvertakenException() : e;
            }
            if (head.isEmpty()) {
                throw overtakenAllowed ? new OvertakenException() : new IOException("closed without an answer");
            }
            String lower = head.toLowerCase(Locale.ROOT);
            int at = lower.indexOf("content-length: ");
            int length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
            String body = new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            if (!head.startsWith("HTTP/1.1 200") || !body.equals(kind.body())) {
                throw new IOException(head.lines().findFirst().orElse("") + " " + body);
            }
            return lower.contains("connection: close");
        }

        private String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                int b = in.read();
                if (b < 0) {
                    if (head.length() > 0) {
                        throw new IOException("closed in the middle of an answer: " + head);
                    }
                    return "";
                }
                answerBegun = true;
                head.append((char) b);
            }
            return head.toString();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                failures.add("close: " + e);
            }
        }
    }
}
