/** Traces and metrics to where the standard {@code OTEL_*} variables say: {@link dev.twelvefactor.telemetry.opentelemetry.OpenTelemetryExport}. */
@NullMarked
package dev.twelvefactor.telemetry.opentelemetry;

import org.jspecify.annotations.NullMarked;
