package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A request without a client, through everything that needs no connection: its classes are loaded then, and the first client does not wait for them.
 */
final class Rehearsal {
    private static final byte[] REQUEST =
            "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: rehearsal\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long NO_BODY = 0;

    private Rehearsal() {}

    static void run() {
        Framing framing =
                new Framing(new Framing.Limits(REQUEST.length, REQUEST.length, 2, (method, target) -> NO_BODY));
        int end = framing.scan(ByteBuffer.wrap(REQUEST), 0, REQUEST.length);
        Router router = new Router(
                new Routes().get("/", request -> Response.text(HttpServerConnection.class.getName())),
                new RequestMeters(),
                failure -> false);
        HttpServerExchange exchange = new HttpServerExchange(null);
        exchange.setRequestMethod(Methods.GET);
        exchange.setRequestURI("/");
        exchange.getRequestHeaders().put(Headers.HOST, "localhost");
        ClientAddress addresses = new ClientAddress(List.of(), List.of());
        Request.Head head = Exchanges.head(exchange, Connection.Peer.of(InetAddress.getLoopbackAddress()), addresses);
        try (Trace.Scope unused = Trace.of(name -> null).open()) {
            Response answer = router.run(
                    router.find(head.method(), head.rawPath()),
                    new Request(head, new Request.Content.Bytes(new byte[0])));
            if (end != REQUEST.length || answer.status() != 200) {
                throw new IllegalStateException("the rehearsal of a request failed: " + answer.text());
            }
        }
    }
}
