package dev.twelvefactor.telemetry;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a process sends its traces and metrics, if its environment asks for that. */
@FunctionalInterface
public interface Telemetry {
    /** Sends nothing. */
    Telemetry NONE = (environment, identity) -> Optional.empty();

    /**
     * Begins to send.
     *
     * @param environment the variables of this process whose names begin with {@code OTEL_}
     * @param identity who it is: {@code service}, {@code version}, {@code release}, {@code process}
     * @return empty if the environment does not ask for it
     * @throws IllegalArgumentException if it cannot be understood; the message is a sentence without secrets
     */
    Optional<Export> start(Map<String, String> environment, Map<String, String> identity);

    /** What is being sent. */
    interface Export {
        /** Records the process's spans. */
        Tracer tracer();

        /** Where the metrics come from, whenever they are due. */
        void metrics(Supplier<MetricSnapshots> source);

        /** Sends what is left, for this long at the most, and stops. */
        void close(Duration longest);
    }
}
