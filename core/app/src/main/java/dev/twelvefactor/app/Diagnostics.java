package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConfigReport;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a running process says of itself to those who operate it. */
final class Diagnostics {
    /** Two lines above the classes, and the sum of all below. */
    private static final int HISTOGRAM_HEAD = 2;

    private final Identity identity;
    private final EnvConfig config;
    private final Lifecycle lifecycle;
    private final List<String> routes;
    private final AtomicBoolean recording = new AtomicBoolean();

    /** {@code routes} are those of the port for clients, as {@code GET /entries/{id}}. */
    Diagnostics(Identity identity, EnvConfig config, Lifecycle lifecycle, List<String> routes) {
        this.identity = identity;
        this.config = config;
        this.lifecycle = lifecycle;
        this.routes = routes;
    }

    /** Build, release and JVM. */
    Map<String, Object> info() {
        Build build = identity.build().get();
        RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
        Map<String, Object> info = new LinkedHashMap<>(identity.fields().get());
        build.commit().ifPresent(commit -> info.put("commit", commit));
        info.put("dirty", build.dirty());
        build.time().ifPresent(time -> info.put("build_time", time.toString()));
        info.put("state", lifecycle.state().name().toLowerCase(Locale.ROOT));
        info.put("started", Instant.ofEpochMilli(runtime.getStartTime()).toString());
        info.put("uptime_seconds", Duration.ofMillis(runtime.getUptime()).toSeconds());
        info.put("pid", runtime.getPid());
        info.put("java", Runtime.version().toString());
        info.put("jvm", runtime.getVmName() + ", " + runtime.getVmVendor());
        info.put("processors", Runtime.getRuntime().availableProcessors());
        info.put("max_heap_bytes", Runtime.getRuntime().maxMemory());
        return info;
    }

    /** As {@code admin config} prints it. */
    String config() {
        return ConfigReport.of(config);
    }

    List<String> routes() {
        return routes;
    }

    /**
     * The classes whose objects take the most memory, the largest first.
     *
     * @param live only what is reachable, after a full garbage collection
     * @param limit the number of classes
     */
    static String histogram(boolean live, int limit) {
        List<String> lines = DiagnosticCommand.run("gcClassHistogram", live ? new String[0] : new String[] {"-all"})
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        int shown = Math.min(lines.size() - 1, HISTOGRAM_HEAD + limit);
        return Stream.concat(lines.stream().limit(shown), Stream.of(lines.get(lines.size() - 1)))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** A recording of Flight Recorder, streamed when it is over; the drain ends it. */
    Response record(Duration time) {
        FlightRecording begun = FlightRecording.begin(recording, FlightRecording::freeBytes);
        return Response.stream(
                "application/octet-stream",
                begun,
                out -> begun.writeTo(out, time, () -> lifecycle.drainCause().isPresent()));
    }
}
