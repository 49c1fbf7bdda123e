package dev.twelvefactor.http;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** How many WebSockets are open, how many messages went each way, and how they were closed. */
final class WebSocketMeters {
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder received = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final Map<String, LongAdder> closes = new ConcurrentHashMap<>();

    void opened() {
        open.incrementAndGet();
    }

    void received() {
        received.increment();
    }

    void sent() {
        sent.increment();
    }

    void closed(int code) {
        open.decrementAndGet();
        closes.computeIfAbsent(label(code), unused -> new LongAdder()).increment();
    }

    /** A client can make up codes from 3000 on: those count by their thousand. */
    private static String label(int code) {
        return code < 3000 ? Integer.toString(code) : code / 1000 + "xxx";
    }

    List<MetricSnapshot> snapshots() {
        CounterSnapshot.Builder byCode = CounterSnapshot.builder()
                .name("http_server_websocket_closes")
                .help("WebSockets that have ended, by close code; 1006 is a client that has gone without one.");
        closes.forEach((code, count) -> byCode.dataPoint(count(count, "code", code)));
        return List.of(
                GaugeSnapshot.builder()
                        .name("http_server_active_websockets")
                        .help("WebSockets that handlers are at work on.")
                        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                .value(open.get())
                                .build())
                        .build(),
                CounterSnapshot.builder()
                        .name("http_server_websocket_messages")
                        .help("Messages of WebSockets, from clients (in) and to them (out).")
                        .dataPoint(count(received, "direction", "in"))
                        .dataPoint(count(sent, "direction", "out"))
                        .build(),
                byCode.build());
    }

    private static CounterSnapshot.CounterDataPointSnapshot count(LongAdder count, String label, String value) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(Labels.of(label, value))
                .value((double) count.sum())
                .build();
    }
}
