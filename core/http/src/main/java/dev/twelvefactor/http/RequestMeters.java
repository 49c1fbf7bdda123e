package dev.twelvefactor.http;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Rate, errors and duration of the requests, for each route template and status. Names and buckets are those of OpenTelemetry's semantic conventions. What it
 * costs a request is two additions; the client library is not on the way before somebody asks.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/http/http-metrics/">Semantic conventions for HTTP metrics</a>
 */
final class RequestMeters {
    private static final double[] BOUNDS = {
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, Double.POSITIVE_INFINITY
    };
    private static final int LAST_STATUS = 599;

    /** A client can make up methods without end. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private final Map<String, Meter> meters = new ConcurrentHashMap<>();
    private final Map<Integer, LongAdder> refusals = new ConcurrentHashMap<>();

    /** The requests of one method to one template. */
    static final class Meter {
        private final String method;
        private final String template;
        private final String name;
        private final AtomicReferenceArray<@Nullable Histogram> byStatus = new AtomicReferenceArray<>(LAST_STATUS + 1);

        private Meter(String method, String template) {
            this.method = method;
            this.template = template;
            this.name = template.isEmpty() ? method : method + " " + template;
        }

        String template() {
            return template;
        }

        /** What a request of this kind is called among others: {@code GET /entries/{id}}. */
        String name() {
            return name;
        }

        void record(int status, long nanos) {
            Histogram histogram = byStatus.get(status);
            if (histogram == null) {
                histogram = new Histogram();
                Histogram first = byStatus.compareAndExchange(status, null, histogram);
                histogram = first == null ? histogram : first;
            }
            histogram.record(nanos);
        }
    }

    private static final class Histogram {
        private final LongAdder[] counts = new LongAdder[BOUNDS.length];
        private final LongAdder nanos = new LongAdder();

        Histogram() {
            for (int i = 0; i < counts.length; i++) {
                counts[i] = new LongAdder();
            }
        }

        void record(long taken) {
            double seconds = taken / 1e9;
            int bucket = 0;
            while (seconds > BOUNDS[bucket]) {
                bucket++;
            }
            counts[bucket].increment();
            nanos.add(taken);
        }

        HistogramSnapshot.HistogramDataPointSnapshot snapshot(Meter meter, int status) {
            return HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .labels(Labels.of(
                            "http_request_method",
                            meter.method,
                            "http_response_status_code",
                            Integer.toString(status),
                            "http_route",
                            meter.template))
                    .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, counts()))
                    .sum(nanos.sum() / 1e9)
                    .build();
        }

        private long[] counts() {
            long[] now = new long[counts.length];
            for (int i = 0; i < now.length; i++) {
                now[i] = counts[i].sum();
            }
            return now;
        }
    }

    Meter of(String method, String template) {
        String known = METHODS.contains(method) ? method : "_OTHER";
        return meters.computeIfAbsent(known + " " + template, unused -> new Meter(known, template));
    }

    /** A request that was refused before it had a route. */
    void refused(int status) {
        refusals.computeIfAbsent(status, unused -> new LongAdder()).increment();
    }

    List<MetricSnapshot> snapshots() {
        HistogramSnapshot.Builder durations = HistogramSnapshot.builder()
                .name("http_server_request_duration_seconds")
                .help("Time from a request's head to its answer, by route template.");
        for (Meter meter : meters.values()) {
            for (int status = 0; status <= LAST_STATUS; status++) {
                Histogram histogram = meter.byStatus.get(status);
                if (histogram != null) {
                    durations.dataPoint(histogram.snapshot(meter, status));
                }
            }
        }
        CounterSnapshot.Builder refused = CounterSnapshot.builder()
                .name("http_server_refused_requests")
                .help("Requests that were refused before they had a route: malformed, too large, too slow.");
        refusals.forEach((status, count) -> refused.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of("http_response_status_code", Integer.toString(status)))
                .value((double) count.sum())
                .build()));
        return List.of(durations.build(), refused.build());
    }
}
