package dev.twelvefactor.http;

import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.Participant;
import dev.twelvefactor.lifecycle.Phase;
import dev.twelvefactor.lifecycle.Unfinished;
import dev.twelvefactor.telemetry.Tracer;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.event.Level;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;

/**
 * The server: its ports, its threads, its part in the drain. It binds when it is told to, which is last in a start; the port for health comes
 * before the one for everybody.
 */
public final class HttpServer implements Participant {
    /** As many buffers as are kept for the next use; one that is not kept is garbage of the JVM's direct memory. */
    private static final int KEPT_BUFFERS = 1024;

    private static final int BUFFER_SIZE = 16_364;
    private static final int BACKLOG = 1024;
    /** Left to itself, the kernel takes some megabytes for each client that reads slowly, and the IO thread is busy with handing them over. */
    private static final int SEND_BUFFER = 256 * 1024;

    private final HttpSettings settings;
    private final ByteBufferPool buffers;
    private final InFlight inFlight;
    /** However many requests are stuck, those of who looks after them are not behind them. */
    private final InFlight ofManagement;

    private final RequestMeters meters = new RequestMeters();
    private final WebSockets webSockets;
    private final ClientAddress clientAddress;
    private final Operations operations;
    private final Optional<Listener> management;
    private final Optional<Listener> main;

    private HttpServer(HttpSettings settings, Optional<Routes> routes, Operations operations) throws IOException {
        this.settings = settings;
        this.operations = operations;
        this.clientAddress = new ClientAddress(settings.trustedProxies(), settings.proxyHeaders());
        this.inFlight = new InFlight(settings);
        this.ofManagement = new InFlight(settings);
        this.webSockets = new WebSockets(settings.websocket());
        this.buffers = new DefaultByteBufferPool(true, BUFFER_SIZE, KEPT_BUFFERS, 0);
        HealthRoutes health = new HealthRoutes(operations);
        // A port of its own has a thread of its own: whatever holds up the requests, health is answered.
        this.management = settings.managementPort().isPresent() ? Optional.of(management(health)) : Optional.empty();
        try {
            this.main = routes.isPresent()
                    ? Optional.of(main(routes.get(), quiet(new Routes().nonBlocking(health::declare), clientAddress)))
                    : Optional.empty();
        } catch (IOException | RuntimeException e) {
            management.ifPresent(Listener::discard);
            throw e;
        }
        operations.lifecycle().add(Phase.SERVERS, this);
    }

    /**
     * Binds the ports and takes requests from now on.
     *
     * @throws java.io.UncheckedIOException with a {@link java.net.BindException} if a port is taken or may not be bound
     */
    public static HttpServer start(HttpSettings settings, Routes routes, Operations operations) {
        try {
            return new HttpServer(settings, Optional.of(routes), operations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Binds {@code MANAGEMENT_PORT} alone and serves health and what else is operated there, for a process that takes no requests.
     *
     * @throws java.io.UncheckedIOException with a {@link java.net.BindException} if the port is taken or may not be bound
     */
    public static HttpServer startManagement(HttpSettings settings, Operations operations) {
        try {
            return new HttpServer(settings, Optional.empty(), operations);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads what a server needs before it is known what it is to do: to be called beside other work, on a thread of its own. */
    public static void preload() {
        MBeans.leaveOut();
        var unused = Xnio.getInstance(HttpServer.class.getClassLoader());
        Rehearsal.run();
    }

    /** The app's routes, with health before them if that has no port of its own: no filter and no session of the app stands around it. */
    private Listener main(Routes routes, HttpHandler health) throws IOException {
        Observation.How how = new Observation.How(
                operations.tracer(), Level.INFO, settings.httpLogQuery(), settings.httpLogHeaders());
        routes.allowWebSocketOrigins(settings.websocket().origins());
        Router router = new Router(routes, meters, operations.attachments()::isUnavailable);
        HttpHandler ours = handler(router, inFlight, how, clientAddress);
        List<Prefix> prefixes = new ArrayList<>();
        if (management.isEmpty()) {
            HealthRoutes.PATHS.forEach(path -> prefixes.add(new Prefix(path, health)));
        }
        routes.raw()
                .forEach((path, handler) ->
                        prefixes.add(new Prefix(path, new RawExchanges(handler, path, meters, clientAddress, how))));
        Framing.BodyLimit ofRoutes = router.bodyLimit(settings.httpMaxBody().bytes());
        return listen(
                new ListenAddress("PORT", settings.bindAddress(), settings.port()),
                "http",
                settings.ioThreads(),
                (method, target) -> other(prefixes, target).isPresent()
                        ? settings.httpMaxBody().bytes()
                        : ofRoutes.bytes(method, target),
                new Refusals(meters, Level.INFO),
                exchange -> other(prefixes, exchange.getRequestURI())
                        .map(Prefix::handler)
                        .orElse(ours)
                        .handleRequest(exchange));
    }

    /** No proxy is believed here: who the client is decides who gets an answer. */
    private Listener management(HealthRoutes health) throws IOException {
        Routes routes = new Routes().nonBlocking(health::declare).group("", group -> {
            group.filter(new ManagementAccess(settings.managementToken()));
            operations.management().accept(group);
        });
        return listen(
                new ListenAddress(
                        "MANAGEMENT_PORT",
                        settings.managementAddress().orElse(settings.bindAddress()),
                        settings.managementPort().orElseThrow()),
                "management",
                1,
                (method, target) -> settings.httpMaxBody().bytes(),
                new Refusals(meters, Level.INFO),
                quiet(routes, new ClientAddress(List.of(), settings.proxyHeaders())));
    }

    /** What answers everything under a path, in the place of the routes. */
    private record Prefix(String path, HttpHandler handler) {
        boolean covers(String other) {
            return other.startsWith(path) && (other.length() == path.length() || other.charAt(path.length()) == '/');
        }
    }

    /** What answers a target that is not the routes' own. */
    private static Optional<Prefix> other(List<Prefix> prefixes, String target) {
        String path = decoded(target);
        for (Prefix prefix : prefixes) {
            if (prefix.covers(path)) {
                return Optional.of(prefix);
            }
        }
        return Optional.empty();
    }

    /** The path of a target, by which the handler and its limit are found; nothing if it cannot be decoded, which is the routes' to refuse. */
    private static String decoded(String target) {
        try {
            return RequestPath.decoded(RequestPath.ofTarget(target));
        } catch (HttpException e) {
            return "";
        }
    }

    private HttpHandler handler(Router router, InFlight own, Observation.How how, ClientAddress client) {
        return new Exchanges(
                new Exchange.Surroundings(
                        router,
                        own,
                        settings.httpRequestTimeout(),
                        settings.httpHeartbeat(),
                        webSockets,
                        how,
                        () -> operations.lifecycle().state() == Lifecycle.State.DRAINING),
                client);
    }

    /** For what is asked every few seconds, by those who operate the process: no event each, no span, no part in the counts. */
    private HttpHandler quiet(Routes routes, ClientAddress client) {
        return handler(
                new Router(routes, new RequestMeters(), failure -> false),
                ofManagement,
                new Observation.How(Tracer.NONE, Level.DEBUG, List.of(), List.of()),
                client);
    }

    /** The process's requests so far, and those that are at work, as Prometheus wants them. */
    public List<MetricSnapshot> metrics() {
        List<MetricSnapshot> metrics = new ArrayList<>(meters.snapshots());
        metrics.add(GaugeSnapshot.builder()
                .name("http_server_active_requests")
                .help("Requests and streams that handlers are at work on.")
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value(inFlight.size())
                        .build())
                .build());
        metrics.addAll(webSockets.meters().snapshots());
        return metrics;
    }

    /** The bytes that messages of WebSockets take. */
    long webSocketBytes() {
        return webSockets.reserved();
    }

    private Listener listen(
            ListenAddress address,
            String name,
            int ioThreads,
            Framing.BodyLimit bodyLimit,
            Refusals refusals,
            HttpHandler handler)
            throws IOException {
        OptionMap http = OptionMap.builder()
                // Whatever gets here has passed the limits of its connection.
                .set(
                        UndertowOptions.MAX_HEADER_SIZE,
                        (int) settings.httpMaxHeaderSize().bytes() * 2)
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .set(UndertowOptions.MAX_PARAMETERS, (int)
                        settings.httpMaxTarget().bytes())
                .set(UndertowOptions.MAX_HEADERS, settings.httpMaxHeaders() + 1)
                // A connection's own clock refuses what is too slow, with an answer.
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, -1)
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, -1)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .getMap();
        OptionMap socket = OptionMap.builder()
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.TCP_NODELAY, true)
                .set(Options.SEND_BUFFER, SEND_BUFFER)
                .getMap();
        Listener.Options options = new Listener.Options(
                ioThreads,
                buffers,
                http,
                socket,
                settings.connectionLimits(bodyLimit),
                settings.httpMaxConnections(),
                refusals);
        try {
            return Listener.bind(name, address.resolved(), options, handler);
        } catch (BindException e) {
            throw address.notBound(e);
        }
    }

    /** The port that requests are taken at. */
    public int port() {
        return main.or(() -> management).orElseThrow().number();
    }

    /** The port of its own that health is served at, if there is one. */
    public Optional<Integer> managementPort() {
        return main.flatMap(unused -> management).map(Listener::number);
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public void drain(Deadline deadline) throws InterruptedException {
        inFlight.endEndless();
        boolean drained = true;
        for (Listener listener : listeners()) {
            drained &= listener.drain(deadline);
        }
        if (drained && inFlight.awaitNone(deadline)) {
            stop();
        }
    }

    private List<Listener> listeners() {
        return Stream.of(main, management).flatMap(Optional::stream).toList();
    }

    private void stop() throws InterruptedException {
        for (Listener listener : listeners()) {
            listener.stop();
        }
        buffers.close();
    }

    @Override
    public List<Unfinished> unfinished() {
        List<Unfinished> unfinished = new ArrayList<>(inFlight.unfinished());
        Set<String> running = unfinished.stream().map(Unfinished::what).collect(Collectors.toSet());
        for (Listener listener : listeners()) {
            unfinished.addAll(listener.unfinished(running));
        }
        return unfinished;
    }

    @Override
    public void abandon() {
        inFlight.interruptAll();
        try {
            for (Listener listener : listeners()) {
                listener.abort();
            }
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
