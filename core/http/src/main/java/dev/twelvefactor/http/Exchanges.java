package dev.twelvefactor.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * From Undertow's exchanges to ours, on the IO thread: finds the route and reads the body, without waiting, unless the route reads it itself.
 */
final class Exchanges implements HttpHandler {
    private static final Framing.Refusal NO_ROOM =
            new Framing.Refusal(503, "There is no room for the body at the moment. Try again soon.");

    /** Of a request whose client has gone before it had told all of it: nobody gets this answer. */
    private static final int BROKEN_OFF = 400;

    private final Exchange.Surroundings around;
    private final ClientAddress clientAddress;

    Exchanges(Exchange.Surroundings around, ClientAddress clientAddress) {
        this.around = around;
        this.clientAddress = clientAddress;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        Request.Head head = head(exchange, clientAddress);
        Router.Match match = around.router().find(head.method(), head.rawPath());
        Observation observation = Observation.begin(exchange, head, match.meter(), around.how());
        if (match.route().streams()) {
            begin(
                    exchange,
                    match,
                    new Request(head, new Request.Content.Stream(new RequestStream(exchange))),
                    observation);
        } else if (!exchange.isRequestComplete() && HttpContinue.requiresContinueResponse(exchange)) {
            HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                @Override
                public void onComplete(HttpServerExchange continued, Sender sender) {
                    readBody(continued, match, head, observation);
                }

                @Override
                public void onException(HttpServerExchange failed, Sender sender, IOException e) {
                    observation.ended(BROKEN_OFF, 0);
                    Exchange.abort(failed);
                }
            });
        } else {
            readBody(exchange, match, head, observation);
        }
    }

    private void readBody(HttpServerExchange exchange, Router.Match match, Request.Head head, Observation observation) {
        if (exchange.isRequestComplete()) {
            begin(exchange, match, new Request(head, new Request.Content.Bytes(new byte[0])), observation);
            return;
        }
        AtomicBoolean whole = new AtomicBoolean();
        Connection connection = Connection.of(exchange);
        connection.onClose(() -> {
            if (!whole.get() && !connection.refused()) {
                observation.ended(BROKEN_OFF, 0);
            }
        });
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        AtomicLong reserved = new AtomicLong();
        exchange.addExchangeCompleteListener((done, next) -> {
            around.inFlight().release(reserved.get());
            next.proceed();
        });
        // Piece by piece: Undertow's own collector makes room for the announced length before a byte has come.
        exchange.getRequestReceiver()
                .receivePartialBytes(
                        (receiving, piece, last) -> {
                            if (!around.inFlight().reserve(piece.length)) {
                                Connection.of(receiving).refuse(NO_ROOM);
                                return;
                            }
                            reserved.addAndGet(piece.length);
                            body.writeBytes(piece);
                            if (last) {
                                whole.set(true);
                                begin(
                                        receiving,
                                        match,
                                        new Request(head, new Request.Content.Bytes(body.toByteArray())),
                                        observation);
                            }
                        },
                        (failed, e) -> Exchange.abort(failed));
    }

    private void begin(HttpServerExchange exchange, Router.Match match, Request request, Observation observation) {
        new Exchange(exchange, match, request, observation, around).begin();
    }

    static Request.Head head(HttpServerExchange exchange, ClientAddress clientAddress) {
        TreeMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (HeaderValues values : exchange.getRequestHeaders()) {
            headers.put(values.getHeaderName().toString(), new ArrayList<>(values));
        }
        Map<String, List<String>> query = new LinkedHashMap<>();
        exchange.getQueryParameters().forEach((name, values) -> query.put(name, new ArrayList<>(values)));
        return new Request.Head(
                exchange.getRequestMethod().toString(),
                RequestPath.ofTarget(exchange.getRequestURI()),
                query,
                headers,
                clientAddress.of(exchange.getSourceAddress().getAddress(), headers));
    }
}
