package dev.twelvefactor.benchmarks.parts;

import dev.twelvefactor.lifecycle.VirtualThreads;
import io.undertow.Undertow;
import io.undertow.server.Connectors;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import io.undertow.util.SameThreadExecutor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadFactory;
import org.xnio.XnioIoThread;

/** The ways in which a blocking handler can be had on Undertow, each by itself: {@code benchmarks/hand-off} compares them. */
public final class HandOff {
    private static final byte[] TEXT = "Hello, World!".getBytes(StandardCharsets.US_ASCII);

    private HandOff() {}

    private enum Way {
        /** Not blocking at all. */
        IO_THREAD(2),
        /** The same on one IO thread: the limit on two cores. */
        SINGLE_IO_THREAD(1),
        /** Undertow's own pool, whose thread writes the response. */
        POOL(2),
        /** A virtual thread for each request, which writes it. */
        VIRTUAL_WRITES(2),
        /** It hands the response back to the IO thread. */
        VIRTUAL_HANDS_BACK(2),
        /** The same with one IO thread. */
        ONE_IO_THREAD(1),
        /** And those of one look at the connections started together. */
        STARTED_TOGETHER(1);

        private final int ioThreads;

        Way(int ioThreads) {
            this.ioThreads = ioThreads;
        }
    }

    /** {@code args[0]} is a way, in lower case with hyphens; {@code PORT} is where. */
    public static void main(String[] args) {
        Way way = Way.valueOf(args[0].replace('-', '_').toUpperCase(Locale.ROOT));
        Undertow.builder()
                .addHttpListener(Integer.parseInt(System.getenv("PORT")), "127.0.0.1")
                .setIoThreads(way.ioThreads)
                // Bounded, and nothing kept by a thread: there are many.
                .setByteBufferPool(new DefaultByteBufferPool(true, 16 * 1024, 1000, 0))
                .setHandler(handler(way))
                .build()
                .start();
    }

    private static HttpHandler handler(Way way) {
        return switch (way) {
            case IO_THREAD, SINGLE_IO_THREAD -> HandOff::write;
            case POOL -> new BlockingHandler(HandOff::write);
            case VIRTUAL_WRITES -> {
                ThreadFactory threads = virtual();
                yield exchange ->
                        exchange.dispatch(task -> threads.newThread(task).start(), HandOff::write);
            }
            case VIRTUAL_HANDS_BACK, ONE_IO_THREAD -> {
                ThreadFactory threads = virtual();
                yield exchange ->
                        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> threads.newThread(() -> handBack(exchange))
                                .start());
            }
            case STARTED_TOGETHER -> {
                Together together = new Together(virtual());
                yield exchange ->
                        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> together.start(() -> handBack(exchange)));
            }
        };
    }

    private static ThreadFactory virtual() {
        return VirtualThreads.factory("request")
                .orElseThrow(() -> new IllegalStateException("this JVM has no virtual threads; 21 has"));
    }

    private static void write(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send(ByteBuffer.wrap(TEXT));
    }

    private static void handBack(HttpServerExchange exchange) {
        exchange.getIoThread().execute(() -> Connectors.executeRootHandler(HandOff::write, exchange));
    }

    /** Of one IO thread. */
    private static final class Together {
        private final ThreadFactory threads;
        private List<Runnable> found = new ArrayList<>();

        Together(ThreadFactory threads) {
            this.threads = threads;
        }

        void start(Runnable task) {
            if (found.isEmpty()) {
                XnioIoThread.currentThread().execute(() -> {
                    List<Runnable> all = found;
                    found = new ArrayList<>();
                    all.forEach(each -> threads.newThread(each).start());
                });
            }
            found.add(task);
        }
    }
}
