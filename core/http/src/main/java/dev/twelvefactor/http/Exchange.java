package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.SameThreadExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/**
 * One request on its way through: from the IO thread to its handler's thread, and its response back. It is answered once, by the handler or by its deadline,
 * whichever comes first.
 */
final class Exchange implements InFlight.Task {
    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** What the kernel takes from a client's response at once, so that most of them hold no memory of ours. */
    private static final int MAX_COLLECTED = 64 * 1024;

    private static final Framing.Refusal TOO_MANY =
            new Framing.Refusal(503, "Too many requests at once. Try again soon.");
    private static final Framing.Refusal TOO_LATE =
            new Framing.Refusal(503, "The answer took too long. Try again later.");

    private final HttpServerExchange undertow;
    private final Connection connection;
    private final Router.Match match;
    private final Request request;
    private final Surroundings around;
    private final Observation observation;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile InFlight.@Nullable Work work;
    /** What is reserved for a body that was collected. */
    private volatile int collectedBytes;
    /** Whether Undertow's call of its handler is what runs, so that an answer need not begin another one. */
    private boolean inCall;

    /** What all exchanges of a server share. */
    record Surroundings(
            Router router,
            InFlight inFlight,
            Duration requestTimeout,
            Duration heartbeat,
            WebSockets webSockets,
            Observation.How how,
            BooleanSupplier draining) {}

    Exchange(
            HttpServerExchange undertow,
            Router.Match match,
            Request request,
            Observation observation,
            Surroundings around) {
        this.undertow = undertow;
        this.connection = Connection.of(undertow);
        this.match = match;
        this.request = request;
        this.around = around;
        this.observation = observation;
    }

    /** As {@link #begin}, from Undertow's own call of its handler. */
    void beginInCall() {
        if (match.route().blocking()) {
            begin();
        } else {
            inCall = true;
            handle().run();
        }
    }

    /** On the IO thread, once all of the request is there that has to be. */
    void begin() {
        // Once Undertow's call has unwound, so that nobody else is at work on the exchange when it is handed on.
        undertow.dispatch(SameThreadExecutor.INSTANCE, () -> {
            if (!match.route().blocking()) {
                handle().run();
                return;
            }
            connection.onTimeout(around.requestTimeout(), this::tooLate);
            Optional<InFlight.Work> begun = match.route().streams()
                    ? around.inFlight().runReading(this)
                    : around.inFlight().run(this);
            if (begun.isPresent()) {
                work = begun.get();
            } else {
                shed();
            }
        });
    }

    @Override
    public void shed() {
        if (answered.compareAndSet(false, true)) {
            refuse(TOO_MANY);
        }
    }

    @Override
    public String what() {
        return request.method() + " " + undertow.getRequestPath();
    }

    @Override
    public Runnable work(InFlight.Work own) {
        return handle();
    }

    private void tooLate() {
        if (answered.compareAndSet(false, true)) {
            refuse(TOO_LATE);
            Optional.ofNullable(work).ifPresent(InFlight.Work::interrupt);
        }
    }

    void refuse(Framing.Refusal refusal) {
        Response response = refusal.response();
        observation.ended(response.status(), response.bytes().length);
        handBack(response);
    }

    /** On the handler's thread. What it gives back is no longer the handler's work. */
    private Runnable handle() {
        if (answered.get()) {
            return () -> {};
        }
        Response response;
        try (Trace.Scope unused = observation.open()) {
            response = collected(around.router().run(match, request, answered::get));
        }
        if (!answered.compareAndSet(false, true)) {
            // The interrupt of the timeout was meant for the handler.
            Optional.ofNullable(work).ifPresent(InFlight.Work::ignoreInterrupts);
            release(response);
            if (collectedBytes > 0) {
                releaseCollected();
            }
            return () -> {};
        }
        if (response.body() instanceof Body.Socket socket) {
            return () -> WebSocketTask.begin(this, response, socket.handler());
        }
        boolean bodiless = request.method().equals("HEAD") || response.hasNoContent();
        if (response.body() instanceof Body.Bytes whole) {
            observation.ended(response.status(), bodiless ? 0 : whole.bytes().length);
            return () -> handBack(response);
        }
        if (bodiless || !match.route().blocking()) {
            Response instead = bodiless ? response : cannotStream();
            release(response);
            observation.ended(instead.status(), 0);
            return () -> handBack(instead);
        }
        return () -> stream(response);
    }

    /** A small file needs no place among the streams: it is read into memory, if there is room. */
    private Response collected(Response response) {
        if (!(response.body() instanceof Body.Stream stream)
                || !(stream.writer() instanceof LocalWriter)
                || stream.length() > MAX_COLLECTED
                || request.method().equals("HEAD")
                || !match.route().blocking()
                || !around.inFlight().reserve((int) stream.length())) {
            return response;
        }
        collectedBytes = (int) stream.length();
        ByteArrayOutputStream body = new ByteArrayOutputStream(collectedBytes);
        try {
            stream.writer().write(body);
            return response.withBody(new Body.Bytes(body.toByteArray()));
        } catch (Throwable e) {
            return failed(e);
        } finally {
            response.release();
        }
    }

    /** Once: the handler's thread and the IO thread may both be at the end. */
    private synchronized void releaseCollected() {
        around.inFlight().release(collectedBytes);
        collectedBytes = 0;
    }

    private Response cannotStream() {
        try (Trace.Scope unused = observation.open()) {
            return around.router().cannotStream(match);
        }
    }

    /** What a handler has opened for a writer that never runs. */
    private void release(Response response) {
        try (Trace.Scope unused = observation.open()) {
            response.release();
        }
    }

    private void stream(Response response) {
        boolean endless = response.body() instanceof Body.Events;
        StreamedResponse streamed = new StreamedResponse(this, response);
        InFlight inFlight = around.inFlight();
        Optional<InFlight.Work> begun = endless ? inFlight.streamEvents(streamed) : inFlight.stream(streamed);
        if (begun.isEmpty()) {
            streamed.shed();
        }
    }

    HttpServerExchange undertow() {
        return undertow;
    }

    Connection connection() {
        return connection;
    }

    Surroundings around() {
        return around;
    }

    Observation observation() {
        return observation;
    }

    /** What stands in the place of a response that has failed before its first byte was sent. */
    Response failed(Throwable e) {
        Response failure = ClientGoneException.isCauseOf(e)
                ? around.router().failure(request.method(), undertow.getRequestPath(), e)
                : around.router().failed(match, request, e);
        if (failure.body() instanceof Body.Bytes) {
            return failure;
        }
        failure.release();
        return around.router()
                .failure(
                        request.method(),
                        undertow.getRequestPath(),
                        new IllegalStateException("the answer to a stream that has failed cannot be a stream", e));
    }

    /** The answer to a handler that has made a mistake; it is logged. */
    void answerFailure(Exception mistake) {
        Response failure;
        try (Trace.Scope unused = observation.open()) {
            failure = around.router().failure(request.method(), undertow.getRequestPath(), mistake);
        }
        observation.ended(failure.status(), failure.bytes().length);
        handBack(failure);
    }

    void handBack(Response response) {
        if (undertow.isInIoThread()) {
            answer(response);
        } else {
            onIoThread(() -> answer(response));
        }
    }

    private void answer(Response response) {
        if (collectedBytes > 0) {
            undertow.addExchangeCompleteListener((done, next) -> {
                releaseCollected();
                next.proceed();
            });
        }
        if (connection.refused()) {
            // It has its answer, for what is wrong with its body.
            return;
        }
        if (!undertow.isRequestComplete() && !request.endsHere() && response.body() instanceof Body.Bytes) {
            // To read on what nobody wants may take as long as the client likes.
            connection.answerLast(observation.named(response));
            return;
        }
        if (inCall) {
            write(undertow, response);
        } else {
            Connectors.executeRootHandler(done -> write(done, response), undertow);
        }
    }

    void onIoThread(Runnable task) {
        try {
            undertow.getIoThread().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server was stopped before a response was written", e);
        }
    }

    private void write(HttpServerExchange exchange, Response response) {
        if (exchange.isComplete()
                || exchange.isResponseStarted()
                || !exchange.getConnection().isOpen()) {
            exchange.endExchange();
            return;
        }
        writeHead(exchange, response);
        if (response.hasNoContent()) {
            endWithoutContent(exchange);
            return;
        }
        if (!(response.body() instanceof Body.Bytes whole)) {
            // The answer to HEAD: the body's length is told if it is known, the body is not written.
            end(exchange);
            return;
        }
        byte[] body = whole.bytes();
        if (body.length == 0) {
            exchange.endExchange();
            return;
        }
        exchange.setResponseContentLength(body.length);
        new Pieces(body).onComplete(exchange, exchange.getResponseSender());
    }

    /**
     * A body in pieces. The JDK copies all of a heap buffer for each write, however little the socket takes: a large body to a slow reader would be copied
     * again and again.
     */
    private static final class Pieces implements IoCallback {
        private static final int PIECE = 64 * 1024;

        private final byte[] body;
        private int sent;

        Pieces(byte[] body) {
            this.body = body;
        }

        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            if (sent == body.length) {
                exchange.endExchange();
                return;
            }
            int some = Math.min(PIECE, body.length - sent);
            ByteBuffer piece = ByteBuffer.wrap(body, sent, some);
            sent += some;
            sender.send(piece, this);
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException e) {
            abort(exchange);
        }
    }

    void writeHead(HttpServerExchange exchange, Response response) {
        exchange.setStatusCode(response.status());
        HeaderMap fields = exchange.getResponseHeaders();
        response.headers().forEach((name, values) -> add(fields, HttpString.tryFromString(name), values));
        boolean streamed = (response.body() instanceof Body.Stream || response.body() instanceof Body.Events)
                && !response.hasNoContent();
        if (streamed && response.body() instanceof Body.Stream stream && stream.length() >= 0) {
            exchange.setResponseContentLength(stream.length());
        } else if (streamed && !exchange.isHttp10()) {
            // Left to itself, Undertow ends the last response of a connection by its close, and a part passes for the
            // whole.
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, "chunked");
        }
        observation.nameTo(exchange);
        if (around.draining().getAsBoolean()) {
            exchange.setPersistent(false);
        }
    }

    /** Beside what is there already under this name, which Undertow compares without regard to case. */
    private static void add(HeaderMap fields, HttpString name, List<String> values) {
        if (values.size() == 1) {
            fields.add(name, values.get(0));
        } else {
            fields.addAll(name, values);
        }
    }

    private static void endWithoutContent(HttpServerExchange exchange) {
        if (exchange.getStatusCode() == 205) {
            exchange.setResponseContentLength(0);
        } else if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            // Undertow announces chunks to HEAD, which this has not even to GET (RFC 9112, 6.1).
            exchange.getResponseChannel();
            exchange.getResponseHeaders().remove(Headers.TRANSFER_ENCODING);
        }
        if (!exchange.isPersistent() || !exchange.isRequestComplete()) {
            // Undertow says so only where a response may have content.
            exchange.getResponseHeaders().put(Headers.CONNECTION, Headers.CLOSE.toString());
        }
        end(exchange);
    }

    /** Ends the response. What is left of the request nobody wants, and to read it on may take as long as the client likes. */
    static void end(HttpServerExchange exchange) {
        if (!exchange.isRequestComplete()) {
            exchange.setPersistent(false);
            Connectors.terminateRequest(exchange);
        }
        exchange.endExchange();
    }

    static void abort(HttpServerExchange exchange) {
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }
}
