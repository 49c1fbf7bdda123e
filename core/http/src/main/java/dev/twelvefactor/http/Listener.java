package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Deadline;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * A port: it accepts connections, hands them to Undertow and knows which of them are idle. With one IO thread, all of its state belongs to that
 * thread.
 */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** How long a connection that has sent nothing yet may take for its first bytes once the drain has begun. */
    private static final int FRESH_GRACE_MILLIS = 20;

    private static final int SENTINEL_MILLIS = 200;
    private static final int TICK_MILLIS = 250;
    private static final Framing.Refusal FULL =
            new Framing.Refusal(503, "There are too many connections. Try again soon.");

    private final XnioWorker worker;
    private final XnioIoThread io;
    private final HttpOpenListener http;
    private final AcceptingChannel<StreamConnection> port;
    private final Connection.Limits limits;
    private final Refusals refusals;
    private final Executor closer;
    private final int mostConnections;
    private final Map<StreamConnection, Connection> connections = new HashMap<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final CountDownLatch empty = new CountDownLatch(1);
    private volatile @Nullable InetSocketAddress sentinel;
    private volatile boolean closing;

    /** What a port and its connections are made with. */
    record Options(
            ByteBufferPool buffers,
            OptionMap http,
            OptionMap socket,
            Connection.Limits connectionLimits,
            int mostConnections,
            Refusals refusals) {}

    private Listener(String name, InetSocketAddress address, Options options, HttpHandler handler) throws IOException {
        this.limits = options.connectionLimits();
        this.mostConnections = options.mostConnections();
        this.refusals = options.refusals();
        this.worker = Xnio.getInstance(Listener.class.getClassLoader())
                .createWorkerBuilder()
                .setWorkerName(name)
                .setWorkerIoThreads(1)
                // For what a raw handler dispatches; XNIO's own pool would be loaded for nothing otherwise.
                .setExternalExecutorService(oneThread(name + " task"))
                .setDaemon(true)
                .build();
        this.io = worker.getIoThread(0);
        this.closer = oneThread(name + " closer");
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
        listener.port.resumeAccepts();
        listener.io.executeAfter(listener::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        return listener;
    }

    int number() {
        return port.getLocalAddress(InetSocketAddress.class).getPort();
    }

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

    /** At once behind the last accept: what comes to the queue in between is reset by the kernel. */
    private void stopAccepting() {
        if (!closing) {
            IoUtils.safeClose(port);
            closing = true;
            io.executeAfter(this::closeIdle, 1, TimeUnit.MILLISECONDS);
        }
        stopped.countDown();
    }

    /** One look at the clock for all connections, so that none needs a timer of its own. */
    private void tick() {
        long now = System.nanoTime();
        try {
            new ArrayList<>(connections.values()).forEach(connection -> connection.tick(now));
        } finally {
            if (!closing || !connections.isEmpty()) {
                io.executeAfter(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private void adopt(StreamConnection channel) {
        boolean full = connections.size() >= mostConnections && !closeOneIdle();
        Connection connection = new Connection(channel, limits, refusals, closer);
        channel.getSourceChannel().setConduit(connection);
        connections.put(channel, connection);
        if (full) {
            // Before Undertow reads: a request that is here already must not be carried out and then refused.
            connection.refuse(FULL);
        }
        http.handleEvent(channel);
        // Undertow has set a close listener of its own by now, which ends the exchange: ours goes around it.
        ChannelListener<? super StreamConnection> undertows = channel.getCloseListener();
        channel.setCloseListener(closed -> {
            ChannelListeners.invokeChannelListener(closed, undertows);
            if (Thread.currentThread() == io) {
                forget(closed);
            } else {
                forgetLater(closed);
            }
        });
        if (!channel.isOpen()) {
            forget(channel);
        }
    }

    /** Makes room: a connection that waits for its next request may be closed at any time, and its client knows that. */
    private boolean closeOneIdle() {
        Optional<Connection> idle = connections.values().stream()
                .filter(connection -> connection.used() && !connection.busy())
                .findFirst();
        idle.ifPresent(Connection::close);
        return idle.isPresent();
    }

    private void forgetLater(StreamConnection closed) {
        try {
            io.execute(() -> forget(closed));
        } catch (RejectedExecutionException e) {
            LOG.debug("a connection was closed when the server was stopped already", e);
        }
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

    private void forget(StreamConnection channel) {
        Connection gone = connections.remove(channel);
        if (gone != null) {
            gone.closed();
        }
        if (closing && connections.isEmpty()) {
            empty.countDown();
        }
    }

    private void counted(HttpServerExchange exchange, HttpHandler handler) throws Exception {
        Connection connection = Connection.of(exchange);
        connection.requestBegins(exchange);
        exchange.addExchangeCompleteListener((done, next) -> {
            try {
                connection.requestEnds();
                if (closing) {
                    io.execute(connection::closeIfIdle);
                }
            } finally {
                next.proceed();
            }
        });
        handler.handleRequest(exchange);
    }

    /**
     * Accepts what waits, closes the port, answers what was read and closes the connections, each as soon as it is idle.
     *
     * @return false if something is not finished at the deadline
     */
    boolean drain(Deadline deadline) throws InterruptedException {
        acceptWhatWaits();
        io.execute(this::stopAccepting);
        return empty.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Of each connection on which something is going on, the request; nothing if the IO thread does not say so soon. */
    List<Optional<String>> busy() {
        CompletableFuture<List<Optional<String>>> busy = new CompletableFuture<>();
        try {
            io.execute(() -> busy.complete(connections.values().stream()
                    .filter(Connection::busy)
                    .map(Connection::current)
                    .toList()));
        } catch (RejectedExecutionException e) {
            return List.of();
        }
        return busy.completeOnTimeout(List.of(), 1, TimeUnit.SECONDS).join();
    }

    private void closeIdle() {
        boolean fresh = false;
        for (Connection connection : new ArrayList<>(connections.values())) {
            if (connection.used()) {
                connection.closeIfIdle();
            } else if (!connection.busy()) {
                fresh = true;
            }
        }
        if (fresh) {
            io.executeAfter(this::closeAllIdle, FRESH_GRACE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            closeAllIdle();
        }
    }

    private void closeAllIdle() {
        new ArrayList<>(connections.values()).forEach(Connection::closeIfIdle);
        if (connections.isEmpty()) {
            empty.countDown();
        }
    }

    /** Ends its thread, once there are no connections any more. */
    void stop() throws InterruptedException {
        worker.shutdown();
        // Event loops that are alive when the JVM ends cost it 300 ms.
        worker.awaitTermination(1, TimeUnit.SECONDS);
    }

    /** Gives the port back that nobody has been told of. */
    void discard() {
        IoUtils.safeClose(port);
        worker.shutdownNow();
    }

    /** Closes every connection, whatever it is doing. */
    void abort() throws InterruptedException {
        IoUtils.safeClose(port);
        CountDownLatch done = new CountDownLatch(1);
        io.execute(() -> {
            new ArrayList<>(connections.values()).forEach(Connection::close);
            done.countDown();
        });
        done.await(1, TimeUnit.SECONDS);
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
            stopped.await(SENTINEL_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            // The queue is full or there is no way to ourselves: what waits is then lost to us, as with any close.
            LOG.debug("the accept queue could not be emptied before the close", e);
        }
    }
}
