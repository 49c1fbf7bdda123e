package dev.twelvefactor.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.xnio.XnioIoThread;

/**
 * A WebSocket to one client (RFC 6455), in a handler that has a thread of its own and may wait.
 *
 * <pre>{@code
 * routes.webSocket("/echo", request -> WebSocket.accept(socket -> socket.forEachText(socket::send)));
 * }</pre>
 *
 * <p>Any thread may send; messages are never mixed. The handler receives one message after the other, and its client waits while it is behind. When the handler
 * returns, the connection is closed with 1000; if it throws, with 1011 and one event in the log. When the process drains, messages that have been read can
 * still be answered, {@link #receive} ends after them, and the connection is closed with 1001.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6455">RFC 6455</a>
 */
public final class WebSocket {
    /** What {@link #closeCode} gives for a client that has closed without a code. */
    public static final int NO_CODE = 1005;

    /** What {@link #closeCode} gives for a client that has gone without closing. */
    public static final int LOST = 1006;

    private static final int MAX_REASON = 123;

    private final WebSocketTransport transport;
    private final WebSockets shared;
    private final Json json;
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();

    WebSocket(WebSocketTransport transport, WebSockets shared, Json json) {
        this.transport = transport;
        this.shared = shared;
        this.json = json;
    }

    /** Works with one client until it returns. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Receives and sends. On JDK 21 and later it has a virtual thread, on 17 a thread of the operating system.
         *
         * @throws Exception if it cannot go on, which closes with 1011 and is logged; an {@link IOException} of this socket after its end only means that the
         *     client has gone
         */
        void handle(WebSocket socket) throws Exception;
    }

    /** Takes one message after the other. */
    @FunctionalInterface
    public interface Receiver<T> {
        /**
         * Takes a message.
         *
         * @throws Exception if the handler cannot go on
         */
        void receive(T message) throws Exception;
    }

    /** A message, with all of its fragments. */
    public sealed interface Message {}

    /** A message that is text. */
    public record Text(String text) implements Message {}

    /** A message that is bytes. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Binary(byte[] bytes) implements Message {}

    /**
     * The response that opens a WebSocket, 101, for the routes of {@link Routes#webSocket}. A filter may add header fields. A subprotocol is a header field, too: one
     * of those that {@code Sec-WebSocket-Protocol} of the request names.
     *
     * @param handler runs once the client has the response
     */
    public static Response accept(Handler handler) {
        return Response.of(101, Map.of(), new Body.Socket(Objects.requireNonNull(handler)));
    }

    /** Waits for the next message. Empty once there will be no more: the client has closed or gone, or the process drains. */
    public Optional<Message> receive() throws InterruptedException {
        Optional<Message> message = transport.inbox().take();
        if (message.isPresent()) {
            received.increment();
        } else if (transport.end().draining()) {
            transport.close(1001, "");
        }
        return message;
    }

    /** Receives every message until there will be no more. */
    public void forEach(Receiver<? super Message> receiver) throws Exception {
        for (Optional<Message> next = receive(); next.isPresent(); next = receive()) {
            receiver.receive(next.get());
        }
    }

    /** Receives every text until there will be no more. Bytes close the connection with 1003. */
    public void forEachText(Receiver<String> receiver) throws Exception {
        forEach(message -> {
            if (message instanceof Text text) {
                receiver.receive(text.text());
            } else {
                close(1003, "only text is expected");
            }
        });
    }

    /**
     * Sends text, and waits until the operating system has taken all of it: at most {@code HTTP_WRITE_TIMEOUT} for a client that reads nothing, which is then gone.
     *
     * @throws IOException if the WebSocket has ended, or if the thread is interrupted
     */
    public void send(String text) throws IOException {
        send(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends bytes, as {@link #send(String)} does text. They must not be changed before it returns. */
    public void send(byte[] bytes) throws IOException {
        send(WebSocketFrames.BINARY, bytes);
    }

    /** Sends a value as JSON, in a text. */
    public void sendJson(Object value) throws IOException {
        send(WebSocketFrames.TEXT, json.write(value));
    }

    private void send(int opcode, byte[] payload) throws IOException {
        if (Thread.currentThread() instanceof XnioIoThread) {
            throw new IllegalStateException("send waits for the client, which an IO thread must not; use offer");
        }
        checkOpen();
        await(transport.output().add(opcode, payload));
        countSent();
    }

    /**
     * Sends text without waiting: for one thread that sends to many clients, of which none may hold up the others.
     *
     * @return false if the client is behind, so that this would be more than {@code WEBSOCKET_MAX_MESSAGE} that waits for it, if more than an eighth of the heap
     *     would wait for all clients together, or if the WebSocket has ended; nothing is sent then
     */
    public boolean offer(String text) {
        byte[] payload = text.getBytes(StandardCharsets.UTF_8);
        int size = payload.length + WebSocketOutput.OVERHEAD;
        long waiting = transport.output().queuedBytes();
        boolean behind = waiting > 0 && waiting + size > shared.settings().maxMessageBytes();
        if (behind || transport.end().status().isPresent() || !shared.reserveOffered(size)) {
            return false;
        }
        CompletableFuture<Void> unused = transport
                .output()
                .add(WebSocketFrames.TEXT, payload)
                .whenComplete((sent, failed) -> shared.releaseOffered(size));
        countSent();
        return true;
    }

    private void checkOpen() throws IOException {
        if (transport.end().status().isPresent()) {
            throw new ClientGoneException(null);
        }
    }

    private void countSent() {
        sent.increment();
        shared.meters().sent();
    }

    private static void await(CompletableFuture<Void> written) throws IOException {
        try {
            written.get();
        } catch (ExecutionException e) {
            throw new ClientGoneException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("a send was interrupted; its message may still reach the client");
        }
    }

    /** Whether messages still go both ways, as far as is known. */
    public boolean open() {
        return transport.end().isOpen();
    }

    /** Closes with 1000. Messages that were sent before still go out; nothing is received any more. */
    public void close() {
        close(1000, "");
    }

    /**
     * Closes, unless it has ended already.
     *
     * @param code 1000 to 1003, 1007 to 1014, or 3000 to 4999, which are the app's own
     * @param reason at most 123 bytes
     * @throws IllegalArgumentException for another code or a longer reason
     */
    public void close(int code, String reason) {
        if (!WebSocketFrames.isSendable(code)) {
            throw new IllegalArgumentException(
                    "a close code is 1000 to 1003, 1007 to 1014 or 3000 to 4999, not " + code);
        }
        if (reason.getBytes(StandardCharsets.UTF_8).length > MAX_REASON) {
            throw new IllegalArgumentException("the reason of a close has at most 123 bytes");
        }
        transport.close(code, reason);
    }

    /**
     * What happens once no more messages come: the client has closed or gone, the process drains, or this side has closed. At once if that is so already. It must
     * not wait. A handler that waits for something else than {@link #receive} is woken up in this way:
     *
     * <pre>{@code
     * socket.onClose(Thread.currentThread()::interrupt);
     * while (socket.open()) socket.send(changes.take());
     * }</pre>
     */
    public void onClose(Runnable action) {
        transport.onEnd(Objects.requireNonNull(action));
    }

    /** The close code of the side that closed first; empty while it is open. {@link #NO_CODE} and {@link #LOST} stand for an end without a code. */
    public OptionalInt closeCode() {
        return transport.end().status().map(end -> OptionalInt.of(end.code())).orElseGet(OptionalInt::empty);
    }

    long received() {
        return received.sum();
    }

    long sent() {
        return sent.sum();
    }
}
