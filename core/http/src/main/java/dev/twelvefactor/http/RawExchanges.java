package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/** Requests that a handler of Undertow's answers: they are told of like all others. */
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
        this.handler = handler;
        // The empty template is that of paths without a route.
        this.prefix = prefix.isEmpty() ? "/" : prefix;
        this.meters = meters;
        this.clientAddress = clientAddress;
        this.how = how;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Request.Head head = Exchanges.head(exchange, Connection.of(exchange).peer(), clientAddress);
        Observation observation = Observation.begin(exchange, head, meters.of(head.method(), prefix), how);
        observation.nameTo(exchange);
        exchange.addExchangeCompleteListener((done, next) -> {
            observation.ended(done.getStatusCode(), done.getResponseBytesSent());
            next.proceed();
        });
        try (Trace.Scope unused = observation.open()) {
            handler.handleRequest(exchange);
        }
    }
}
