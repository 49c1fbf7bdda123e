package dev.twelvefactor.app;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who a process is.
 *
 * @param fields what every event and metric says of it: {@code service}, {@code version}, {@code release}, {@code process}
 * @param platform where it runs
 * @param telemetryVariables what its environment says of OpenTelemetry
 */
record Identity(Map<String, String> fields, Platform platform, Map<String, String> telemetryVariables) {
    private static final String TELEMETRY = "OTEL_";

    static <S extends Record> Identity of(
            App<S> app, Command<S> command, Optional<Standard> standard, Environment environment) {
        Platform platform = EnvConfig.read(List.of(Platform.class), environment)
                .find(Platform.class)
                .orElse(Platform.UNKNOWN);
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("service", app.name());
        fields.put("version", version(app));
        standard.flatMap(Standard::releaseId).ifPresent(id -> fields.put("release", id));
        type(command).ifPresent(type -> fields.put("process", type + "." + platform.instance()));
        return new Identity(fields, platform, environment.withPrefix(TELEMETRY));
    }

    private static <S extends Record> Optional<String> type(Command<S> command) {
        if (command instanceof Command.Web<S>) {
            return Optional.of(App.WEB);
        }
        if (command instanceof Command.Worker<S> worker) {
            return Optional.of(worker.name());
        }
        return command instanceof Command.Admin<S> ? Optional.of("admin") : Optional.empty();
    }

    /** Of the build, as the jar's manifest has it. */
    static String version(App<?> app) {
        return Optional.ofNullable(app.settings().getPackage().getImplementationVersion())
                .orElse("unknown");
    }
}
