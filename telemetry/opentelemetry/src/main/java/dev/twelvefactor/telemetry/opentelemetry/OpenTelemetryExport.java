package dev.twelvefactor.telemetry.opentelemetry;

import dev.twelvefactor.telemetry.Telemetry;
import dev.twelvefactor.telemetry.Tracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends traces and metrics by OpenTelemetry's own SDK, which the standard variables set up. It is off, and no class of the SDK is loaded, unless
 * {@code OTEL_EXPORTER_OTLP_ENDPOINT}, the one for traces or metrics alone, {@code OTEL_TRACES_EXPORTER} or {@code OTEL_METRICS_EXPORTER} is set; and with
 * {@code OTEL_SDK_DISABLED=true}. Events stay on stdout: {@code OTEL_LOGS_EXPORTER} is {@code none} unless set.
 *
 * <pre>{@code
 * App.of("shop").telemetry(OpenTelemetryExport.of()).web(…)
 * }</pre>
 *
 * <p>A handler's span is the current one of OpenTelemetry's context too, so that its instrumentations of libraries add to it.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/">The variables</a>
 */
public final class OpenTelemetryExport implements Telemetry {
    private static final List<String> ENDPOINTS = List.of(
            "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
    private static final List<String> EXPORTERS = List.of("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER");

    private OpenTelemetryExport() {}

    /** As the environment says. */
    public static Telemetry of() {
        return new OpenTelemetryExport();
    }

    @Override
    public Optional<Export> start(Map<String, String> environment, Map<String, String> identity) {
        boolean disabled = "true".equalsIgnoreCase(environment.get("OTEL_SDK_DISABLED"));
        if (disabled || !isAsked(environment)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Sdk.start(environment, identity));
        } catch (ConfigurationException e) {
            throw new IllegalArgumentException(withoutSecrets(String.valueOf(e.getMessage())));
        }
    }

    /** The SDK may repeat what it was given, and headers hold tokens, URLs passwords. */
    private static String withoutSecrets(String message) {
        if (message.contains("headers")) {
            return "OTEL_EXPORTER_OTLP_HEADERS is not well-formed; write key=value,key2=value2";
        }
        return message.contains("://") || message.contains("ndpoint")
                ? "OTEL_EXPORTER_OTLP_ENDPOINT is not a URL; write http://collector:4318"
                : message;
    }

    /** To turn one of them off is not to turn the other on. */
    private static boolean isAsked(Map<String, String> environment) {
        return ENDPOINTS.stream().anyMatch(environment::containsKey)
                || EXPORTERS.stream()
                        .map(name -> environment.getOrDefault(name, "none"))
                        .anyMatch(exporter -> !exporter.equals("none"));
    }

    /** The SDK at work. */
    private static final class Sdk implements Export {
        private final OpenTelemetrySdk sdk;
        private final AtomicReference<@Nullable Supplier<MetricSnapshots>> source;

        private Sdk(OpenTelemetrySdk sdk, AtomicReference<@Nullable Supplier<MetricSnapshots>> source) {
            this.sdk = sdk;
            this.source = source;
        }

        static Sdk start(Map<String, String> environment, Map<String, String> identity) {
            PrometheusMetrics converted = new PrometheusMetrics();
            AtomicReference<@Nullable Supplier<MetricSnapshots>> source = new AtomicReference<>();
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .disableShutdownHook()
                    .addPropertiesSupplier(() -> properties(environment))
                    .addResourceCustomizer((resource, config) -> named(resource, environment, identity))
                    .addMeterProviderCustomizer((meters, config) ->
                            meters.registerMetricProducer(resource -> Optional.ofNullable(source.get())
                                    .map(metrics -> converted.of(metrics.get(), resource))
                                    .orElse(List.of())))
                    .build()
                    .getOpenTelemetrySdk();
            return new Sdk(sdk, source);
        }

        /** As the SDK calls them: {@code OTEL_SERVICE_NAME} is {@code otel.service.name}. */
        private static Map<String, String> properties(Map<String, String> environment) {
            Map<String, String> properties = new HashMap<>(Map.of("otel.logs.exporter", "none"));
            if (ENDPOINTS.stream().noneMatch(environment::containsKey)) {
                properties.put("otel.traces.exporter", "none");
                properties.put("otel.metrics.exporter", "none");
            }
            environment.forEach((name, value) ->
                    properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
            return properties;
        }

        /** What the environment says of the service counts; the rest is as in the log. */
        private static Resource named(
                Resource resource, Map<String, String> environment, Map<String, String> identity) {
            boolean serviceNamed = environment.containsKey("OTEL_SERVICE_NAME")
                    || environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name=");
            Map<String, String> names = new HashMap<>(
                    Map.of("version", "service.version", "process", "service.instance.id", "release", "deployment.id"));
            if (!serviceNamed) {
                names.put("service", "service.name");
            }
            var ours = Attributes.builder();
            names.forEach((field, attribute) -> {
                String value = identity.get(field);
                AttributeKey<String> key = AttributeKey.stringKey(attribute);
                boolean given = resource.getAttribute(key) != null && !field.equals("service");
                if (value != null && !given) {
                    ours.put(key, value);
                }
            });
            return resource.merge(Resource.create(ours.build()));
        }

        @Override
        public Tracer tracer() {
            return new SdkTracer(sdk.getTracer("dev.twelvefactor"));
        }

        @Override
        public void metrics(Supplier<MetricSnapshots> metrics) {
            source.set(metrics);
        }

        @Override
        public void close(Duration longest) {
            // The call itself may wait for the collector, whatever its result is asked for.
            Thread closing =
                    new Thread(() -> sdk.shutdown().join(longest.toMillis(), TimeUnit.MILLISECONDS), "telemetry-close");
            closing.setDaemon(true);
            closing.start();
            try {
                closing.join(Math.max(1, longest.toMillis()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
