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
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code MANAGEMENT_PORT} answers beside health; {@code docs/management.md} has an example of each. */
final class ManagementRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.MANAGEMENT);
    private static final String INDEX = """
            GET    /health/live                    whether the process answers
            GET    /health/ready                   whether it takes requests, and its services
            GET    /metrics                        for Prometheus
            GET    /info                           build, release, JVM
            GET    /config                         the configuration; secrets are masked
            GET    /routes                         what the port for clients answers
            GET    /log/levels                     the levels that are set, and those that were changed
            GET    /log/loggers                    the names of all loggers
            PUT    /log/levels/NAME                {"level":"debug","seconds":600}; ROOT is for all
            DELETE /log/levels/NAME                reverts a change before its time is over
            GET    /threads?format=text|json|locks the stacks of all threads; stops the app for milliseconds
            GET    /heap/histogram?limit=100       objects by class; stops the app while the heap is read; with live=true after a full GC
            POST   /flight-recording?seconds=10    a file for jfr or Mission Control, when the time is over; uses some CPU time
            """;
    private static final int MAX_RECORDING_SECONDS = 300;
    private static final int MAX_HISTOGRAM_LINES = 10_000;

    private final Metrics metrics;
    private final Diagnostics diagnostics;
    private final LevelChanges changes;

    ManagementRoutes(Metrics metrics, Diagnostics diagnostics, LevelChanges changes) {
        this.metrics = metrics;
        this.diagnostics = diagnostics;
        this.changes = changes;
    }

    /**
     * A level to be set.
     *
     * @param seconds the time until it reverts; ten minutes unless given
     */
    record Change(String level, Optional<Integer> seconds) {}

    void declare(Routes routes) {
        routes.nonBlocking(quick -> quick.get("/", request -> Response.text(INDEX))
                .get("/metrics", this::metrics)
                .get("/info", request -> Response.json(diagnostics.info()))
                .get("/config", request -> Response.text(diagnostics.config()))
                .get("/routes", request -> Response.json(diagnostics.routes()))
                .get("/log/levels", request -> levels())
                .get("/log/loggers", request -> Response.json(EventLog.loggers()))
                .put("/log/levels/{logger}", this::change)
                .delete("/log/levels/{logger}", this::revert));
        routes.get("/threads", this::threads)
                .get("/heap/histogram", this::histogram)
                .post("/flight-recording", this::record);
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

    private Response levels() {
        Map<String, String> levels = new LinkedHashMap<>();
        EventLog.levels().forEach((logger, level) -> levels.put(logger, LevelChanges.shown(level)));
        Map<String, Object> changed = new LinkedHashMap<>();
        changes.current().forEach((logger, change) -> {
            Map<String, String> shown = new LinkedHashMap<>();
            shown.put("until", change.until().toString());
            shown.put("then", change.before().map(LevelChanges::shown).orElse("inherited"));
            changed.put(logger, shown);
        });
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("levels", levels);
        all.put("changed", changed);
        return Response.json(all);
    }

    private Response change(Request request) {
        String logger = existing(request.path("logger"));
        Change change = request.json(Change.class);
        LogLevel level = level(change);
        long most = LevelChanges.MAX_DURATION.toSeconds();
        long seconds = change.seconds().map(Integer::longValue).orElse(LevelChanges.DEFAULT_DURATION.toSeconds());
        if (seconds < 1 || seconds > most) {
            throw new HttpException(
                    422, "\"seconds\" must be from 1 to " + most + ", the time until the level reverts.");
        }
        changes.change(logger, level, Duration.ofSeconds(seconds), request.remoteAddress());
        return levels();
    }

    private Response revert(Request request) {
        changes.revert(existing(request.path("logger")), "asked by " + request.remoteAddress());
        return levels();
    }

    /** Only what exists: a logger that is made for a name that somebody invents stays for good. */
    private static String existing(String name) {
        String logger = name.equalsIgnoreCase(Logger.ROOT_LOGGER_NAME) ? Logger.ROOT_LOGGER_NAME : name;
        if (logger.equals(EventLog.MANAGEMENT)) {
            throw new HttpException(403, "The level of " + logger + " cannot be changed: it logs what operators do.");
        }
        if (!EventLog.loggers().contains(logger)) {
            throw new HttpException(404, "No logger has this name. GET /log/loggers lists all names.");
        }
        return logger;
    }

    private static LogLevel level(Change change) {
        try {
            return LogLevel.valueOf(String.valueOf(change.level()).toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new HttpException(422, "\"level\" must be one of " + words(LogLevel.values()) + ".");
        }
    }

    private Response threads(Request request) throws IOException {
        String format = request.query("format").orElse("text");
        ThreadDump.Format wanted;
        try {
            wanted = ThreadDump.Format.valueOf(format.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new HttpException(400, "\"format\" must be one of " + words(ThreadDump.Format.values()) + ".");
        }
        report("a thread dump is taken, which stops the app for milliseconds", request);
        return ThreadDump.of(wanted);
    }

    private Response histogram(Request request) {
        boolean live = request.query("live").filter("true"::equals).isPresent();
        int limit = number(request, "limit", 100, MAX_HISTOGRAM_LINES);
        report(
                live
                        ? "a heap histogram is taken, which stops the app for a full garbage collection"
                        : "a heap histogram is taken, which stops the app while the heap is read",
                request);
        return Response.text(Diagnostics.histogram(live, limit));
    }

    private Response record(Request request) {
        int seconds = number(request, "seconds", 10, MAX_RECORDING_SECONDS);
        DiagnosticCommand.requireModule("jdk.jfr");
        report("a flight recording of " + seconds + " s is requested", request);
        return diagnostics
                .record(Duration.ofSeconds(seconds))
                .withHeader("Content-Disposition", "attachment; filename=\"recording.jfr\"");
    }

    private static int number(Request request, String name, int otherwise, int most) {
        Optional<String> text = request.query(name);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As one that is out of range.
        }
        throw new HttpException(400, "\"" + name + "\" must be a number from 1 to " + most + ".");
    }

    private static void report(String what, Request request) {
        LOG.atInfo().addKeyValue("remote_address", request.remoteAddress()).log(what);
    }

    private static String words(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
