package dev.twelvefactor.http;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code /health/live}: the process answers. {@code /health/ready}: it wants requests; 503 while it starts or drains, or while a service that
 * gates its readiness is away. Neither waits for anything.
 */
final class HealthRoutes {
    private static final String LIVE = "/health/live";
    private static final String READY = "/health/ready";
    static final List<String> PATHS = List.of(LIVE, READY);

    private final Lifecycle lifecycle;
    private final Attachments attachments;
    private final Supplier<Map<String, String>> identity;

    HealthRoutes(Operations operations) {
        this.lifecycle = operations.lifecycle();
        this.attachments = operations.attachments();
        this.identity = operations.identity();
    }

    void declare(Routes routes) {
        routes.get(LIVE, request -> Response.json(Map.of("status", "up"))).get(READY, request -> ready());
    }

    private Response ready() {
        List<ServiceHealth> services = attachments.health();
        boolean gated = services.stream().anyMatch(service -> service.gatesReadiness() && !service.up());
        Lifecycle.State state = lifecycle.state();
        boolean ready = state == Lifecycle.State.READY && !gated;
        List<Map<String, Object>> shown = new ArrayList<>();
        services.forEach(service -> shown.add(shown(service)));
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "status",
                ready
                        ? "ready"
                        : state == Lifecycle.State.READY ? "down" : state.name().toLowerCase(Locale.ROOT));
        body.put("services", shown);
        Map<String, String> app = identity.get();
        if (!app.isEmpty()) {
            body.put("app", app);
        }
        return Response.json(body).withStatus(ready ? 200 : 503);
    }

    private static Map<String, Object> shown(ServiceHealth service) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", service.name());
        shown.put("status", service.up() ? "up" : "down");
        shown.put("latency_ms", Millis.of(service.latency().toNanos()));
        service.reason().ifPresent(reason -> shown.put("reason", reason));
        return shown;
    }
}
