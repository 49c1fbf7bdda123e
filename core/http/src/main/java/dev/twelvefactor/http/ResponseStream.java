package dev.twelvefactor.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A response's body, from the thread of its writer to the IO thread one piece at a time. The writer's thread parks while the client is slow, which costs a
 * virtual thread nothing: XNIO's own blocking streams would hold its carrier.
 */
final class ResponseStream extends OutputStream {
    private static final int PIECE = 16 * 1024;

    private final HttpServerExchange exchange;
    private final Consumer<HttpServerExchange> head;
    private final byte[] piece = new byte[PIECE];
    private int filled;
    private long written;
    private boolean committed;
    private boolean broken;
    private boolean closed;
    private final OnIoThread io = new OnIoThread();

    /** {@code head} writes the status and the header fields, on the IO thread. */
    ResponseStream(HttpServerExchange exchange, Consumer<HttpServerExchange> head) {
        this.exchange = exchange;
        this.head = head;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the response has been closed");
        }
        int done = 0;
        while (done < length) {
            if (filled == PIECE) {
                send(false);
            }
            int some = Math.min(PIECE - filled, length - done);
            System.arraycopy(bytes, offset + done, piece, filled, some);
            filled += some;
            done += some;
        }
    }

    @Override
    public void flush() throws IOException {
        if (!closed && (filled > 0 || !committed)) {
            send(true);
        }
    }

    /** Whether the client has got anything of it: then it cannot be replaced by another response any more. */
    boolean committed() {
        return committed;
    }

    /** The bytes that the client has taken. */
    long written() {
        return written;
    }

    /**
     * From here on a client that has gone is noticed even while nothing is written.
     *
     * @param quiet how long nothing was written when a heartbeat goes out between two flushes
     * @param gone what happens then, on the IO thread
     */
    void keepAlive(Duration quiet, Runnable gone) throws IOException {
        onIoThread(() -> io.keepAlive(quiet, gone));
    }

    private void send(boolean flush) throws IOException {
        if (broken) {
            // What was under way then may be so still: nothing can come behind it.
            throw new IOException("the response has broken off");
        }
        CompletableFuture<Void> sent = new CompletableFuture<>();
        ByteBuffer bytes = ByteBuffer.wrap(piece, 0, filled);
        boolean first = !committed;
        committed = true;
        onIoThread(() -> {
            if (first) {
                // Undertow ends an exchange whose handler has returned, unless something is dispatched.
                Connectors.executeRootHandler(
                        begun -> {
                            head.accept(begun);
                            begun.dispatch(SameThreadExecutor.INSTANCE, () -> io.send(bytes, flush, sent));
                        },
                        exchange);
            } else {
                io.send(bytes, flush, sent);
            }
        });
        await(sent);
        written += filled;
        filled = 0;
    }

    private void await(CompletableFuture<Void> sent) throws IOException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            broken = true;
            throw new ClientGoneException(e.getCause());
        } catch (InterruptedException e) {
            broken = true;
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the response was interrupted");
        }
    }

    private void onIoThread(Runnable task) throws IOException {
        try {
            exchange.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            broken = true;
            throw new IOException("the server was stopped", e);
        }
    }

    /** Sends the rest. The response ends when its writer returns: one that closes as it fails has not written all. */
    @Override
    public void close() throws IOException {
        flush();
        closed = true;
    }

    /** Sends the rest and ends the response. */
    void end() throws IOException {
        close();
        onIoThread(io::end);
    }

    /** The same on the IO thread, where all has been sent. */
    void endNow() {
        io.end();
    }

    /** Wakes up a writer that waits for something else than its client, which has gone. A write that is under way fails by itself. */
    void interruptUnlessSending(InFlight.Work writer) {
        if (io.onItsWay == null) {
            writer.interrupt();
        }
    }

    /** What belongs to the IO thread: at most one piece or one heartbeat is on its way, and a piece waits for a heartbeat. */
    private final class OnIoThread {
        private boolean begun;
        private boolean ended;
        private boolean betweenFlushes;
        private boolean beating;
        private volatile @Nullable CompletableFuture<Void> onItsWay;
        private @Nullable Runnable behindHeartbeat;
        private @Nullable Runnable onGone;

        void send(ByteBuffer bytes, boolean flush, CompletableFuture<Void> sent) {
            if (beating) {
                behindHeartbeat = () -> send(bytes, flush, sent);
                return;
            }
            begin();
            Connection connection = Connection.of(exchange);
            if (!connection.isOpen() || connection.refused()) {
                sent.completeExceptionally(new IOException("closed"));
                return;
            }
            onItsWay = sent;
            betweenFlushes = false;
            connection.restartTimeout();
            write(
                    bytes,
                    () -> {
                        onItsWay = null;
                        betweenFlushes = flush;
                        sent.complete(null);
                    },
                    sent::completeExceptionally);
        }

        private void begin() {
            if (!begun) {
                begun = true;
                Connection.of(exchange).onClose(this::gone);
            }
        }

        private void write(ByteBuffer bytes, Runnable done, Consumer<Throwable> failed) {
            if (!bytes.hasRemaining()) {
                done.run();
                return;
            }
            try {
                exchange.getResponseSender().send(bytes, new IoCallback() {
                    @Override
                    public void onComplete(HttpServerExchange written, Sender sender) {
                        done.run();
                    }

                    @Override
                    public void onException(HttpServerExchange unwritten, Sender sender, IOException e) {
                        failed.accept(e);
                    }
                });
            } catch (Throwable e) {
                failed.accept(e);
            }
        }

        void keepAlive(Duration quiet, Runnable gone) {
            begin();
            onGone = gone;
            if (!exchange.getConnection().isOpen()) {
                gone.run();
                return;
            }
            Connection.of(exchange).onTimeout(quiet, () -> beat(quiet));
        }

        private void beat(Duration quiet) {
            if (ended || exchange.isComplete()) {
                return;
            }
            Connection.of(exchange).onTimeout(quiet, () -> beat(quiet));
            if (onItsWay == null && betweenFlushes && !beating) {
                beating = true;
                write(ByteBuffer.wrap(EventStream.COMMENT), this::beaten, failure -> Connection.of(exchange)
                        .close());
            }
        }

        private void beaten() {
            beating = false;
            Runnable next = behindHeartbeat;
            behindHeartbeat = null;
            if (next != null) {
                next.run();
            }
        }

        void end() {
            if (beating) {
                behindHeartbeat = this::end;
                return;
            }
            ended = true;
            Exchange.end(exchange);
        }

        private void gone() {
            IOException closed = new IOException("closed");
            CompletableFuture<Void> failing = onItsWay;
            if (failing != null) {
                failing.completeExceptionally(closed);
            }
            beaten();
            if (onGone != null) {
                onGone.run();
            }
        }
    }
}
