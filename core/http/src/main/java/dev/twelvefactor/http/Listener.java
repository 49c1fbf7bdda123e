package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Unfinished;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * A port: it accepts connections, hands them to Undertow, each on one of its IO threads for good, and knows when none is left.
 */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private static final int SENTINEL_MILLIS = 200;
    private static final int SENTINEL_SLICE_MILLIS = 10;

    private final XnioWorker worker;
    private final HttpOpenListener http;
    private final AcceptingChannel<StreamConnection> port;
    private final int mostConnections;
    private final AtomicInteger connections = new AtomicInteger();
    /** One for each IO thread, by its number. */
    private final List<Connections> byThread = new ArrayList<>();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile @Nullable InetSocketAddress sentinel;
    private volatile boolean closing;

    /** What a port and its connections are made with. */
    record Options(
            int ioThreads,
            ByteBufferPool buffers,
            OptionMap http,
            OptionMap socket,
            Connection.Limits connectionLimits,
            int mostConnections,
            Refusals refusals) {}

    private Listener(String name, InetSocketAddress address, Options options, HttpHandler handler) throws IOException {
        this.mostConnections = options.mostConnections();
        this.worker = Xnio.getInstance(Listener.class.getClassLoader())
                .createWorkerBuilder()
                .setWorkerName(name)
                .setWorkerIoThreads(options.ioThreads())
                // For what a raw handler dispatches; XNIO's own pool would be loaded for nothing otherwise.
                .setExternalExecutorService(oneThread(name + " task"))
                .setDaemon(true)
                .build();
        Executor closer = oneThread(name + " closer");
        for (int number = 0; number < options.ioThreads(); number++) {
            byThread.add(new Connections(worker.getIoThread(number), options, closer, connections::decrementAndGet));
        }
        this.http = new HttpOpenListener(options.buffers(), options.http());
        http.setRootHandler(exchange -> counted(exchange, handler));
        try {
            this.port = worker.createStreamConnectionServer(address, this::acceptAll, options.socket());
        } catch (IOException | RuntimeException e) {
            worker.shutdownNow();
            throw e;
        }
    }

    /**
     * Binds the port and begins to accept.
     *
     * @throws java.net.BindException if the port is taken or may not be bound
     */
    static Listener bind(String name, InetSocketAddress address, Options options, HttpHandler handler)
            throws IOException {
        Listener listener = new Listener(name, address, options, handler);
        listener.byThread.forEach(Connections::watch);
        listener.port.resumeAccepts();
        listener.watch(new DescriptorWatch(listener.port));
        return listener;
    }

    private void watch(DescriptorWatch descriptors) {
        byThread.get(0).after(DescriptorWatch.INTERVAL_MILLIS, () -> {
            if (!closing) {
                descriptors.look();
                watch(descriptors);
            }
        });
    }

    int number() {
        return port.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** On an IO thread: those connections that are to be its own. */
    private void acceptAll(AcceptingChannel<StreamConnection> from) {
        boolean last = false;
        try {
            for (StreamConnection next = from.accept(); next != null; next = from.accept()) {
                InetSocketAddress peer = next.getPeerAddress(InetSocketAddress.class);
                if (peer != null && peer.equals(sentinel)) {
                    IoUtils.safeClose(next);
                    last = true;
                } else {
                    adopt(next);
                }
            }
        } catch (IOException e) {
            // The port was closed between the readiness and the accept: there is nothing left to accept.
            last = true;
        }
        if (last) {
            stopAccepting();
        }
    }

    /**
     * At once behind the last accept: what comes to the queue in between is reset by the kernel. What came before it the other threads have been told of, and
     * each hears of the end behind that.
     */
    private void stopAccepting() {
        closePort();
        byThread.forEach(Connections::close);
        stopped.countDown();
    }

    private void adopt(StreamConnection channel) {
        Connections own = byThread.get(channel.getIoThread().getNumber());
        Connection connection = own.add(channel);
        if (connections.incrementAndGet() <= mostConnections) {
            own.open(connection, http);
        } else {
            makeRoom(own, connection, 0);
        }
    }

    /**
     * Asks one IO thread after the other, its own first, for a connection that can be closed in favour of this one: first for one that has never sent
     * anything, then for one that lies idle.
     */
    private void makeRoom(Connections own, Connection connection, int asked) {
        if (asked == 2 * byThread.size()) {
            own.run(() -> own.refuse(connection, http));
            return;
        }
        Connections next = byThread.get((byThread.indexOf(own) + asked) % byThread.size());
        next.run(() -> {
            if (asked < byThread.size() ? next.closeOneSilent(connection) : next.closeOneIdle()) {
                own.run(() -> own.open(connection, http));
            } else {
                makeRoom(own, connection, asked + 1);
            }
        });
    }

    /** One that there is while there is something to do. */
    private static ExecutorService oneThread(String name) {
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private void counted(HttpServerExchange exchange, HttpHandler handler) throws Exception {
        Connection connection = Connection.of(exchange);
        connection.requestBegins(exchange);
        if (exchange.isHttp10() && exchange.isPersistent()) {
            // RFC 9112, 9.3: a client of HTTP/1.0 goes on only if it is told that it may. Undertow puts "close" instead
            // where the end of the body is the close.
            exchange.getResponseHeaders().put(Headers.CONNECTION, Headers.KEEP_ALIVE.toString());
        }
        exchange.addExchangeCompleteListener((done, next) -> {
            Connections own = byThread.get(done.getIoThread().getNumber());
            // A handler of Undertow's may end the response on a thread of its own. What Undertow does next comes after
            // this.
            if (!own.run(() -> ends(connection, own, next))) {
                next.proceed();
            }
        });
        handler.handleRequest(exchange);
    }

    private void ends(Connection connection, Connections own, ExchangeCompletionListener.NextListener next) {
        try {
            connection.requestEnds();
            if (closing) {
                own.later(connection::closeIfIdle);
            }
        } finally {
            next.proceed();
        }
    }

    /**
     * Accepts what waits, closes the port, answers what was read and closes the connections, each as soon as it is idle.
     *
     * @return false if something is not finished at the deadline
     */
    boolean drain(Deadline deadline) throws InterruptedException {
        acceptWhatWaits();
        stopAccepting();
        boolean drained = true;
        for (Connections each : byThread) {
            drained &= each.awaitNone(deadline);
        }
        return drained;
    }

    /** What is going on, but for the requests that are named already. */
    List<Unfinished> unfinished(Set<String> named) {
        List<CompletableFuture<List<Unfinished>>> asked =
                byThread.stream().map(each -> each.unfinished(named)).toList();
        return asked.stream().flatMap(each -> each.join().stream()).toList();
    }

    /** Ends its threads, once there are no connections any more. */
    void stop() throws InterruptedException {
        worker.shutdown();
        // Event loops that are alive when the JVM ends cost it 300 ms.
        worker.awaitTermination(1, TimeUnit.SECONDS);
    }

    /** Gives the port back that nobody has been told of. */
    void discard() {
        closePort();
        worker.shutdownNow();
    }

    /** Closes every connection, whatever it is doing. */
    void abort() {
        closePort();
        byThread.stream().map(Connections::abort).toList().forEach(CompletableFuture::join);
    }

    /** Once, and behind that nothing is accepted: XNIO waits for its accept thread, even for one that has ended. */
    private synchronized void closePort() {
        if (!closing) {
            IoUtils.safeClose(port);
            closing = true;
        }
    }

    /**
     * The kernel's accept queue is first in, first out: once a connection of our own is accepted, all that came before it are too. Closing the
     * port without that would reset them.
     */
    private void acceptWhatWaits() throws InterruptedException {
        InetSocketAddress bound = port.getLocalAddress(InetSocketAddress.class);
        InetAddress target =
                bound.getAddress().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound.getAddress();
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(target, 0));
            sentinel = new InetSocketAddress(target, socket.getLocalPort());
            socket.connect(new InetSocketAddress(target, bound.getPort()), SENTINEL_MILLIS);
            // In slices: a pause of the process takes one of them, and not the time in which the queue is emptied.
            for (int waited = 0; waited < SENTINEL_MILLIS; waited += SENTINEL_SLICE_MILLIS) {
                if (stopped.await(SENTINEL_SLICE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The queue is full or there is no way to ourselves: what waits is then lost to us, as with any close.
            LOG.debug("the accept queue could not be emptied before the close", e);
        }
    }
}
