package dev.twelvefactor.app;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.ServiceHealth;
import dev.twelvefactor.http.HttpServer;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogStatistics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that is measured in a process: its requests, its services, its log, its JVM, and what the app has registered with the Prometheus client's default registry.
 * Nothing of it is kept twice: each part counts for itself, and is asked when somebody wants to know.
 */
final class Metrics implements Supplier<MetricSnapshots> {
    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);

    private final Supplier<Map<String, String>> identity;
    private final Lifecycle lifecycle;
    private final Attachments attachments;
    private final AtomicReference<@Nullable HttpServer> server = new AtomicReference<>();

    Metrics(Supplier<Map<String, String>> identity, Lifecycle lifecycle, Attachments attachments) {
        this.identity = identity;
        this.lifecycle = lifecycle;
        this.attachments = attachments;
    }

    Supplier<Map<String, String>> identity() {
        return identity;
    }

    /** The server whose requests are told of from now on. */
    void of(HttpServer started) {
        server.set(started);
    }

    @Override
    public MetricSnapshots get() {
        List<MetricSnapshot> all = new ArrayList<>();
        all.add(InfoSnapshot.builder()
                .name("app")
                .help("Who this process is.")
                .dataPoint(new InfoSnapshot.InfoDataPointSnapshot(labels(identity.get())))
                .build());
        all.add(gauge("app_ready", "Whether the process is ready.", is(Lifecycle.State.READY)));
        all.add(gauge("app_draining", "Whether the process is draining.", is(Lifecycle.State.DRAINING)));
        Optional.ofNullable(server.get()).ifPresent(started -> all.addAll(started.metrics()));
        all.addAll(services());
        all.addAll(log());
        all.addAll(JvmMetrics.now());
        all.addAll(registered(all));
        return new MetricSnapshots(all);
    }

    /** What the app has registered, but for names that are ours: Prometheus takes each name once or nothing at all. */
    private static List<MetricSnapshot> registered(List<MetricSnapshot> ours) {
        Set<String> taken = new HashSet<>();
        ours.forEach(metric -> taken.add(metric.getMetadata().getPrometheusName()));
        List<MetricSnapshot> others = new ArrayList<>();
        try {
            for (MetricSnapshot metric : PrometheusRegistry.defaultRegistry.scrape()) {
                if (taken.add(metric.getMetadata().getPrometheusName())) {
                    others.add(metric);
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("a metric that the app has registered cannot be had", e);
        }
        return others;
    }

    private static Labels labels(Map<String, String> pairs) {
        Map<String, String> sorted = new TreeMap<>(pairs);
        return Labels.of(List.copyOf(sorted.keySet()), List.copyOf(sorted.values()));
    }

    private double is(Lifecycle.State state) {
        return lifecycle.state() == state ? 1 : 0;
    }

    private List<MetricSnapshot> services() {
        List<MetricSnapshot> metrics = new ArrayList<>();
        metrics.add(ofServices(
                "backing_service_up",
                "Whether a backing service answered at its last check.",
                health -> health.up() ? 1 : 0));
        metrics.add(ofServices(
                "backing_service_check_seconds",
                "How long the last check of a backing service took.",
                health -> health.latency().toNanos() / 1e9));
        Map<String, GaugeSnapshot.Builder> gauges = new TreeMap<>();
        attachments
                .gauges()
                .forEach((service, values) ->
                        values.forEach((name, value) -> gauges.computeIfAbsent(name, unused -> GaugeSnapshot.builder()
                                        .name("backing_service_client_" + name)
                                        .help("What the client of a backing service says of itself."))
                                .dataPoint(point(Labels.of("service", service), value))));
        gauges.values().forEach(gauge -> metrics.add(gauge.build()));
        return metrics;
    }

    private MetricSnapshot ofServices(String name, String help, ToDoubleFunction<ServiceHealth> value) {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
        attachments
                .health()
                .forEach(health ->
                        gauge.dataPoint(point(Labels.of("service", health.name()), value.applyAsDouble(health))));
        return gauge.build();
    }

    private static List<MetricSnapshot> log() {
        LogStatistics log = EventLog.statistics();
        return List.of(
                counter("log_events", "Events that the log took.", (double) log.events()),
                counter("log_written_bytes", "Bytes that the log wrote.", (double) log.bytes()),
                counter("log_writes", "Writes that they took.", (double) log.writes()),
                counter("log_lost_bytes", "Bytes that could not be written since stdout was closed.", (double)
                        log.bytesLost()),
                counter(
                        "log_blocked_seconds",
                        "Time that threads waited for the reader of the log.",
                        log.blocked().toNanos() / 1e9),
                gauge("log_in_hand_bytes", "Bytes of events that are not written yet.", (double) log.bytesInHand()));
    }

    static MetricSnapshot gauge(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, value))
                .build();
    }

    static GaugeSnapshot.GaugeDataPointSnapshot point(Labels labels, double value) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build();
    }

    static MetricSnapshot counter(String name, String help, double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .value(value)
                        .build())
                .build();
    }
}
