package dev.twelvefactor.http;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** A WebSocket's connection after the handshake. It reads and writes on the IO thread, which it belongs to but for the methods that say otherwise. */
final class WebSocketTransport {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    private static final int READS_AT_ONCE = 16;
    /** How long the client may take to answer a close frame. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Connection connection;
    private final StreamConnection channel;
    private final ByteBufferPool buffers;
    private final WebSockets shared;
    private final WebSocketFrames frames;
    private final WebSocketInbox inbox;
    private final WebSocketOutput output;
    private final Duration pingAfter;
    /** How fast the message comes that is being read. */
    private final ClientPace pace = new ClientPace();

    private final WebSocketEnd end = new WebSocketEnd();

    private State state = State.OPEN;
    private boolean clientClosed;
    private boolean paused;
    private boolean pinged;
    private ByteBuffer rest = NOTHING;

    private enum State {
        OPEN,
        /** Messages count no more; the client's close frame is awaited. */
        CLOSING,
        /** What comes makes no sense, and is read so that the close frame is not lost on its way. */
        DISCARDING,
        CLOSED
    }

    WebSocketTransport(Connection connection, ByteBufferPool buffers, WebSockets shared) {
        this.connection = connection;
        this.channel = connection.channel();
        this.buffers = buffers;
        this.shared = shared;
        int maxMessage = shared.settings().maxMessageBytes();
        this.frames = new WebSocketFrames(maxMessage, shared::reserve);
        this.inbox = new WebSocketInbox(maxMessage, shared::release, () -> later(this::resume));
        this.output = new WebSocketOutput(channel, () -> end.decide(WebSocket.LOST, ""));
        this.pingAfter = shared.settings().idleTimeout().dividedBy(2);
    }

    /** Begins to read. */
    void open() {
        connection.upgradedTo(this);
        connection.onClose(this::closed);
        channel.getSourceChannel().setReadListener(ready -> readable());
        channel.getSinkChannel().setWriteListener(ready -> output.flush());
        connection.onTimeout(pingAfter, this::quiet);
        // Something may be here already.
        readable();
    }

    // From any thread.

    WebSocketInbox inbox() {
        return inbox;
    }

    WebSocketOutput output() {
        return output;
    }

    WebSocketEnd end() {
        return end;
    }

    /** What happens once it ends; at once if it has. On the IO thread, so it must not wait. */
    void onEnd(Runnable action) {
        later(() -> end.then(action));
    }

    /** Ends it with this code, unless it has ended already, and gives the code that it has ended with. */
    WebSocketEnd.Status close(int code, String reason) {
        WebSocketEnd.Status decided = end.decide(code, reason);
        later(() -> sendClose(decided, State.CLOSING));
        return decided;
    }

    private void later(Runnable task) {
        try {
            channel.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server has been stopped", e);
        }
    }

    // On the IO thread.

    private void readable() {
        try (PooledByteBuffer pooled = buffers.allocate()) {
            ByteBuffer buffer = pooled.getBuffer();
            for (int i = 0; i < READS_AT_ONCE && state != State.CLOSED && !paused; i++) {
                buffer.clear();
                int read = channel.getSourceChannel().read(buffer);
                if (read < 0) {
                    lost();
                    return;
                }
                if (read == 0) {
                    break;
                }
                heard(read);
                parse(buffer.flip());
                if (buffer.hasRemaining() && paused) {
                    rest = ByteBuffer.allocate(buffer.remaining()).put(buffer).flip();
                }
            }
            if (state != State.CLOSED && !paused) {
                channel.getSourceChannel().resumeReads();
            }
        } catch (IOException e) {
            LOG.debug("a WebSocket's client has gone", e);
            lost();
        }
    }

    private void heard(int bytes) {
        if (state == State.OPEN) {
            pinged = false;
            connection.restartTimeout();
            if (frames.inMessage()) {
                pace.came(bytes);
            } else {
                pace.restart();
            }
        }
    }

    /** Looks at the clock: a part of a message takes memory, which a client must not hold for as long as it likes. */
    void tick(Duration stretch, long bytesPerSecond, long now) {
        if (state == State.OPEN && !paused && frames.inMessage() && pace.isTooSlow(stretch, bytesPerSecond, now)) {
            violated(new WebSocketEvent.Violation(1008, "the message comes too slowly"));
        }
    }

    void postpone(Pause pause) {
        pace.postpone(pause);
    }

    /** Reads frames until there is no whole one left, or until the handler has to receive something first. */
    private void parse(ByteBuffer bytes) {
        while (!paused && (state == State.OPEN || state == State.CLOSING)) {
            WebSocketEvent event = frames.next(bytes);
            if (event == null) {
                return;
            }
            handle(event);
            if (state == State.OPEN && inbox.full()) {
                pause();
            }
        }
    }

    private void pause() {
        paused = true;
        pace.awaits(false);
        channel.getSourceChannel().suspendReads();
    }

    /** The handler has received something, or what is left counts no more. */
    private void resume() {
        if (!paused || state == State.CLOSED || (state == State.OPEN && (end.draining() || inbox.full()))) {
            return;
        }
        paused = false;
        pace.awaits(true);
        ByteBuffer waiting = rest;
        rest = NOTHING;
        parse(waiting);
        if (paused) {
            rest = waiting;
        } else {
            readable();
        }
    }

    private void handle(WebSocketEvent event) {
        if (event instanceof WebSocketEvent.Data data) {
            shared.meters().received();
            inbox.add(data);
        } else if (event instanceof WebSocketEvent.Ping ping) {
            output.pong(ping.payload());
        } else if (event instanceof WebSocketEvent.Close close) {
            clientClosed = true;
            end.decide(close.code(), close.reason());
            sendClose(new WebSocketEnd.Status(close.code(), ""), State.CLOSING);
            if (state == State.CLOSING && output.closeSent()) {
                finish();
            }
        } else if (event instanceof WebSocketEvent.Violation violation) {
            violated(violation);
        }
    }

    private void violated(WebSocketEvent.Violation violation) {
        if (state == State.CLOSING) {
            finish();
            return;
        }
        WebSocketEnd.Status decided = end.decide(violation.code(), violation.reason());
        output.dropMessages();
        // After a protocol error nobody knows where the next frame begins.
        State next = violation.code() == 1002 ? State.DISCARDING : State.CLOSING;
        sendClose(decided, next);
    }

    /** Nothing comes for half of the timeout: the client has to answer a ping within the other half, which begins when the ping has been sent. */
    private void quiet() {
        if (state != State.OPEN) {
            return;
        }
        connection.onTimeout(pingAfter, this::quiet);
        if (paused) {
            return;
        }
        if (pinged) {
            sendClose(end.decide(1001, "no pong came in time"), State.CLOSING);
        } else {
            output.ping(this::pingSent);
        }
    }

    /** A client that is still reading a large message could not know of the ping before. */
    private void pingSent() {
        if (state == State.OPEN) {
            pinged = true;
            connection.restartTimeout();
        }
    }

    private void sendClose(WebSocketEnd.Status sent, State next) {
        if (state != State.OPEN) {
            return;
        }
        state = next;
        ended();
        frames.discardMessages();
        shared.release(frames.takeReserved());
        output.close(sent.code(), sent.reason(), this::closeSent);
        resume();
    }

    private void closeSent() {
        if (clientClosed) {
            finish();
            return;
        }
        connection.onTimeout(CLOSE_TIMEOUT, connection::close);
        if (state == State.DISCARDING) {
            shutdownOutput();
        }
    }

    /** Both have said that they close; the server closes first (RFC 6455, 7.1.1). */
    private void finish() {
        shutdownOutput();
        connection.close();
    }

    private void shutdownOutput() {
        try {
            channel.getSinkChannel().shutdownWrites();
            channel.getSinkChannel().flush();
        } catch (IOException e) {
            LOG.debug("a WebSocket's client has gone", e);
        }
    }

    private void lost() {
        end.decide(WebSocket.LOST, "");
        connection.close();
    }

    private void ended() {
        inbox.end();
        end.runActions();
    }

    /** The connection is closed, by whomever. */
    private void closed() {
        if (state == State.CLOSED) {
            return;
        }
        end.decide(WebSocket.LOST, "");
        boolean wasOpen = state == State.OPEN;
        state = State.CLOSED;
        shared.release(frames.takeReserved());
        output.failAll();
        if (wasOpen) {
            ended();
        }
    }

    /** The process drains. What has been read can still be answered; then the connection is closed with 1001. */
    void goAway() {
        if (state != State.OPEN || end.draining()) {
            return;
        }
        readable();
        if (state != State.OPEN) {
            return;
        }
        end.drain();
        if (inbox.idle()) {
            sendClose(end.decide(1001, ""), State.CLOSING);
        } else {
            pause();
            ended();
        }
    }

    /** The drain is over, whatever the handler does. */
    void abort() {
        if (state != State.CLOSED) {
            end.decide(1001, "");
            output.closeNow(1001);
        }
        IoUtils.safeClose(channel);
    }
}
