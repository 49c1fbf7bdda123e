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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * A response's body, from the handler's thread to the IO thread one piece at a time. The handler's thread parks while the client is slow, which costs a
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
        int done = 0;
        while (done < length) {
            if (filled == PIECE) {
                flush();
            }
            int some = Math.min(PIECE - filled, length - done);
            System.arraycopy(bytes, offset + done, piece, filled, some);
            filled += some;
            done += some;
        }
    }

    @Override
    public void flush() throws IOException {
        if (filled > 0 || !committed) {
            send(ByteBuffer.wrap(piece, 0, filled));
            written += filled;
            filled = 0;
        }
    }

    /** Whether the client has got anything of it: then it cannot be replaced by another response any more. */
    boolean committed() {
        return committed;
    }

    /** Whether the client has gone. */
    boolean broken() {
        return broken;
    }

    /** The bytes that the client has taken. */
    long written() {
        return written;
    }

    private void send(ByteBuffer bytes) throws IOException {
        if (broken) {
            // What was under way then may be so still: nothing can come behind it.
            throw new IOException("the response has broken off");
        }
        CompletableFuture<Void> sent = new CompletableFuture<>();
        IoCallback callback = new IoCallback() {
            @Override
            public void onComplete(HttpServerExchange done, Sender sender) {
                sent.complete(null);
            }

            @Override
            public void onException(HttpServerExchange failed, Sender sender, IOException e) {
                sent.completeExceptionally(e);
            }
        };
        boolean first = !committed;
        committed = true;
        onIoThread(() -> {
            if (first) {
                // Undertow ends an exchange whose handler has returned, unless something is dispatched.
                Connectors.executeRootHandler(
                        begun -> {
                            head.accept(begun);
                            begun.dispatch(SameThreadExecutor.INSTANCE, () -> sendNow(bytes, callback, sent));
                        },
                        exchange);
            } else {
                sendNow(bytes, callback, sent);
            }
        });
        await(sent);
    }

    private void sendNow(ByteBuffer bytes, IoCallback callback, CompletableFuture<Void> sent) {
        try {
            Connection.of(exchange).onClose(() -> sent.completeExceptionally(new IOException("the client has gone")));
            trySend(bytes, callback, sent);
        } catch (Throwable e) {
            sent.completeExceptionally(e);
        }
    }

    private void trySend(ByteBuffer bytes, IoCallback callback, CompletableFuture<Void> sent) {
        if (!exchange.getConnection().isOpen()) {
            sent.completeExceptionally(new IOException("the client has gone"));
        } else if (bytes.hasRemaining()) {
            exchange.getResponseSender().send(bytes, callback);
        } else {
            sent.complete(null);
        }
    }

    private void await(CompletableFuture<Void> sent) throws IOException {
        try {
            sent.get();
        } catch (ExecutionException e) {
            broken = true;
            throw new IOException("the client has gone", e.getCause());
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

    /** Sends the rest and ends the response. */
    @Override
    public void close() throws IOException {
        flush();
        onIoThread(exchange::endExchange);
    }
}
