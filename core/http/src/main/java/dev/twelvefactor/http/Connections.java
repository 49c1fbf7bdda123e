package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Unfinished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/** The connections of one IO thread. They belong to it, and need no lock: whatever is asked of them from elsewhere is done there. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** How long a connection that has sent nothing yet may take for its first bytes once the drain has begun. */
    private static final int FRESH_GRACE_MILLIS = 20;

    private static final int TICK_MILLIS = 250;
    /** How long a client may take for its first byte where the port is full. */
    private static final Duration MIN_SILENCE = Duration.ofSeconds(1);
    /** A tick that is later than this, and not only because the processors are busy, comes after a pause. */
    private static final long MIN_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Framing.Refusal FULL =
            new Framing.Refusal(503, "There are too many connections. Try again soon.");

    private final XnioIoThread io;
    private final Listener.Options options;
    private final Executor closer;
    private final Runnable gone;
    /** Those that are looked at first where one has to go are first. */
    private final Map<StreamConnection, Connection> connections = new LinkedHashMap<>();

    /** Those whose clients have not sent a byte yet, the oldest first. */
    private final Set<Connection> silent = new LinkedHashSet<>();

    private final CountDownLatch empty = new CountDownLatch(1);
    private long lastTick;
    private boolean closing;
    /** What the port had accepted before it was closed has come by now. */
    private boolean complete;

    /**
     * @param closer closes connections that their clients have closed
     * @param gone is told whenever there is one less
     */
    Connections(XnioIoThread io, Listener.Options options, Executor closer, Runnable gone) {
        this.io = io;
        this.options = options;
        this.closer = closer;
        this.gone = gone;
    }

    /** Begins to look at the clock, once for all connections, so that none needs a timer of its own. */
    void watch() {
        lastTick = System.nanoTime();
        after(TICK_MILLIS, this::tick);
    }

    private void tick() {
        long now = System.nanoTime();
        Pause pause = new Pause(now - lastTick - TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS), now);
        lastTick = now;
        try {
            if (pause.nanos() > MIN_PAUSE_NANOS) {
                connections.values().forEach(connection -> connection.postpone(pause));
            }
            copy().forEach(connection -> connection.tick(now));
        } finally {
            if (!closing || !connections.isEmpty()) {
                after(TICK_MILLIS, this::tick);
            }
        }
    }

    private List<Connection> copy() {
        return new ArrayList<>(connections.values());
    }

    /** On the IO thread: at once if this is it. False if the server has been stopped: then nothing runs. */
    boolean run(Runnable task) {
        if (Thread.currentThread() != io) {
            return later(task);
        }
        task.run();
        return true;
    }

    /** The same once what is going on there has unwound. */
    boolean later(Runnable task) {
        return handed(() -> io.execute(task));
    }

    /** The same after a while. */
    void after(int millis, Runnable task) {
        handed(() -> io.executeAfter(task, millis, TimeUnit.MILLISECONDS));
    }

    private static boolean handed(Runnable handing) {
        try {
            handing.run();
            return true;
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has been stopped", e);
            return false;
        }
    }

    /** One that has just come; nothing is read from it yet. It is to be opened or refused. */
    Connection add(StreamConnection channel) {
        Connection connection =
                new Connection(channel, options.connectionLimits(), options.refusals(), closer, silent::remove);
        channel.getSourceChannel().setConduit(connection);
        connections.put(channel, connection);
        silent.add(connection);
        if (closing) {
            after(FRESH_GRACE_MILLIS, this::closeAllIdle);
        }
        return connection;
    }

    /** Takes its requests from now on, with {@code undertow}. */
    void open(Connection connection, ChannelListener<StreamConnection> undertow) {
        StreamConnection channel = connection.channel();
        if (channel.isOpen()) {
            undertow.handleEvent(channel);
        }
        // Called behind Undertow's own, which ends the exchange; at once if the connection is closed by now.
        channel.setCloseListener(closed -> run(() -> forget(closed)));
    }

    /** The same for one for which there is no room. */
    void refuse(Connection connection, ChannelListener<StreamConnection> undertow) {
        // Before Undertow reads: a request that is here already must not be carried out and then refused.
        connection.refuse(FULL);
        open(connection, undertow);
    }

    /**
     * Makes room by a connection that has never sent a byte, if it can: the oldest, if it had a second for it. Where most of the connections are silent, they
     * are a flood, and no time is given to them: else they would take the places of clients that wait between two requests.
     */
    boolean closeOneSilent(Connection newcomer) {
        boolean flood = silent.size() > connections.size() / 2;
        while (!silent.isEmpty()) {
            Connection oldest = silent.iterator().next();
            if (oldest == newcomer || !(flood || oldest.isOlderThan(MIN_SILENCE))) {
                return false;
            }
            silent.remove(oldest);
            if (oldest.closeIfSilent()) {
                return true;
            }
        }
        return false;
    }

    /** Makes room, if it can. A connection whose next request has come is not idle, and is passed over. */
    boolean closeOneIdle() {
        // Each once: clients that send faster than they are answered would keep the IO thread here for good.
        for (Connection connection : copy()) {
            if (connection.idle()) {
                if (connection.closeIfSilent()) {
                    return true;
                }
                connections.remove(connection.channel());
                connections.put(connection.channel(), connection);
            }
        }
        return false;
    }

    private void forget(StreamConnection channel) {
        Connection closed = connections.remove(channel);
        if (closed != null) {
            silent.remove(closed);
            gone.run();
            closed.closed();
            tellIfEmpty();
        }
    }

    private void tellIfEmpty() {
        if (complete && connections.isEmpty()) {
            empty.countDown();
        }
    }

    /** Answers what was read and closes the connections, each as soon as it is idle. No more come but those that the port has accepted already. */
    void close() {
        run(() -> {
            if (!closing) {
                closing = true;
                after(1, this::closeIdle);
            }
        });
    }

    private void closeIdle() {
        complete = true;
        boolean fresh = false;
        for (Connection connection : copy()) {
            if (connection.used()) {
                connection.closeIfIdle();
            } else if (!connection.busy()) {
                fresh = true;
            }
        }
        if (fresh) {
            after(FRESH_GRACE_MILLIS, this::closeAllIdle);
        } else {
            closeAllIdle();
        }
    }

    private void closeAllIdle() {
        copy().forEach(Connection::closeIfIdle);
        tellIfEmpty();
    }

    /** Whether there are none any more, by the deadline. */
    boolean awaitNone(Deadline deadline) throws InterruptedException {
        return empty.await(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** What is going on, but for the requests that are named already; if the IO thread does not say so soon, it is itself what is stuck. */
    CompletableFuture<List<Unfinished>> unfinished(Set<String> named) {
        return ask(
                () -> connections.values().stream()
                        .filter(Connection::busy)
                        .map(Connection::current)
                        .filter(request -> request.isEmpty() || !named.contains(request.get()))
                        .map(request -> request.map(what -> what + " (on its way to or from the client)")
                                .orElse("a request of which only a part has come"))
                        .map(what -> new Unfinished(what, Optional.empty()))
                        .toList(),
                List.of(),
                List.of(new Unfinished(
                        "a handler that waits on its IO thread (declared by nonBlocking or undertow)",
                        Optional.of(io))));
    }

    /** Closes every one, whatever it is doing. What keeps the IO thread from that is interrupted. */
    CompletableFuture<Void> abort() {
        return ask(
                        () -> {
                            copy().forEach(Connection::abort);
                            return true;
                        },
                        true,
                        false)
                .thenAccept(done -> {
                    if (!done) {
                        io.interrupt();
                    }
                });
    }

    private <T> CompletableFuture<T> ask(Supplier<T> question, T stopped, T stuck) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (!run(() -> answer.complete(question.get()))) {
            answer.complete(stopped);
        }
        return answer.completeOnTimeout(stuck, 1, TimeUnit.SECONDS);
    }
}
