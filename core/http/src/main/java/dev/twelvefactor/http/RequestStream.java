package dev.twelvefactor.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * A request's body, from the IO thread to the handler's thread one piece at a time, and only when the handler asks for one: a client sends no faster than
 * it reads. A client that waits for {@code 100 Continue} gets it at the first read, so that a filter can refuse before anything is sent.
 */
final class RequestStream extends InputStream {
    private static final int PIECE = 16 * 1024;

    private final HttpServerExchange exchange;
    private final Connection connection;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE).limit(0);
    private @Nullable StreamSourceChannel channel;
    private boolean ended;
    private boolean broken;
    /** Of the IO thread. */
    private CompletableFuture<Boolean> awaited = new CompletableFuture<>();

    RequestStream(HttpServerExchange exchange) {
        this.exchange = exchange;
        this.connection = Connection.of(exchange);
        connection.awaitsBody(false);
        connection.onClose(() -> awaited.completeExceptionally(new IOException("closed")));
    }

    @Override
    public int read() throws IOException {
        return hasMore() ? piece.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!hasMore()) {
            return -1;
        }
        int some = Math.min(length, piece.remaining());
        piece.get(target, offset, some);
        return some;
    }

    @Override
    public int available() {
        return piece.remaining();
    }

    private boolean hasMore() throws IOException {
        if (!piece.hasRemaining() && !ended) {
            fill();
        }
        return piece.hasRemaining();
    }

    private void fill() throws IOException {
        if (broken) {
            // What was under way then may be so still.
            throw new ClientGoneException(null);
        }
        CompletableFuture<Boolean> filled = new CompletableFuture<>();
        broken = true;
        try {
            exchange.getIoThread().execute(() -> begin(filled));
            ended = !filled.get();
            broken = false;
        } catch (RejectedExecutionException e) {
            throw new IOException("the server was stopped", e);
        } catch (ExecutionException e) {
            throw new ClientGoneException(e.getCause());
        } catch (InterruptedException e) {
            // It is for the client that this has waited, for too long.
            Thread.currentThread().interrupt();
            throw new ClientGoneException(e);
        }
    }

    /** On the IO thread, from here on. */
    private void begin(CompletableFuture<Boolean> filled) {
        awaited = filled;
        try {
            if (!connection.isOpen() || connection.refused()) {
                filled.completeExceptionally(new IOException("closed"));
                return;
            }
            if (exchange.isRequestComplete()) {
                filled.complete(false);
                return;
            }
            connection.awaitsBody(true);
            if (HttpContinue.requiresContinueResponse(exchange)) {
                HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                    @Override
                    public void onComplete(HttpServerExchange continued, Sender sender) {
                        receive(filled);
                    }

                    @Override
                    public void onException(HttpServerExchange failed, Sender sender, IOException e) {
                        filled.completeExceptionally(e);
                    }
                });
            } else {
                receive(filled);
            }
        } catch (Throwable e) {
            filled.completeExceptionally(e);
        }
    }

    /** On the IO thread: whether nothing is left of the body, though the handler has not read up to its end. */
    boolean endsHere() {
        try {
            return channel != null && channel.read(ByteBuffer.allocate(1)) < 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void receive(CompletableFuture<Boolean> filled) {
        try {
            StreamSourceChannel from = channel == null ? exchange.getRequestChannel() : channel;
            channel = from;
            piece.clear();
            int read = from.read(piece);
            // All that is here goes to the handler's thread at once: to hand it over costs more than to read it.
            while (read > 0 && piece.hasRemaining()) {
                read = from.read(piece);
            }
            piece.flip();
            if (read == 0 && !piece.hasRemaining()) {
                from.getReadSetter().set(ready -> {
                    ready.suspendReads();
                    receive(filled);
                });
                from.resumeReads();
                return;
            }
            connection.awaitsBody(false);
            connection.restartTimeout();
            filled.complete(piece.hasRemaining());
        } catch (Throwable e) {
            piece.clear().limit(0);
            filled.completeExceptionally(e);
        }
    }
}
