package dev.twelvefactor.app;

import dev.twelvefactor.http.HttpException;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogLevel;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code MANAGEMENT_PORT} answers beside health: metrics, and the levels of the log. */
final class ManagementRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(TwelveFactorApp.class);

    private final Metrics metrics;

    ManagementRoutes(Metrics metrics) {
        this.metrics = metrics;
    }

    /** A level to be set. */
    record Change(String level) {}

    void declare(Routes routes) {
        routes.get("/metrics", this::metrics)
                .get("/log/levels", request -> levels())
                .put("/log/levels/{logger}", request -> set(request, Optional.of(level(request.json(Change.class)))))
                .delete("/log/levels/{logger}", request -> set(request, Optional.empty()));
    }

    /** In the format that the scraper prefers: Prometheus's text, OpenMetrics. */
    private Response metrics(Request request) throws IOException {
        ExpositionFormats formats = ExpositionFormats.init();
        // Who prefers Protocol Buffers takes text as well, and their library is not here.
        boolean open = request.header("Accept").orElse("").contains("application/openmetrics-text");
        ExpositionFormatWriter format =
                open ? formats.getOpenMetricsTextFormatWriter() : formats.getPrometheusTextFormatWriter();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        format.write(text, metrics.get());
        return Response.bytes(format.getContentType(), text.toByteArray());
    }

    private static Response levels() {
        Map<String, String> levels = new LinkedHashMap<>();
        EventLog.levels().forEach((logger, level) -> levels.put(logger, shown(level)));
        return Response.json(levels);
    }

    private static Response set(Request request, Optional<LogLevel> level) {
        String logger = request.path("logger");
        EventLog.setLevel(logger, level);
        LOG.atWarn()
                .addKeyValue("changed_logger", logger)
                .addKeyValue("changed_level", level.map(ManagementRoutes::shown).orElse("inherited"))
                .log("the level of a logger was changed");
        return levels();
    }

    private static LogLevel level(Change change) {
        try {
            return LogLevel.valueOf(String.valueOf(change.level()).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new HttpException(
                    422,
                    "\"level\" is to be one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(LogLevel.values())
                                            .map(ManagementRoutes::shown)
                                            .toList())
                            + ".");
        }
    }

    private static String shown(LogLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
