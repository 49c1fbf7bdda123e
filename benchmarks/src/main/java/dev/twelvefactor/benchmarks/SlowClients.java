package dev.twelvefactor.benchmarks;

import dev.twelvefactor.testing.AppProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * What clients that send a byte a second, and clients that read a byte a second, do to the latency of ordinary ones: without and with them, in turns.
 */
final class SlowClients {
    private static final int SAMPLES = 5000;

    private SlowClients() {}

    /** The percentiles of each round, as text. */
    static List<String> run(int senders, int readers, int rounds) throws IOException, InterruptedException {
        List<String> shown = new ArrayList<>();
        try (AppProcess app = AppProcess.main(Counting.class)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("LOG_LEVELS", "http.access=warn")
                .start()) {
            int port = app.awaitReady().getPort();
            // Until the JVM has compiled what both sides of the comparison use, the crowd's ways too.
            shown.add("warm-up " + percentiles(port));
            try (Crowd crowd = new Crowd(port, senders, readers)) {
                shown.add("warm-up " + percentiles(port) + ", slow senders refused: " + crowd.refused.sum());
            }
            for (int round = 0; round < rounds; round++) {
                shown.add("without " + percentiles(port));
                try (Crowd crowd = new Crowd(port, senders, readers)) {
                    shown.add("with    " + percentiles(port) + ", slow senders refused: " + crowd.refused.sum());
                }
            }
            app.terminate();
            shown.add("status  " + app.awaitExit());
        }
        return shown;
    }

    private static String percentiles(int port) throws IOException, InterruptedException {
        long[] nanos = new long[SAMPLES];
        try (RawConnection connection = new RawConnection(port, 30_000)) {
            for (int i = 0; i < SAMPLES; i++) {
                long start = System.nanoTime();
                RawConnection.Answer answer = connection.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                nanos[i] = System.nanoTime() - start;
                if (answer.status() != 200) {
                    throw new IOException(answer.toString());
                }
                Thread.sleep(1);
            }
        }
        Arrays.sort(nanos);
        return String.format(
                "p50 %.2f ms, p99 %.2f ms, max %.2f ms",
                nanos[SAMPLES / 2] / 1e6, nanos[SAMPLES * 99 / 100] / 1e6, nanos[SAMPLES - 1] / 1e6);
    }

    /** The slow ones, all served by one thread, spread over each second. */
    private static final class Crowd implements AutoCloseable {
        private static final byte[] DRIPPED =
                ("GET / HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(10_000)).getBytes(StandardCharsets.US_ASCII);

        private final InetSocketAddress address;
        private final List<SocketChannel> senders = new ArrayList<>();
        private final List<SocketChannel> readers = new ArrayList<>();
        private final Thread thread;
        private final LongAdder refused = new LongAdder();
        private volatile boolean ended;

        Crowd(int port, int slowSenders, int slowReaders) throws IOException {
            address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            for (int i = 0; i < slowSenders; i++) {
                senders.add(connect());
            }
            for (int i = 0; i < slowReaders; i++) {
                SocketChannel reader = connect();
                String path = i % 2 == 0 ? "/large" : "/streamed";
                reader.write(ByteBuffer.wrap(
                        ("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
                readers.add(reader);
            }
            thread = new Thread(this::drip, "slow");
            thread.start();
        }

        private SocketChannel connect() throws IOException {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            channel.connect(address);
            channel.configureBlocking(false);
            return channel;
        }

        private void drip() {
            ByteBuffer one = ByteBuffer.allocate(1);
            try {
                for (int second = 0; !ended; second++) {
                    for (int i = 0; i < senders.size() && !ended; i++) {
                        one.clear();
                        one.put(DRIPPED[second % DRIPPED.length]).flip();
                        drip(i, one);
                        if (i < readers.size()) {
                            one.clear();
                            readers.get(i).read(one);
                        }
                        if (i % 5 == 0) {
                            Thread.sleep(1);
                        }
                    }
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void drip(int i, ByteBuffer one) throws IOException {
            try {
                senders.get(i).write(one);
            } catch (IOException e) {
                // Refused with 408, as it should be: it comes again.
                senders.get(i).close();
                senders.set(i, connect());
                refused.increment();
            }
        }

        @Override
        public void close() throws IOException, InterruptedException {
            ended = true;
            thread.join();
            for (SocketChannel channel : senders) {
                channel.close();
            }
            for (SocketChannel channel : readers) {
                channel.close();
            }
        }
    }
}
