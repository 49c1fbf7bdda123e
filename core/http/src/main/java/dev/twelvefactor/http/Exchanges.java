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
import java.util.concurrent.atomic.AtomicLong;

/**
 * From Undertow's exchanges to ours, on the IO thread: finds the route and reads the body, without waiting, unless the route reads it itself.
 */
final class Exchanges implements HttpHandler {
    private static final Framing.Refusal NO_ROOM =
            new Framing.Refusal(503, "There is no room for the body at the moment. Try again soon.");

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
        if (match.route().streams()) {
            begin(exchange, match, head, new Request.Content.Stream(new RequestStream(exchange)));
        } else if (!exchange.isRequestComplete() && HttpContinue.requiresContinueResponse(exchange)) {
            HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                @Override
                public void onComplete(HttpServerExchange continued, Sender sender) {
                    readBody(continued, match, head);
                }

                @Override
                public void onException(HttpServerExchange failed, Sender sender, IOException e) {
                    Exchange.abort(failed);
                }
            });
        } else {
            readBody(exchange, match, head);
        }
    }

    private void readBody(HttpServerExchange exchange, Router.Match match, Request.Head head) {
        if (exchange.isRequestComplete()) {
            begin(exchange, match, head, new Request.Content.Bytes(new byte[0]));
            return;
        }
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
                                begin(receiving, match, head, new Request.Content.Bytes(body.toByteArray()));
                            }
                        },
                        (failed, e) -> Exchange.abort(failed));
    }

    private void begin(HttpServerExchange exchange, Router.Match match, Request.Head head, Request.Content content) {
        new Exchange(exchange, match, new Request(head, content), around).begin();
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
