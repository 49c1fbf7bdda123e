package dev.twelvefactor.telemetry.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.Data;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.GaugeData;
import io.opentelemetry.sdk.metrics.data.HistogramData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.opentelemetry.sdk.metrics.data.SumData;
import io.opentelemetry.sdk.resources.Resource;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Prometheus's counters, gauges and histograms as OpenTelemetry's. Summaries and infos have no counterpart worth sending. */
final class PrometheusMetrics {
    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("dev.twelvefactor");
    /** Since when they count. */
    private final long start = now();

    private record Metric(
            Resource getResource, String getName, String getDescription, MetricDataType getType, Data<?> getData)
            implements MetricData {
        @Override
        public InstrumentationScopeInfo getInstrumentationScopeInfo() {
            return SCOPE;
        }

        @Override
        public String getUnit() {
            return getName.endsWith(".duration") || getName.endsWith("_seconds")
                    ? "s"
                    : getName.endsWith("_bytes") ? "By" : "1";
        }
    }

    private record Gauge(Collection<DoublePointData> getPoints) implements GaugeData<DoublePointData> {}

    private record Sum(Collection<DoublePointData> getPoints) implements SumData<DoublePointData> {
        @Override
        public boolean isMonotonic() {
            return true;
        }

        @Override
        public AggregationTemporality getAggregationTemporality() {
            return AggregationTemporality.CUMULATIVE;
        }
    }

    private record Histogram(Collection<HistogramPointData> getPoints) implements HistogramData {
        @Override
        public AggregationTemporality getAggregationTemporality() {
            return AggregationTemporality.CUMULATIVE;
        }
    }

    Collection<MetricData> of(MetricSnapshots snapshots, Resource resource) {
        long now = now();
        List<MetricData> metrics = new ArrayList<>();
        for (MetricSnapshot snapshot : snapshots) {
            data(snapshot, now)
                    .ifPresent(data -> metrics.add(new Metric(
                            resource,
                            name(snapshot.getMetadata().getName()),
                            Optional.ofNullable(snapshot.getMetadata().getHelp())
                                    .orElse(""),
                            type(data),
                            data)));
        }
        return metrics;
    }

    private static long now() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    /** The semantic conventions write points where Prometheus has to write underscores. */
    private static String name(String prometheus) {
        return switch (prometheus) {
            case "http_server_request_duration_seconds" -> "http.server.request.duration";
            case "http_server_active_requests" -> "http.server.active_requests";
            default -> prometheus;
        };
    }

    private static MetricDataType type(Data<?> data) {
        return data instanceof Histogram
                ? MetricDataType.HISTOGRAM
                : data instanceof Sum ? MetricDataType.DOUBLE_SUM : MetricDataType.DOUBLE_GAUGE;
    }

    private Optional<Data<?>> data(MetricSnapshot snapshot, long now) {
        if (snapshot instanceof CounterSnapshot counter) {
            return Optional.of(new Sum(counter.getDataPoints().stream()
                    .map(point -> point(point.getLabels(), now, point.getValue()))
                    .toList()));
        }
        if (snapshot instanceof GaugeSnapshot gauge) {
            return Optional.of(new Gauge(gauge.getDataPoints().stream()
                    .map(point -> point(point.getLabels(), now, point.getValue()))
                    .toList()));
        }
        if (snapshot instanceof HistogramSnapshot histogram) {
            return Optional.of(new Histogram(histogram.getDataPoints().stream()
                    .filter(HistogramSnapshot.HistogramDataPointSnapshot::hasClassicHistogramData)
                    .map(point -> histogram(point, now))
                    .toList()));
        }
        return Optional.empty();
    }

    private DoublePointData point(Labels labels, long now, double value) {
        return DoublePointData.create(start, now, attributes(labels), value, List.of());
    }

    private HistogramPointData histogram(HistogramSnapshot.HistogramDataPointSnapshot point, long now) {
        ClassicHistogramBuckets buckets = point.getClassicBuckets();
        List<Double> boundaries = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            if (!Double.isInfinite(buckets.getUpperBound(i))) {
                boundaries.add(buckets.getUpperBound(i));
            }
            counts.add(buckets.getCount(i));
        }
        return HistogramPointData.create(
                start, now, attributes(point.getLabels()), point.getSum(), false, 0, false, 0, boundaries, counts);
    }

    private static Attributes attributes(Labels labels) {
        AttributesBuilder attributes = Attributes.builder();
        for (Label label : labels) {
            String name = label.getName();
            switch (name) {
                case "http_response_status_code" ->
                    attributes.put("http.response.status_code", Long.parseLong(label.getValue()));
                case "http_request_method" -> attributes.put("http.request.method", label.getValue());
                case "http_route" -> attributes.put("http.route", label.getValue());
                default -> attributes.put(name, label.getValue());
            }
        }
        return attributes.build();
    }
}
