package dev.twelvefactor.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.xnio.IoUtils;

/**
 * From Undertow's exchange to a {@link Request} and from a {@link Response} back. Bodies are read and written on the IO thread, without waiting;
 * the handler's thread never touches the exchange.
 */
final class Exchanges implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final Logger ACCESS = LoggerFactory.getLogger("http.access");

    private static final Framing.Refusal TOO_MANY =
            new Framing.Refusal(503, "Too many requests at once. Try again soon.");
    private static final Framing.Refusal NO_ROOM =
            new Framing.Refusal(503, "There is no room for the body at the moment. Try again soon.");
    private static final Framing.Refusal TOO_LATE =
            new Framing.Refusal(503, "The answer took too long. Try again later.");

    private final Router router;
    private final InFlight inFlight;
    private final ClientAddress clientAddress;
    private final Duration requestTimeout;
    private final Level accessLevel;
    private final BooleanSupplier draining;

    Exchanges(Router router, InFlight inFlight, HttpSettings settings, Level accessLevel, BooleanSupplier draining) {
        this.router = router;
        this.accessLevel = accessLevel;
        this.inFlight = inFlight;
        this.requestTimeout = settings.httpRequestTimeout();
        this.clientAddress = new ClientAddress(settings.trustedProxies());
        this.draining = draining;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (!exchange.isRequestComplete() && HttpContinue.requiresContinueResponse(exchange)) {
            HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                @Override
                public void onComplete(HttpServerExchange continued, Sender sender) {
                    readBody(continued);
                }

                @Override
                public void onException(HttpServerExchange failed, Sender sender, IOException e) {
                    abort(failed);
                }
            });
        } else {
            readBody(exchange);
        }
    }

    private void readBody(HttpServerExchange exchange) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        AtomicLong reserved = new AtomicLong();
        exchange.addExchangeCompleteListener((done, next) -> {
            inFlight.release(reserved.get());
            next.proceed();
        });
        // Piece by piece: Undertow's own collector makes room for the announced length before a byte has come.
        exchange.getRequestReceiver()
                .receivePartialBytes(
                        (receiving, piece, last) -> {
                            if (!inFlight.reserve(piece.length)) {
                                Connection.of(receiving).refuse(NO_ROOM);
                                return;
                            }
                            reserved.addAndGet(piece.length);
                            body.writeBytes(piece);
                            if (last) {
                                answer(receiving, body.toByteArray());
                            }
                        },
                        (failed, e) -> abort(failed));
    }

    private void answer(HttpServerExchange exchange, byte[] body) {
        long start = System.nanoTime();
        String method = exchange.getRequestMethod().toString();
        String rawPath = RequestPath.ofTarget(exchange.getRequestURI());
        Router.Match match = router.find(method, rawPath);
        Request request = request(exchange, method, body);
        String template = match.route().template();
        AtomicBoolean answered = new AtomicBoolean();
        Supplier<Runnable> work = () -> {
            if (answered.get()) {
                return () -> {};
            }
            Response response = router.run(match, request);
            if (!answered.compareAndSet(false, true)) {
                return () -> {};
            }
            if (response.body() instanceof Body.Bytes whole) {
                logAccess(exchange, template, response.status(), whole.bytes().length, start);
                return () -> handBack(exchange, response);
            }
            boolean bodiless = method.equals("HEAD") || response.status() == 304;
            if (bodiless || !match.route().blocking()) {
                Response instead = bodiless ? response : router.cannotStream(match);
                logAccess(exchange, template, instead.status(), 0, start);
                return () -> handBack(exchange, instead);
            }
            if (response.body() instanceof Body.Stream stream) {
                stream(exchange, response, stream.writer(), template, start);
                return () -> {};
            }
            return () -> events(exchange, response, ((Body.Events) response.body()).source(), template, start);
        };
        // Once Undertow's call has unwound, so that nobody else is at work on the exchange when it is handed on.
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {
            if (!match.route().blocking()) {
                work.get().run();
                return;
            }
            Connection connection = Connection.of(exchange);
            AtomicReference<InFlight.Work> running = new AtomicReference<>();
            connection.onTimeout(requestTimeout, () -> {
                if (answered.compareAndSet(false, true)) {
                    refuse(exchange, TOO_LATE, template, start);
                    Optional.ofNullable(running.get()).ifPresent(InFlight.Work::interrupt);
                }
            });
            inFlight.run(method + " " + exchange.getRequestPath(), work).ifPresentOrElse(running::set, () -> {
                answered.set(true);
                refuse(exchange, TOO_MANY, template, start);
            });
        });
    }

    /** On the IO thread. */
    private void refuse(HttpServerExchange exchange, Framing.Refusal refusal, String template, long start) {
        Response response = refusal.response();
        logAccess(exchange, template, response.status(), response.bytes().length, start);
        Connectors.executeRootHandler(done -> write(done, response), exchange);
    }

    private void events(
            HttpServerExchange exchange, Response response, EventStream.Source source, String template, long start) {
        AtomicReference<EventStream> open = new AtomicReference<>();
        AtomicBoolean ended = new AtomicBoolean();
        inFlight.stream(
                () -> {
                    ended.set(true);
                    Optional.ofNullable(open.get()).ifPresent(EventStream::end);
                },
                () -> stream(
                        exchange,
                        response,
                        out -> {
                            EventStream events = new EventStream(out);
                            open.set(events);
                            if (ended.get()) {
                                events.end();
                            }
                            out.flush();
                            source.sendTo(events);
                        },
                        template,
                        start));
    }

    /** On the thread of the handler. */
    private void stream(
            HttpServerExchange exchange, Response response, BodyWriter writer, String template, long start) {
        ResponseStream out = new ResponseStream(exchange, begun -> writeHead(begun, response));
        int status = response.status();
        try {
            writer.write(out);
            out.close();
        } catch (Throwable e) {
            status = streamFailed(exchange, out, e, status);
        }
        logAccess(exchange, template, status, out.written(), start);
    }

    /** What has begun cannot be mended: the connection is closed, so that the client does not take a part for the whole. */
    private int streamFailed(HttpServerExchange exchange, ResponseStream out, Throwable e, int status) {
        if (!out.committed()) {
            Response failure = router.failure(exchange.getRequestMethod().toString(), exchange.getRequestPath(), e);
            handBack(exchange, failure);
            return failure.status();
        }
        if (!out.broken() && !draining.getAsBoolean()) {
            LOG.atError()
                    .addKeyValue("path", exchange.getRequestPath())
                    .setCause(e)
                    .log("a response broke off");
        }
        try {
            exchange.getIoThread().execute(() -> abort(exchange));
        } catch (RejectedExecutionException stopped) {
            LOG.debug("the server was stopped before a response was written", stopped);
        }
        return status;
    }

    private void handBack(HttpServerExchange exchange, Response response) {
        if (exchange.isInIoThread()) {
            Connectors.executeRootHandler(done -> write(done, response), exchange);
            return;
        }
        try {
            exchange.getIoThread()
                    .execute(() -> Connectors.executeRootHandler(done -> write(done, response), exchange));
        } catch (RejectedExecutionException e) {
            LOG.debug("the server was stopped before a response could be written", e);
        }
    }

    private Request request(HttpServerExchange exchange, String method, byte[] body) {
        TreeMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (HeaderValues values : exchange.getRequestHeaders()) {
            headers.put(values.getHeaderName().toString(), new ArrayList<>(values));
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        exchange.getQueryParameters().forEach((name, values) -> query.put(name, new ArrayList<>(values)));
        InetAddress peer = exchange.getSourceAddress().getAddress();
        Request.Head head = new Request.Head(
                method,
                RequestPath.ofTarget(exchange.getRequestURI()),
                query,
                headers,
                clientAddress.of(peer, headers),
                clientAddress.isSecure(peer, headers));
        return new Request(head, body, Map.of(), null);
    }

    private void write(HttpServerExchange exchange, Response response) {
        if (exchange.isComplete()
                || exchange.isResponseStarted()
                || !exchange.getConnection().isOpen()) {
            exchange.endExchange();
            return;
        }
        writeHead(exchange, response);
        if (!(response.body() instanceof Body.Bytes whole)) {
            // The answer to HEAD: the body's length is told if it is known, the body is not written.
            if (exchange.getResponseContentLength() < 0 && !exchange.isHttp10()) {
                exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, "chunked");
            }
            exchange.endExchange();
            return;
        }
        byte[] body = whole.bytes();
        boolean bodiless = response.status() == 204 || response.status() == 304;
        if (bodiless || body.length == 0) {
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

    private void writeHead(HttpServerExchange exchange, Response response) {
        exchange.setStatusCode(response.status());
        response.headers()
                .forEach((name, values) -> exchange.getResponseHeaders().putAll(new HttpString(name), values));
        if (response.body() instanceof Body.Stream stream && stream.length() >= 0) {
            exchange.setResponseContentLength(stream.length());
        }
        if (draining.getAsBoolean()) {
            exchange.setPersistent(false);
        }
    }

    private static void abort(HttpServerExchange exchange) {
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    private void logAccess(HttpServerExchange exchange, String template, int status, long bytes, long start) {
        ACCESS.atLevel(accessLevel)
                .addKeyValue("method", exchange.getRequestMethod())
                .addKeyValue("path", exchange.getRequestPath())
                .addKeyValue("route", template)
                .addKeyValue("status", status)
                .addKeyValue("bytes", bytes)
                .addKeyValue("duration_ms", Millis.of(System.nanoTime() - start))
                .log("request");
    }
}
