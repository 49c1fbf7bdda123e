package dev.twelvefactor.logging;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the fields of an event are called: ours, those of the Elastic Common Schema, and what the operator has renamed or dropped.
 *
 * @see <a href="https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html">ECS field reference</a>
 */
final class FieldNames {
    /** The logger of the one event that each request is; its fields have a place in the schema. */
    static final String ACCESS = "http.access";

    static final String ECS_VERSION = "8.11.0";

    private static final Map<String, String> ECS = Map.ofEntries(
            Map.entry("level", "log.level"),
            Map.entry("logger", "log.logger"),
            Map.entry("thread", "process.thread.name"),
            Map.entry("stack_trace", "error.stack_trace"),
            Map.entry("service", "service.name"),
            Map.entry("version", "service.version"),
            Map.entry("process", "service.node.name"),
            Map.entry("release", "labels.release"),
            Map.entry("trace_id", "trace.id"),
            Map.entry("span_id", "span.id"),
            Map.entry("request_id", "http.request.id"));

    private static final Map<String, String> ECS_ACCESS = Map.of(
            "method", "http.request.method",
            "path", "url.path",
            "status", "http.response.status_code",
            "bytes", "http.response.body.bytes",
            "duration_ms", "event.duration",
            "remote_address", "client.ip",
            "user_agent", "user_agent.original");

    private static final List<String> IDS = List.of("trace_id", "span_id", "request_id");

    private final boolean ecs;
    private final Map<String, String> renamed;
    private final Set<String> dropped;

    FieldNames(LogSettings settings) {
        this.ecs = settings.logFormat() == LogFormat.ECS;
        this.renamed = settings.logRenameFields();
        this.dropped = new HashSet<>(settings.logDropFields());
    }

    boolean ecs() {
        return ecs;
    }

    /** What a field of ours is called; null if it is dropped. */
    @Nullable
    String own(String name) {
        return asked(ecs ? ECS.getOrDefault(name, name) : name);
    }

    private @Nullable String asked(String name) {
        return dropped.contains(name) ? null : renamed.getOrDefault(name, name);
    }

    /** What a field is called that the app has added; null if it is dropped. */
    @Nullable
    String added(String name, boolean ofAccess) {
        if (!ecs) {
            return renamed.isEmpty() && dropped.isEmpty() ? name : asked(name);
        }
        String known = ofAccess ? ECS_ACCESS.get(name) : null;
        if (known == null && IDS.contains(name)) {
            known = ECS.get(name);
        }
        return asked(known == null ? "labels." + name.replace('.', '_') : known);
    }
}
