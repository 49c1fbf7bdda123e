package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.HttpContinueReadHandler;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.nio.ByteBuffer;

/** Requests that a handler of Undertow's answers: they are told of like all others, and an error that has no body gets a problem document as its body. */
final class RawExchanges implements HttpHandler {
    private final HttpHandler handler;
    private final RequestMeters meters;
    private final String prefix;
    private final ClientAddress clientAddress;
    private final Observation.How how;

    RawExchanges(
            HttpHandler handler,
            String prefix,
            RequestMeters meters,
            ClientAddress clientAddress,
            Observation.How how) {
        // The client that expects 100 waits for it until the handler reads the body; Undertow leaves that to its users.
        this.handler = new HttpContinueReadHandler(handler);
        // The empty template is that of paths without a route.
        this.prefix = prefix.isEmpty() ? "/" : prefix;
        this.meters = meters;
        this.clientAddress = clientAddress;
        this.how = how;
    }

    /** Called by Undertow where a response ends with nothing sent: the handler has set a status alone, or has thrown. */
    private static boolean explain(HttpServerExchange exchange) {
        int status = exchange.getStatusCode();
        if (status < 400 || status > 599 || exchange.getRequestMethod().equals(Methods.HEAD)) {
            return false;
        }
        Response problem = Response.problem(
                status,
                status == 500
                        ? "Something went wrong here. It has been logged."
                        : "The handler of this path gives no details.");
        problem.headers()
                .forEach((name, values) -> values.forEach(
                        value -> exchange.getResponseHeaders().put(HttpString.tryFromString(name), value)));
        exchange.getResponseSender().send(ByteBuffer.wrap(problem.bytes()));
        return true;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Request.Head head = Exchanges.head(exchange, Connection.of(exchange).peer(), clientAddress);
        Observation observation = Observation.begin(exchange, head, meters.of(head.method(), prefix), how);
        observation.nameTo(exchange);
        exchange.addDefaultResponseListener(RawExchanges::explain);
        exchange.addExchangeCompleteListener((done, next) -> {
            observation.ended(done.getStatusCode(), done.getResponseBytesSent());
            next.proceed();
        });
        try (Trace.Scope unused = observation.open()) {
            handler.handleRequest(exchange);
        }
    }
}
