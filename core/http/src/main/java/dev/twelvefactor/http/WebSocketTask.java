package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import io.undertow.server.Connectors;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A WebSocket from its handshake to the end of its handler, on a thread of its own. */
final class WebSocketTask implements InFlight.Task {
    private static final Logger LOG = LoggerFactory.getLogger("http");
    private static final Framing.Refusal TOO_MANY =
            new Framing.Refusal(503, "Too many WebSockets at once. Try again soon.");
    private static final Framing.Refusal NEEDS_HTTP_1_1 = new Framing.Refusal(400, "A WebSocket needs HTTP/1.1.");
    /** The client has gone before it had the response. */
    private static final int CLIENT_GONE = 400;

    private final Exchange exchange;
    private final Response response;
    private final WebSocket.Handler handler;
    private final WebSockets shared;

    WebSocketTask(Exchange exchange, Response response, WebSocket.Handler handler) {
        this.exchange = exchange;
        this.response = response;
        this.handler = handler;
        this.shared = exchange.around().webSockets();
    }

    /** Opens what a handler has accepted, if there is a place for it. */
    static void begin(Exchange exchange, Response response, WebSocket.Handler handler) {
        if (response.header(WebSocketHandshake.ACCEPT).isEmpty()) {
            exchange.answerFailure(new IllegalStateException("only a route of webSocket(…) can accept a WebSocket"));
        } else if (!exchange.undertow().isHttp11()) {
            exchange.refuse(NEEDS_HTTP_1_1);
        } else {
            WebSocketTask task = new WebSocketTask(exchange, response, handler);
            if (exchange.around().inFlight().webSocket(task).isEmpty()) {
                task.shed();
            }
        }
    }

    @Override
    public String what() {
        return exchange.what() + " (WebSocket)";
    }

    @Override
    public void shed() {
        exchange.refuse(TOO_MANY);
    }

    @Override
    public Runnable work(InFlight.Work own) {
        try (Trace.Scope unused = exchange.observation().open()) {
            WebSocketTransport transport = upgraded();
            exchange.observation().upgraded();
            shared.meters().opened();
            run(transport, own);
        } catch (IOException e) {
            LOG.debug("a WebSocket's client has gone before it was open", e);
            exchange.observation().ended(CLIENT_GONE, 0);
        }
        return () -> {};
    }

    private WebSocketTransport upgraded() throws IOException {
        CompletableFuture<WebSocketTransport> opened = new CompletableFuture<>();
        exchange.onIoThread(() -> upgrade(opened));
        try {
            return opened.get();
        } catch (ExecutionException e) {
            throw new ClientGoneException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the handshake was interrupted");
        }
    }

    /** Answers with 101 and takes the connection over; fails if the client has gone first. */
    private void upgrade(CompletableFuture<WebSocketTransport> opened) {
        Connection connection = exchange.connection();
        connection.onClose(() -> opened.completeExceptionally(new IOException("closed")));
        if (!connection.isOpen() || connection.refused()) {
            opened.completeExceptionally(new IOException("closed"));
            exchange.undertow().endExchange();
            return;
        }
        Connectors.executeRootHandler(
                begun -> {
                    exchange.writeHead(begun, response);
                    begun.getResponseHeaders().put(Headers.UPGRADE, "websocket");
                    // Also in the drain, which closes it in its own way.
                    begun.setPersistent(true);
                    begun.upgradeChannel((channel, upgraded) -> {
                        WebSocketTransport transport = new WebSocketTransport(
                                connection, upgraded.getConnection().getByteBufferPool(), shared);
                        transport.open();
                        opened.complete(transport);
                    });
                    begun.endExchange();
                },
                exchange.undertow());
    }

    private void run(WebSocketTransport transport, InFlight.Work own) {
        WebSocket socket =
                new WebSocket(transport, shared, exchange.around().router().json());
        WebSocketEnd.Status end = new WebSocketEnd.Status(1011, "");
        try {
            handler.handle(socket);
            end = new WebSocketEnd.Status(transport.end().draining() ? 1001 : 1000, "");
        } catch (Throwable e) {
            end = failed(transport, e);
        } finally {
            own.ignoreInterrupts();
            WebSocketEnd.Status first = transport.close(end.code(), end.reason());
            transport.inbox().clear();
            shared.meters().closed(first.code());
            exchange.observation().closed(first, socket.received(), socket.sent());
        }
    }

    private WebSocketEnd.Status failed(WebSocketTransport transport, Throwable e) {
        boolean wokenUp = e instanceof InterruptedException || e instanceof InterruptedIOException;
        // While this one is open, it is the client of another WebSocket that has gone: a mistake of the handler's.
        if (!transport.end().isOpen() && (wokenUp || ClientGoneException.isCauseOf(e))) {
            LOG.debug("a WebSocket's handler has ended with it", e);
            return new WebSocketEnd.Status(1001, "");
        }
        if (exchange.around().router().isUnavailable(e)) {
            LOG.debug("a WebSocket's handler has failed since a backing service is away", e);
            return new WebSocketEnd.Status(1013, "a service is away for the moment");
        }
        LOG.atError()
                .addKeyValue("path", exchange.undertow().getRequestPath())
                .setCause(e)
                .log("the handler of a WebSocket failed");
        return new WebSocketEnd.Status(1011, "");
    }
}
