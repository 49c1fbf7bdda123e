package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Requests at a given rate, whatever the answers do. Latency is counted from the time when a request was due: one that waits for a connection because the server stalls has waited, so that a stall
 * shows in all requests that fell due in it (no coordinated omission).
 */
final class OpenLoop {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** Short enough not to matter beside a latency, long enough to leave the processor to the server. */
    private static final long PAUSE_NANOS = 20_000;

    private final byte[] request;
    private final double intervalNanos;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Deque<Long> waiting = new ArrayDeque<>();
    private final Histogram latency = new Histogram(3);
    private final Histogram late = new Histogram(3);

    private static final class Connection {
        private final SocketChannel channel;
        private final AnswerBuffer answer = new AnswerBuffer();
        private long due;

        Connection(SocketChannel channel) {
            this.channel = channel;
        }
    }

    /**
     * What a load came to.
     *
     * @param latency in nanoseconds, from due to the last byte
     * @param late in nanoseconds: how much after they fell due the generator itself came to look at requests
     */
    record Result(Histogram latency, Histogram late) {
        double millisAt(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1e6;
        }
    }

    private OpenLoop(byte[] request, double perSecond) {
        this.request = request;
        this.intervalNanos = 1e9 / perSecond;
    }

    static Result run(InetSocketAddress address, byte[] request, double perSecond, Duration duration, int connections)
            throws IOException {
        OpenLoop loop = new OpenLoop(request, perSecond);
        List<SocketChannel> channels = new ArrayList<>();
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = SocketChannel.open(address);
                channels.add(channel);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.configureBlocking(false);
                Connection connection = new Connection(channel);
                channel.register(selector, SelectionKey.OP_READ, connection);
                loop.idle.add(connection);
            }
            loop.run(selector, Math.max(1, Math.round(duration.toNanos() / loop.intervalNanos)), connections);
            return new Result(loop.latency, loop.late);
        } finally {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    private void run(Selector selector, long requests, int connections) throws IOException {
        long start = System.nanoTime();
        long scheduled = 0;
        while (scheduled < requests || idle.size() < connections || !waiting.isEmpty()) {
            long now = System.nanoTime();
            for (long due = start + dueAfter(scheduled);
                    scheduled < requests && due <= now;
                    due = start + dueAfter(scheduled)) {
                late.recordValue(now - due);
                waiting.add(due);
                scheduled++;
            }
            send();
            if (now - start > dueAfter(requests) + PATIENCE_NANOS) {
                throw new IOException((connections - idle.size()) + " requests have no answer after 10 s");
            }
            if (selector.selectNow() == 0) {
                LockSupport.parkNanos(PAUSE_NANOS);
            } else {
                for (SelectionKey key : selector.selectedKeys()) {
                    receive((Connection) key.attachment());
                }
                selector.selectedKeys().clear();
            }
        }
    }

    private long dueAfter(long requests) {
        return Math.round(requests * intervalNanos);
    }

    private void send() throws IOException {
        while (!waiting.isEmpty() && !idle.isEmpty()) {
            Connection connection = idle.remove();
            connection.due = waiting.remove();
            ByteBuffer bytes = ByteBuffer.wrap(request);
            connection.channel.write(bytes);
            if (bytes.hasRemaining()) {
                throw new IOException("an idle connection takes no request");
            }
        }
    }

    private void receive(Connection connection) throws IOException {
        connection.answer.readFrom(connection.channel);
        if (connection.answer.isComplete()) {
            if (connection.answer.status() / 100 != 2) {
                throw new IllegalStateException("a load with wrong answers has no figure: " + connection.answer);
            }
            latency.recordValue(System.nanoTime() - connection.due);
            connection.answer.clear();
            idle.add(connection);
        }
    }
}
