package dev.twelvefactor.app;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.Variable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Who a process is.
 *
 * @param fields what every event and metric says of it: {@code service}, {@code version}, {@code commit}, {@code release}, {@code process}
 * @param build what it runs
 * @param platform where it runs
 * @param telemetryVariables what its environment says of OpenTelemetry
 */
record Identity(
        Supplier<Map<String, String>> fields,
        Supplier<Build> build,
        Platform platform,
        Map<String, String> telemetryVariables) {
    private static final String TELEMETRY = "OTEL_";

    /** Known at once but for what a jar and a digest have to tell: these are looked up beside the start, which needs them for its first event. */
    static <S extends Record> Identity of(App<S> app, Command<S> command, EnvConfig config, Environment environment) {
        Platform platform = Platform.of(environment);
        CompletableFuture<Build> build = new CompletableFuture<>();
        CompletableFuture<Map<String, String>> fields = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        Build found = Build.of(app.home());
                        build.complete(found);
                        fields.complete(fields(app, command, config, platform, found));
                    } catch (Throwable e) {
                        build.completeExceptionally(e);
                        fields.completeExceptionally(e);
                    }
                },
                "identity");
        thread.setDaemon(true);
        thread.start();
        return new Identity(fields::join, build::join, platform, environment.withPrefix(TELEMETRY));
    }

    private static <S extends Record> Map<String, String> fields(
            App<S> app, Command<S> command, EnvConfig config, Platform platform, Build build) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("service", app.name());
        fields.put("version", build.version());
        build.shownCommit().ifPresent(commit -> fields.put("commit", commit));
        Release.of(platform, build, config, ofATask(app, command))
                .ifPresent(release -> fields.put("release", release.id()));
        type(command).ifPresent(type -> fields.put("process", type + "." + platform.instance()));
        return fields;
    }

    private static <S extends Record> Set<String> ofATask(App<S> app, Command<S> command) {
        return command instanceof Command.Admin<S> admin
                ? EnvConfig.describe(List.of(admin.task().own()), app.conversions()).stream()
                        .map(Variable::name)
                        .collect(Collectors.toSet())
                : Set.of();
    }

    private static <S extends Record> Optional<String> type(Command<S> command) {
        if (command instanceof Command.Web<S>) {
            return Optional.of(App.WEB);
        }
        if (command instanceof Command.Worker<S> worker) {
            return Optional.of(worker.name());
        }
        return command.isTask() ? Optional.of("admin") : Optional.empty();
    }
}
