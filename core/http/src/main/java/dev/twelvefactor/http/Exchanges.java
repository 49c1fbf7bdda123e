package dev.twelvefactor.http;

import io.undertow.io.IoCallback;
import io.undertow.io.Receiver;
import io.undertow.io.Sender;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From Undertow's exchanges to ours, on the IO thread: finds the route and reads the body, without waiting, unless the route reads it itself.
 */
final class Exchanges implements HttpHandler {
    private static final Framing.Refusal NO_ROOM =
            new Framing.Refusal(503, "There is no room for the body at the moment. Try again soon.");

    private static final byte[] NOTHING = {};

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
        Request.Head head = head(exchange, Connection.of(exchange).peer(), clientAddress);
        Router.Match match = around.router().find(head.method(), head.rawPath());
        Observation observation = Observation.begin(exchange, head, match.meter(), around.how());
        if (match.route().streams()) {
            Request request = new Request(head, new Request.Content.Stream(new RequestStream(exchange)));
            new Exchange(exchange, match, request, observation, around).begin();
        } else if (!exchange.isRequestComplete() && HttpContinue.requiresContinueResponse(exchange)) {
            HttpContinue.sendContinueResponse(exchange, new IoCallback() {
                @Override
                public void onComplete(HttpServerExchange continued, Sender sender) {
                    new BodyReading(match, head, observation).begin(continued, false);
                }

                @Override
                public void onException(HttpServerExchange failed, Sender sender, IOException e) {
                    observation.ended(BROKEN_OFF, 0);
                    Exchange.abort(failed);
                }
            });
        } else if (exchange.isRequestComplete()) {
            Request request = new Request(head, new Request.Content.Bytes(NOTHING));
            new Exchange(exchange, match, request, observation, around).beginInCall();
        } else {
            new BodyReading(match, head, observation).begin(exchange, true);
        }
    }

    /** A body on its way in, and then to its handler. On the IO thread. */
    private final class BodyReading implements Receiver.PartialBytesCallback {
        private final Router.Match match;
        private final Request.Head head;
        private final Observation observation;
        /** Most bodies come in one piece, which is then not copied. */
        private byte[] first = NOTHING;

        private @Nullable ByteArrayOutputStream all;
        private long reserved;
        private boolean whole;
        private boolean inCall;

        private BodyReading(Router.Match match, Request.Head head, Observation observation) {
            this.match = match;
            this.head = head;
            this.observation = observation;
        }

        /** {@code calling}: from Undertow's own call of its handler. */
        void begin(HttpServerExchange exchange, boolean calling) {
            Connection connection = Connection.of(exchange);
            connection.onClose(() -> {
                if (!whole && !connection.refused()) {
                    observation.ended(BROKEN_OFF, 0);
                }
            });
            exchange.addExchangeCompleteListener((done, next) -> {
                around.inFlight().release(reserved);
                next.proceed();
            });
            inCall = calling;
            // Piece by piece: Undertow's own collector makes room for the announced length before a byte has come.
            exchange.getRequestReceiver().receivePartialBytes(this, (failed, e) -> Exchange.abort(failed));
            inCall = false;
        }

        @Override
        public void handle(HttpServerExchange exchange, byte[] piece, boolean last) {
            if (!around.inFlight().reserve(piece.length)) {
                Connection.of(exchange).refuse(NO_ROOM);
                return;
            }
            reserved += piece.length;
            add(piece);
            if (last) {
                whole = true;
                Request request = new Request(head, new Request.Content.Bytes(all == null ? first : all.toByteArray()));
                Exchange ours = new Exchange(exchange, match, request, observation, around);
                if (inCall) {
                    ours.beginInCall();
                } else {
                    ours.begin();
                }
            }
        }

        private void add(byte[] piece) {
            if (first.length == 0) {
                first = piece;
            } else if (piece.length > 0) {
                if (all == null) {
                    all = new ByteArrayOutputStream(first.length + piece.length);
                    all.writeBytes(first);
                }
                all.writeBytes(piece);
            }
        }
    }

    static Request.Head head(HttpServerExchange exchange, Connection.Peer peer, ClientAddress clientAddress) {
        Fields fields = Fields.of(exchange.getRequestHeaders());
        return new Request.Head(
                exchange.getRequestMethod().toString(),
                RequestPath.ofTarget(exchange.getRequestURI()),
                query(exchange),
                fields,
                clientAddress.of(peer, fields));
    }

    /** Not copied: a client may send thousands of parameters, of which a handler asks for few. */
    private static Function<String, List<String>> query(HttpServerExchange exchange) {
        if (exchange.getQueryString().isEmpty()) {
            return name -> List.of();
        }
        Map<String, Deque<String>> parameters = exchange.getQueryParameters();
        return name -> {
            Deque<String> values = parameters.get(name);
            return values == null ? List.of() : List.copyOf(values);
        };
    }
}
