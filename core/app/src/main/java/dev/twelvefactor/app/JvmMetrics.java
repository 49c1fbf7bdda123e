package dev.twelvefactor.app;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** The JVM as its management beans see it, under the names that the Prometheus client's own instrumentation uses. */
final class JvmMetrics {
    private static final Path STATUS = Path.of("/proc/self/status");

    private JvmMetrics() {}

    static List<MetricSnapshot> now() {
        List<MetricSnapshot> metrics = new ArrayList<>();
        metrics.add(memory("jvm_memory_used_bytes", "Used memory of the JVM.", MemoryUsage::getUsed));
        metrics.add(memory("jvm_memory_committed_bytes", "Committed memory of the JVM.", MemoryUsage::getCommitted));
        metrics.add(memory("jvm_memory_max_bytes", "Most memory of the JVM; -1 if unbounded.", MemoryUsage::getMax));
        metrics.add(collections());
        metrics.add(bufferPools());
        var threads = ManagementFactory.getThreadMXBean();
        metrics.add(Metrics.gauge("jvm_threads_current", "Platform threads.", threads.getThreadCount()));
        metrics.add(Metrics.gauge("jvm_threads_daemon", "Those that are daemons.", threads.getDaemonThreadCount()));
        metrics.add(Metrics.gauge(
                "jvm_classes_currently_loaded",
                "Classes that are loaded.",
                ManagementFactory.getClassLoadingMXBean().getLoadedClassCount()));
        metrics.add(Metrics.gauge(
                "process_start_time_seconds",
                "When the JVM began, in seconds since 1970.",
                ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3));
        ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .ifPresent(cpu -> metrics.add(Metrics.counter(
                        "process_cpu_seconds", "Processor time that the process has had.", cpu.toNanos() / 1e9)));
        metrics.addAll(resident());
        return metrics;
    }

    private static MetricSnapshot memory(String name, String help, ToLongFunction<MemoryUsage> value) {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(Metrics.point(
                        Labels.of("area", "heap"), (double) value.applyAsLong(memory.getHeapMemoryUsage())))
                .dataPoint(Metrics.point(
                        Labels.of("area", "nonheap"), (double) value.applyAsLong(memory.getNonHeapMemoryUsage())))
                .build();
    }

    private static MetricSnapshot collections() {
        SummarySnapshot.Builder summary =
                SummarySnapshot.builder().name("jvm_gc_collection_seconds").help("Time spent in garbage collections.");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            summary.dataPoint(SummarySnapshot.SummaryDataPointSnapshot.builder()
                    .labels(Labels.of("gc", collector.getName()))
                    .quantiles(Quantiles.EMPTY)
                    .count(Math.max(0, collector.getCollectionCount()))
                    .sum(Math.max(0, collector.getCollectionTime()) / 1e3)
                    .build());
        }
        return summary.build();
    }

    private static MetricSnapshot bufferPools() {
        GaugeSnapshot.Builder used =
                GaugeSnapshot.builder().name("jvm_buffer_pool_used_bytes").help("Used bytes of a pool of buffers.");
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            used.dataPoint(Metrics.point(Labels.of("pool", pool.getName()), (double) pool.getMemoryUsed()));
        }
        return used.build();
    }

    /** As the kernel counts it; nothing where it does not say. */
    private static List<MetricSnapshot> resident() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    double kilobytes = Double.parseDouble(line.replaceAll("[^0-9]", ""));
                    return List.of(Metrics.gauge(
                            "process_resident_memory_bytes", "Memory that the process has in RAM.", kilobytes * 1024));
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return List.of();
    }
}
