package dev.twelvefactor.http;

import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.Conduits;

/**
 * A connection below Undertow. It checks every byte before Undertow's parser sees it, passes one request at a time, answers what is malformed or too
 * slow itself, and knows what is going on, for the drain. It belongs to its IO thread and is touched by no other.
 */
final class Connection extends LazySuspension {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final Framing.Refusal MALFORMED = new Framing.Refusal(400, "The request is malformed.");
    /** Of what a client sends ahead while it is looked for, in bytes. */
    private static final int MAX_AHEAD = 1024;
    /** In the place of an index. */
    private static final int NOTHING = -1;
    /** A close frame with the status 1001 (RFC 6455, 5.5.1). */
    private static final byte[] GOING_AWAY = {(byte) 0x88, 2, 0x03, (byte) 0xe9};

    private final StreamConnection channel;
    private final WriteWatch sink;
    private final Limits limits;
    private final Refusals refusals;
    private final Executor closer;
    private final Consumer<Connection> firstByte;
    private final Framing framing;
    private final ReadAhead ahead = new ReadAhead();
    private final ChunkFrame chunk = new ChunkFrame();
    private @Nullable HttpServerExchange exchange;
    private @Nullable Observation observation;
    private @Nullable Peer peer;
    private boolean spoken;
    private boolean used;
    private boolean refused;
    /** What follows is no HTTP any more: the connection was upgraded. */
    private boolean handedOver;

    private boolean webSocket;
    /** The WebSocket that it has become, unless a handler of Undertow's has upgraded it. */
    private @Nullable WebSocketTransport transport;
    /** Whether something has come since it was last asked for. */
    private boolean received;
    /** Since when a client that has ended its side has got nothing; it may still read, or may have gone. 0 if it has not. */
    private long quietSince;

    private volatile @Nullable Stream stream;
    private final ClientPace pace = new ClientPace();
    private final Alarm alarm = new Alarm();
    private final List<Runnable> onClose = new ArrayList<>();
    private @Nullable LastAnswer lastAnswer;

    /** Who is at the other end. */
    record Peer(InetAddress address, String text) {
        static Peer of(InetAddress address) {
            return new Peer(address, address.getHostAddress());
        }
    }

    /** A streamed response: for how long it may be quiet to a client that sends nothing more, and what happens when its client has gone. */
    private record Stream(Duration longestQuiet, Runnable gone) {}

    /** What a connection may take. */
    record Limits(
            Framing.Limits head,
            Duration parseTimeout,
            Duration idleTimeout,
            Duration writeTimeout,
            long bodyBytesPerSecond) {}

    /**
     * A connection that was accepted.
     *
     * @param closer closes connections that their clients have closed
     * @param firstByte is told when the client has sent something for the first time
     */
    Connection(
            StreamConnection channel,
            Limits limits,
            Refusals refusals,
            Executor closer,
            Consumer<Connection> firstByte) {
        super(channel.getSourceChannel());
        this.channel = channel;
        this.sink = new WriteWatch(channel.getSinkChannel().getConduit(), this::replacesUndertowsAnswer);
        channel.getSinkChannel().setConduit(sink);
        this.limits = limits;
        this.refusals = refusals;
        this.closer = closer;
        this.firstByte = firstByte;
        this.framing = new Framing(limits.head());
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (handedOver) {
            return readNext(target);
        }
        if (refused || framing.ended()) {
            return 0;
        }
        if (framing.inChunks()) {
            return readChunks(target);
        }
        int start = target.position();
        int read = readNext(target);
        if (read < 0 && !busy()) {
            channel.getSourceChannel().suspendReads();
            // Elsewhere: for each connection that the IO thread closes, XNIO has it look at all the others.
            closer.execute(this::close);
            return 0;
        }
        return read <= 0 ? read : checked(target, start, start + read);
    }

    private int readNext(ByteBuffer target) throws IOException {
        return ahead.isEmpty() ? super.read(target) : ahead.moveTo(target);
    }

    /** While a response is streamed, what comes is the next request or the client's end. */
    private boolean watchesClient() {
        return stream != null && framing.ended() && ahead.isEmpty() && quietSince == 0 && !refused;
    }

    /** A client that has reset the connection has gone; one that has only ended its side may still read. */
    @Override
    boolean heard() {
        if (!watchesClient()) {
            return false;
        }
        ByteBuffer piece = ByteBuffer.allocate(MAX_AHEAD);
        try {
            int read = super.read(piece);
            if (read > 0) {
                ahead.add(piece, 0, read);
            } else if (read < 0) {
                quietSince = System.nanoTime();
            }
            return read == 0;
        } catch (IOException e) {
            closer.execute(this::close);
            return false;
        }
    }

    /** What has come of a body in chunks, as one chunk. */
    private int readChunks(ByteBuffer target) throws IOException {
        int start = target.position();
        int limit = target.limit();
        int from = start + chunk.roomBefore();
        while (true) {
            int read;
            try {
                target.limit(Math.min(limit - ChunkFrame.ROOM_AFTER, from + ChunkFrame.MAX_DATA))
                        .position(from);
                read = readNext(target);
            } finally {
                target.limit(limit).position(start);
            }
            if (read <= 0) {
                return read;
            }
            if (scan(target, from, from + read) == NOTHING) {
                return 0;
            }
            int given = chunk.around(target, framing.dataBytes(), framing.ended());
            if (given > 0) {
                return given;
            }
        }
    }

    /** Lets through what belongs to the request that is being read. */
    private int checked(ByteBuffer target, int start, int limit) {
        int end = scan(target, start, limit);
        if (end == NOTHING) {
            target.position(start);
            return 0;
        }
        int skipped = framing.skipped();
        if (skipped > 0) {
            target.put(start, target.duplicate(), start + skipped, end - start - skipped);
        }
        target.position(end - skipped);
        return end - start - skipped;
    }

    /** Checks what has come and keeps what follows the request. Returns the end of the request, or {@link #NOTHING} if it is rejected. */
    private int scan(ByteBuffer bytes, int start, int limit) {
        received = true;
        if (!spoken) {
            spoken = true;
            firstByte.accept(this);
        }
        boolean begunBefore = framing.begun();
        boolean inBodyBefore = framing.inBody();
        int end = framing.scan(bytes, start, limit);
        Framing.Refusal refusal = framing.refusal();
        if (refusal != null) {
            refuse(refusal);
            return NOTHING;
        }
        if (end < limit) {
            ahead.add(bytes, end, limit);
        }
        if (!begunBefore || (!inBodyBefore && framing.inBody())) {
            pace.restart();
        } else if (inBodyBefore) {
            pace.came(end - start);
        }
        return end;
    }

    /** What is here already of a body wakes nobody up by itself. */
    @Override
    public void resumeReads() {
        if (framing.inBody() && !ahead.isEmpty()) {
            wakeupReads();
        } else {
            super.resumeReads();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return Conduits.transfer(this, count, throughBuffer, target);
    }

    /** The connection that an exchange is on. */
    static Connection of(HttpServerExchange exchange) {
        return (Connection) ((AbstractServerConnection) exchange.getConnection()).getOriginalSourceConduit();
    }

    /** Who sends the requests; the same for all of them. */
    Peer peer() {
        Peer known = peer;
        if (known == null) {
            known = Peer.of(channel.getPeerAddress(InetSocketAddress.class).getAddress());
            peer = known;
        }
        return known;
    }

    /** What happens if the request is not answered in this time. */
    void onTimeout(Duration time, Runnable action) {
        alarm.set(time, action);
    }

    /** Something has gone on. */
    void restartTimeout() {
        alarm.restart();
        if (quietSince != 0) {
            quietSince = System.nanoTime();
        }
    }

    /**
     * From the thread that streams the response: what happens once its client has gone; at once if it has already. A client that has ended its side counts as
     * gone after {@code longestQuiet} in which it gets nothing: there is no other way to know.
     */
    void onGone(Duration longestQuiet, Runnable action) {
        stream = new Stream(longestQuiet, action);
        if (!channel.isOpen()) {
            action.run();
        }
    }

    /** Whether the clock runs for a client whose body is being read. */
    void awaitsBody(boolean awaited) {
        if (!refused) {
            pace.awaits(awaited);
        }
    }

    /** Who is told if this connection itself answers the request. */
    void observed(Observation begun) {
        observation = begun;
    }

    /** What happens if the connection is closed while a request is under way: Undertow then calls nobody back. */
    void onClose(Runnable action) {
        onClose.add(action);
    }

    /** The connection has been closed, by whomever. */
    void closed() {
        List<Runnable> waiting = List.copyOf(onClose);
        onClose.clear();
        waiting.forEach(Runnable::run);
        Stream streaming = stream;
        if (streaming != null) {
            streaming.gone().run();
        }
    }

    void requestBegins(HttpServerExchange begun) {
        exchange = begun;
        // As it was sent: Undertow decodes it where it may contain what RFC 3986 would encode, and a path is split
        // before it is decoded.
        begun.setRequestURI(RequestPath.withoutQuery(framing.target()), begun.isHostIncludedInRequestURI());
        if (framing.closes()) {
            // Undertow looks at a single option.
            begun.setPersistent(false);
        }
    }

    /** A request is answered, and the next one may come: it may be here already. */
    void requestEnds() {
        if (exchange != null && exchange.getStatusCode() == SWITCHING_PROTOCOLS) {
            handedOver = true;
            webSocket =
                    "websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst(Headers.UPGRADE));
        }
        exchange = null;
        observation = null;
        quietSince = 0;
        alarm.clear();
        if (channel.isOpen()) {
            // Else the close has ended the request, and who waits for its answer has to be told.
            onClose.clear();
            if (stream != null) {
                stream = null;
            }
        }
        used = true;
        pace.awaits(true);
        pace.restart();
        if (handedOver) {
            return;
        }
        framing.restart();
        chunk.restart();
        if (!ahead.isEmpty()) {
            // Behind Undertow's own preparations for the next request: what is here already wakes nobody up.
            io().execute(() -> channel.getSourceChannel().wakeupReads());
        }
    }

    /** It is one of our own WebSockets from here on. */
    void upgradedTo(WebSocketTransport own) {
        transport = own;
    }

    StreamConnection channel() {
        return channel;
    }

    private XnioIoThread io() {
        return channel.getIoThread();
    }

    /** Whether it has been answered at least once: a fresh one may have its first request on the way. */
    boolean used() {
        return used;
    }

    /**
     * Whether it waits for its next request. It may be closed at any time then, and its client knows that. A fresh one has as long for its first byte as for
     * a head: else connections that send nothing would take all places until they are closed as idle.
     */
    boolean idle() {
        return !busy()
                && !refused
                && !handedOver
                && channel.isOpen()
                && (used || pace.isOver(limits.parseTimeout(), System.nanoTime()));
    }

    boolean busy() {
        return !refused && !handedOver && (exchange != null || framing.begun() || framing.ended() || !ahead.isEmpty());
    }

    /** The request that it carries, {@code GET /path}, if it has come. */
    Optional<String> current() {
        return Optional.ofNullable(exchange).map(begun -> begun.getRequestMethod() + " " + begun.getRequestPath());
    }

    /** Looks at the clock: a request that comes too slowly is refused, a connection that lies idle is closed. */
    void tick(long now) {
        if (sink.waits() && quietSince != 0) {
            quietSince = now;
        }
        if (watchesClient()) {
            listen();
        }
        if (isDue(now)) {
            lookAtSocket();
            if (channel.isOpen()) {
                expire(now);
            }
        }
        WebSocketTransport own = transport;
        if (own != null && channel.isOpen()) {
            own.tick(limits.parseTimeout(), limits.bodyBytesPerSecond(), now);
        }
    }

    private boolean isDue(long now) {
        if (alarm.isLate(now) || sink.stalled(now, limits.writeTimeout()) || isQuiet(now)) {
            return true;
        }
        if (refused) {
            return lastAnswer != null && lastAnswer.lingeredOut(now);
        }
        if (handedOver) {
            return false;
        }
        if (framing.inBody()) {
            return pace.isStretchOver(limits.parseTimeout(), now);
        }
        return framing.begun()
                ? pace.isOver(limits.parseTimeout(), now)
                : !busy() && pace.isOver(limits.idleTimeout(), now);
    }

    /** Whether a streamed response has been quiet for so long that its client, which sends nothing more, counts as gone. */
    private boolean isQuiet(long now) {
        Stream streaming = stream;
        return streaming != null
                && quietSince != 0
                && now - quietSince > streaming.longestQuiet().toNanos();
    }

    /** As if the kernel had said so: after a pause of the process, what a client has sent or taken in time has not been seen yet. */
    private void lookAtSocket() {
        ConduitStreamSinkChannel out = channel.getSinkChannel();
        if (out.isWriteResumed()) {
            ChannelListeners.invokeChannelListener(out, out.getWriteListener());
        }
        ConduitStreamSourceChannel in = channel.getSourceChannel();
        if (in.isReadResumed()) {
            ChannelListeners.invokeChannelListener(in, in.getReadListener());
        }
    }

    /** No timeout counts the pause. */
    void postpone(Pause pause) {
        pace.postpone(pause);
        alarm.postpone(pause);
        sink.postpone(pause);
        quietSince = quietSince == 0 ? 0 : pause.postponed(quietSince);
        if (transport != null) {
            transport.postpone(pause);
        }
        if (lastAnswer != null) {
            lastAnswer.postpone(pause);
        }
    }

    private void expire(long now) {
        alarm.ringIfLate(now);
        if (sink.stalled(now, limits.writeTimeout())) {
            close();
            return;
        }
        if (isQuiet(now)) {
            cutOff();
            return;
        }
        if (refused) {
            if (lastAnswer != null && lastAnswer.lingeredOut(now)) {
                close();
            }
        } else if (handedOver) {
            return;
        } else if (framing.inBody()) {
            if (pace.isTooSlow(limits.parseTimeout(), limits.bodyBytesPerSecond(), now)) {
                refuse(new Framing.Refusal(408, "The body comes too slowly."));
            }
        } else if (framing.begun()) {
            if (pace.isOver(limits.parseTimeout(), now)) {
                refuse(new Framing.Refusal(408, "The head of the request did not come in time."));
            }
        } else if (!busy() && pace.isOver(limits.idleTimeout(), now)) {
            close();
        }
    }

    /** Answers instead of Undertow and ends the connection: to go on reading would be to guess. */
    void refuse(Framing.Refusal refusal) {
        Response response = refusal.response();
        Observation observed = observation;
        if (observed != null) {
            // Before its handler is woken up, who would tell that its client has gone.
            if (!refused && exchange != null && !exchange.isResponseStarted()) {
                observed.refused(response.status(), response.bytes().length, refusal.detail());
            }
            answerLast(observed.named(response), () -> {});
            return;
        }
        String method = framing.method();
        String target = framing.target();
        answerLast(response, () -> {
            InetSocketAddress peer = channel.getPeerAddress(InetSocketAddress.class);
            refusals.tell(
                    refusal,
                    method,
                    target,
                    peer == null ? "" : peer.getAddress().getHostAddress());
        });
    }

    /**
     * Whether Undertow is about to answer by itself, before any handler: its parser rejects what the framing has let through. It writes a bare 400; the client
     * gets a problem document instead, the log an event and the metrics a count, as for every other rejection.
     */
    private boolean replacesUndertowsAnswer() {
        if (exchange != null || refused || handedOver || Thread.currentThread() != io()) {
            return false;
        }
        refuse(MALFORMED);
        return true;
    }

    /** Answers a request whose body nobody reads on, and ends the connection. */
    void answerLast(Response response) {
        answerLast(response, () -> {});
    }

    private void answerLast(Response response, Runnable told) {
        if (refused) {
            return;
        }
        refused = true;
        alarm.clear();
        // Whoever waits for more of it waits for nothing.
        closed();
        // Once the call that has met it has unwound: Undertow must not be at work on the connection.
        io().execute(() -> {
            if (!channel.isOpen() || (exchange != null && exchange.isResponseStarted())) {
                close();
            } else {
                told.run();
                boolean toHead = exchange != null && exchange.getRequestMethod().equals(Methods.HEAD);
                lastAnswer = new LastAnswer(channel, next, sink, response, toHead);
                lastAnswer.send();
            }
        });
    }

    /** Whether the last answer has been given. */
    boolean refused() {
        return refused;
    }

    /** Makes room for another connection, unless something has come by now, answered or not. Whether it is closed. */
    boolean closeIfSilent() {
        received = false;
        lookAtSocket();
        if (!received && (idle() || isSilent())) {
            close();
        }
        return !channel.isOpen();
    }

    /** Whether nothing has come since it was accepted. */
    private boolean isSilent() {
        return !spoken && !refused && channel.isOpen();
    }

    /** Whether it was accepted this long ago, if nothing has come yet. */
    boolean isOlderThan(Duration time) {
        return pace.isOver(time, System.nanoTime());
    }

    /** Closes it, unless there is something to answer: what can be read now is read first. */
    void closeIfIdle() {
        if (busy() || !channel.isOpen()) {
            return;
        }
        if (handedOver) {
            goAway();
            return;
        }
        ChannelListeners.invokeChannelListener(
                channel.getSourceChannel(), channel.getSourceChannel().getReadListener());
        if (!busy() && !refused) {
            close();
        }
    }

    private void goAway() {
        WebSocketTransport own = transport;
        if (own != null) {
            own.goAway();
            return;
        }
        try {
            if (webSocket) {
                sink.write(ByteBuffer.wrap(GOING_AWAY.clone()));
            }
        } catch (IOException e) {
            // The client has gone first.
        }
        close();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    /** Closes it so that the client cannot take what it has got for the whole: without a length or chunks, HTTP/1.0 has no other way to say so than a reset. */
    void cutOff() {
        if (exchange != null && exchange.isHttp10()) {
            try {
                channel.setOption(Options.CLOSE_ABORT, true);
            } catch (IOException e) {
                // It is closed already.
            }
        }
        close();
    }

    /** The drain is over: whatever it is doing, it is closed. */
    void abort() {
        WebSocketTransport own = transport;
        if (own != null) {
            own.abort();
        }
        close();
    }

    void close() {
        IoUtils.safeClose(channel);
    }
}
