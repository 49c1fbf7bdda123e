package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.lifecycle.Lifecycle;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A server of a test, on a free port; with two IO threads unless the environment says how many, since one has no other to be wrong about. */
final class RunningServer {
    private final HttpServer server;

    RunningServer(Routes routes, Map<String, String> environment, Lifecycle lifecycle) {
        Map<String, String> variables = new HashMap<>(environment);
        variables.putIfAbsent("HTTP_IO_THREADS", "2");
        HttpSettings settings = EnvConfig.bind(HttpSettings.class, Environment.of(variables));
        server = HttpServer.start(
                settings, routes, Operations.of(new Attachments(lifecycle, Duration.ofSeconds(1)), lifecycle));
        assertThat(lifecycle.ready()).isTrue();
    }

    int port() {
        return server.port();
    }

    Optional<Integer> managementPort() {
        return server.managementPort();
    }

    /** How many requests were rejected with this status before they had a route. */
    double rejected(int status) {
        return server.metrics().stream()
                .filter(metric -> metric.getMetadata().getName().equals("http_server_refused_requests"))
                .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
                .filter(point ->
                        Integer.toString(status).equals(point.getLabels().get("http_response_status_code")))
                .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
                .sum();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    /** The bytes that messages of WebSockets take. */
    long webSocketBytes() {
        return server.webSocketBytes();
    }

    RawClient connect() throws IOException {
        return new RawClient(port());
    }
}
