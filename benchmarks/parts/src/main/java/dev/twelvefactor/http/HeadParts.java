package dev.twelvefactor.http;

import dev.twelvefactor.telemetry.Trace;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The head of a request: the look at its bytes, and the way from Undertow's exchange to a request of ours. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeadParts {
    private static final Framing.Limits LIMITS = new Framing.Limits(16_384, 8_192, 100, (method, target) -> 1 << 20);

    /** Whose head: that of a load generator has one field, that of a browser ten. */
    @Param({"GENERATOR", "BROWSER"})
    public Client client = Client.GENERATOR;

    private final ClientAddress peers = new ClientAddress(List.of(), List.of());
    private final Connection.Peer peer = Connection.Peer.of(InetAddress.getLoopbackAddress());
    private final Framing reused = new Framing(LIMITS);
    private ByteBuffer bytes = ByteBuffer.allocateDirect(0);
    private HttpServerExchange exchange = new HttpServerExchange(null);

    /** Who asks. */
    public enum Client {
        /** {@code Host} and no more. */
        GENERATOR,
        /** What browsers send along with each request. */
        BROWSER;

        private Map<String, String> fields() {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("Host", "www.example.org:8080");
            if (this == BROWSER) {
                fields.put("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0");
                fields.put("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
                fields.put("Accept-Language", "en-US,en;q=0.5");
                fields.put("Accept-Encoding", "gzip, deflate");
                fields.put("Cookie", "session=0123456789012345678901234567890123456789012");
                fields.put("Sec-Fetch-Dest", "document");
                fields.put("Sec-Fetch-Mode", "navigate");
                fields.put("Sec-Fetch-Site", "none");
                fields.put("Upgrade-Insecure-Requests", "1");
            }
            return fields;
        }
    }

    /** Writes the head. */
    @Setup
    public void send() {
        StringBuilder head = new StringBuilder("GET /entries/7?page=2 HTTP/1.1\r\n");
        exchange = new HttpServerExchange(null);
        exchange.setRequestMethod(new HttpString("GET"));
        exchange.setRequestURI("/entries/7");
        exchange.setRequestPath("/entries/7");
        exchange.addQueryParam("page", "2");
        client.fields().forEach((name, value) -> {
            head.append(name).append(": ").append(value).append("\r\n");
            exchange.getRequestHeaders().put(new HttpString(name), value);
        });
        byte[] all = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        bytes = ByteBuffer.allocateDirect(all.length).put(all);
        if (!scanned().ended() || bind().header("Host").isEmpty()) {
            throw new IllegalStateException("the head was not read to its end");
        }
    }

    /** Where the request ends, and whether it is one. */
    @Benchmark
    public Object framing() {
        return scanned();
    }

    private Framing scanned() {
        reused.restart();
        reused.scan(bytes, 0, bytes.limit());
        return reused;
    }

    /** A request from Undertow's exchange. */
    @Benchmark
    public Request bind() {
        return new Request(Exchanges.head(exchange, peer, peers), new Request.Content.Bytes(new byte[0]));
    }

    /** The ids of a request, from what its head tells of the work that it is a part of, and back from the thread that was at it. */
    @Benchmark
    public String trace() {
        Trace trace =
                Trace.of(name -> exchange.getRequestHeaders().getFirst(name)).child();
        try (Trace.Scope unused = trace.open()) {
            return trace.requestId();
        }
    }
}
