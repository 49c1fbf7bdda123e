package dev.twelvefactor.telemetry.opentelemetry;

import dev.twelvefactor.telemetry.Trace;
import dev.twelvefactor.telemetry.Tracer;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Spans of the SDK, whose ids are the ones in the log. */
final class SdkTracer implements Tracer {
    private final io.opentelemetry.api.trace.Tracer tracer;

    SdkTracer(io.opentelemetry.api.trace.Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public Span begin(Kind kind, String name, Trace parent) {
        Context baggage =
                W3CBaggagePropagator.getInstance().extract(Context.root(), parent.headers(), HeaderGetter.INSTANCE);
        Context context = parent.continued()
                ? W3CTraceContextPropagator.getInstance().extract(baggage, parent.headers(), HeaderGetter.INSTANCE)
                : baggage;
        SpanKind spanKind =
                switch (kind) {
                    case SERVER -> SpanKind.SERVER;
                    case CONSUMER -> SpanKind.CONSUMER;
                    case INTERNAL -> SpanKind.INTERNAL;
                };
        io.opentelemetry.api.trace.Span span = tracer.spanBuilder(name)
                .setParent(context)
                .setSpanKind(spanKind)
                .startSpan();
        SpanContext ids = span.getSpanContext();
        Context own = context.with(span);
        return new SdkSpan(
                span, parent.tracedAs(ids.getTraceId(), ids.getSpanId(), ids.isSampled(), () -> current(own)));
    }

    @SuppressWarnings("MustBeClosedChecker") // It is, with the scope that is given.
    private static Trace.Scope current(Context context) {
        return context.makeCurrent()::close;
    }

    private enum HeaderGetter implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String name) {
            return headers == null ? null : headers.get(name);
        }
    }

    private record SdkSpan(io.opentelemetry.api.trace.Span span, Trace trace) implements Span {
        private static final int FIRST_SERVER_ERROR = 500;

        @Override
        public boolean recording() {
            return span.isRecording();
        }

        @Override
        public void set(String attribute, Object value) {
            if (value instanceof Long number) {
                span.setAttribute(attribute, number);
                if (attribute.equals("http.response.status_code") && number >= FIRST_SERVER_ERROR) {
                    span.setStatus(StatusCode.ERROR);
                }
            } else {
                span.setAttribute(attribute, value.toString());
            }
        }

        @Override
        public Trace.Scope open() {
            return trace.open();
        }

        @Override
        public void end(@Nullable Throwable failure) {
            if (failure != null) {
                span.recordException(failure);
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }
}
