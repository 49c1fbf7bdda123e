package dev.twelvefactor.http;

import dev.twelvefactor.config.DataSize;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import dev.twelvefactor.config.Port;
import dev.twelvefactor.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the server reads from the environment; each component's variable is its name in upper case.
 *
 * @param port where requests are taken; 0 picks a free one, and the start's event names it
 * @param bindAddress the address of the interface; all of them unless set
 * @param managementPort a port of its own for health, metrics and what else operators need; without it, health is on {@code PORT} and the rest is nowhere
 * @param managementAddress the address of the interface of that port; {@code BIND_ADDRESS} unless set
 * @param managementToken what a request to that port must have as its bearer token (RFC 6750), but for health, which probes ask without one. At least 16
 *     characters. Unless set, other machines get health and metrics alone
 * @param trustedProxies the networks whose word on who the client is, and what it asked for, is believed
 * @param proxyHeaders the header fields in which those say it: those that the proxies write themselves, since they pass the others on from the client.
 *     {@code x-forwarded-host} has to be named, since few write it; {@code forwarded} stands alone
 * @param httpMaxBody the largest body of a request; more is 413
 * @param httpMaxHeaderSize the largest head of a request; more is 431
 * @param httpMaxHeaders the most header fields of a request; more are 431
 * @param httpMaxConcurrentRequests the most requests in work at once; more are 503 at once
 * @param httpMaxStreams the most responses and bodies at once that are streamed, but for events; more are 503 at once
 * @param httpWorkerThreads the most threads for blocking handlers where the JVM has no virtual threads
 * @param httpIoThreads the threads that read requests, write responses and run the routes of {@link Routes#nonBlocking}; one for each two processors unless
 *     set, and at least one. The port for management has one of its own
 * @param httpMaxTarget the longest target (path and query) of a request; more is 414
 * @param httpMaxConnections the most connections to one port; for another one, one that lies idle is closed, and if there is none it gets 503
 * @param httpMinBodyRate the bytes that a request's body has to bring a second, on average; less is 408 after {@code httpParseTimeout}
 * @param httpParseTimeout the time for the whole head of a request, so that a client cannot drip it; more is 408
 * @param httpRequestTimeout the time for a handler until it returns its response; after it the client gets 503 and the handler's thread is
 *     interrupted. A response that is streamed may take any time from then on
 * @param httpHeartbeat the time after which a stream of events that is quiet gets a comment, which no client shows; and after which the client of any
 *     other stream counts as gone that has ended its side and gets nothing
 * @param httpLogQuery parameters of the query whose values stand in the access event, as {@code query.NAME}; none unless named
 * @param httpLogHeaders header fields that stand in it, as {@code header.NAME}; those that hold credentials cannot be named
 * @param httpIdleTimeout the time that a connection may lie idle, between requests. It has to be longer than the proxy in front keeps an idle connection,
 *     since a request that comes as the connection is closed is lost: 60 s for nginx and AWS, 90 s for Traefik, 120 s for Caddy, but 600 s for Google Cloud
 * @param httpWriteTimeout the time that a client may take to accept any part of a response
 * @param httpMaxEventStreams the most streams of events ({@link Response#events}) at once; more are 503 at once
 * @param websocket the limits of WebSockets
 */
public record HttpSettings(
        @Default("8080") @Doc("port of the web process; 0 picks a free one")
        Port port,

        @Default("0.0.0.0") @Doc("address that the ports are bound to")
        String bindAddress,

        @Doc("port of its own for /health/*; PORT unless set")
        Optional<Port> managementPort,

        @Doc("address that MANAGEMENT_PORT is bound to; BIND_ADDRESS unless set")
        Optional<String> managementAddress,

        @Doc(
                "bearer token that MANAGEMENT_PORT asks for, but for /health/*; without, other machines get no more than /metrics")
        Optional<Secret> managementToken,

        @Default("") @Doc("networks whose PROXY_HEADERS are believed: 10.0.0.0/8")
        List<Network> trustedProxies,

        @Default("x-forwarded-for,x-forwarded-proto") @Doc("header fields that trusted proxies write themselves")
        List<ProxyHeader> proxyHeaders,

        @Default("1MiB") @Doc("largest body of a request") DataSize httpMaxBody,

        @Default("16KiB") @Doc("largest head of a request") DataSize httpMaxHeaderSize,

        @Default("100") @Doc("most header fields of a request")
        int httpMaxHeaders,

        @Default("1000") @Doc("most requests in work at once; more get 503")
        int httpMaxConcurrentRequests,

        @Default("1000") @Doc("most downloads and uploads that are streamed at once; more get 503")
        int httpMaxStreams,

        @Default("64") @Doc("most threads for handlers on a JVM without virtual threads")
        int httpWorkerThreads,

        @Doc("threads that read and write; one for each two processors unless set")
        Optional<Integer> httpIoThreads,

        @Default("8KiB") @Doc("longest target of a request") DataSize httpMaxTarget,

        @Default("10000") @Doc("most connections to one port at once")
        int httpMaxConnections,

        @Default("100B") @Doc("slowest body of a request, on average, in bytes a second")
        DataSize httpMinBodyRate,

        @Default("10s") @Doc("time for the whole head of a request")
        Duration httpParseTimeout,

        @Default("60s") @Doc("time for a handler to give its response")
        Duration httpRequestTimeout,

        @Default("15s") @Doc("quiet time of a stream of events before a heartbeat")
        Duration httpHeartbeat,

        @Default("") @Doc("parameters of the query that the access event shows: page,sort")
        List<String> httpLogQuery,

        @Default("") @Doc("header fields that the access event shows: accept-language")
        List<String> httpLogHeaders,

        @Default("150s") @Doc("time that a connection may lie idle; longer than the proxy in front keeps one")
        Duration httpIdleTimeout,

        @Default("30s") @Doc("time that a client may take to accept a part of a response")
        Duration httpWriteTimeout,

        @Default("2000") @Doc("most streams of events at once; more get 503")
        int httpMaxEventStreams,

        WebSocketSettings websocket) {

    private static final Set<String> CREDENTIALS =
            Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key");
    private static final int MIN_TOKEN = 16;
    private static final long MOST = 1_000_000;
    private static final long MOST_THREADS = 1000;
    private static final long LARGEST = 256L << 20;
    private static final long LONGEST_MILLIS = 24L * 60 * 60 * 1000;

    /** Refuses limits that would let nothing through, or everything. */
    public HttpSettings {
        within("HTTP_MAX_HEADERS", httpMaxHeaders, MOST);
        within("HTTP_MAX_CONCURRENT_REQUESTS", httpMaxConcurrentRequests, MOST);
        within("HTTP_MAX_STREAMS", httpMaxStreams, MOST);
        within("HTTP_MAX_EVENT_STREAMS", httpMaxEventStreams, MOST);
        within("HTTP_WORKER_THREADS", httpWorkerThreads, MOST);
        httpIoThreads.ifPresent(threads -> within("HTTP_IO_THREADS", threads, MOST_THREADS));
        within("HTTP_MAX_CONNECTIONS", httpMaxConnections, MOST);
        within("HTTP_MAX_TARGET in bytes", httpMaxTarget.bytes(), LARGEST);
        within("HTTP_MIN_BODY_RATE in bytes", httpMinBodyRate.bytes(), LARGEST);
        within("HTTP_MAX_BODY in bytes", httpMaxBody.bytes(), LARGEST);
        within("HTTP_MAX_HEADER_SIZE in bytes", httpMaxHeaderSize.bytes(), LARGEST);
        within("HTTP_PARSE_TIMEOUT in milliseconds", httpParseTimeout.toMillis(), LONGEST_MILLIS);
        within("HTTP_REQUEST_TIMEOUT in milliseconds", httpRequestTimeout.toMillis(), LONGEST_MILLIS);
        within("HTTP_HEARTBEAT in milliseconds", httpHeartbeat.toMillis(), LONGEST_MILLIS);
        within("HTTP_IDLE_TIMEOUT in milliseconds", httpIdleTimeout.toMillis(), LONGEST_MILLIS);
        within("HTTP_WRITE_TIMEOUT in milliseconds", httpWriteTimeout.toMillis(), LONGEST_MILLIS);
        for (String name : httpLogHeaders) {
            if (CREDENTIALS.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException(
                        "HTTP_LOG_HEADERS names " + name + ", which holds credentials; leave it out");
            }
        }
        if (proxyHeaders.contains(ProxyHeader.FORWARDED) && proxyHeaders.size() > 1) {
            throw new IllegalArgumentException(
                    "PROXY_HEADERS names forwarded beside others that say the same; write the ones that the proxy writes: forwarded, or some of x-forwarded-for,x-forwarded-proto,x-forwarded-host");
        }
        managementToken.ifPresent(HttpSettings::checkToken);
        if (managementPort.isPresent() && managementPort.get().equals(port) && port.number() != 0) {
            throw new IllegalArgumentException("MANAGEMENT_PORT and PORT are the same; leave MANAGEMENT_PORT out");
        }
    }

    @SuppressWarnings("unchecked")
    static HttpSettings fromComponents(Object[] values) {
        return new HttpSettings(
                (Port) values[0],
                (String) values[1],
                (Optional<Port>) values[2],
                (Optional<String>) values[3],
                (Optional<Secret>) values[4],
                (List<Network>) values[5],
                (List<ProxyHeader>) values[6],
                (DataSize) values[7],
                (DataSize) values[8],
                (int) values[9],
                (int) values[10],
                (int) values[11],
                (int) values[12],
                (Optional<Integer>) values[13],
                (DataSize) values[14],
                (int) values[15],
                (DataSize) values[16],
                (Duration) values[17],
                (Duration) values[18],
                (Duration) values[19],
                (List<String>) values[20],
                (List<String>) values[21],
                (Duration) values[22],
                (Duration) values[23],
                (int) values[24],
                (WebSocketSettings) values[25]);
    }

    private static void checkToken(Secret token) {
        boolean printable = token.reveal().chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (!printable || token.reveal().length() < MIN_TOKEN) {
            throw new IllegalArgumentException("MANAGEMENT_TOKEN must have at least " + MIN_TOKEN
                    + " characters, ASCII without blanks; write what \"openssl rand -hex 32\" prints");
        }
    }

    /** One for each two processors is enough for what asks a database; {@code docs/performance.md} has the figures. */
    int ioThreads() {
        return httpIoThreads.orElseGet(() -> Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    Connection.Limits connectionLimits(Framing.BodyLimit bodyLimit) {
        return new Connection.Limits(
                new Framing.Limits(
                        (int) httpMaxHeaderSize.bytes(), (int) httpMaxTarget.bytes(), httpMaxHeaders, bodyLimit),
                httpParseTimeout,
                httpIdleTimeout,
                httpWriteTimeout,
                httpMinBodyRate.bytes());
    }

    /** Zero would mean "no limit" to the libraries below. */
    private static void within(String name, long value, long most) {
        if (value < 1 || value > most) {
            throw new IllegalArgumentException(name + " is " + value + "; write 1 to " + most);
        }
    }
}
