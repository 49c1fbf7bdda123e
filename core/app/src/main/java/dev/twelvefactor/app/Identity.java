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
import org.slf4j.LoggerFactory;

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

    private record Known(Map<String, String> fields, Build build) {}

    /** Known at once but for what a jar and a digest have to tell: these are looked up beside the start, which needs them for its first event. */
    static <S extends Record> Identity of(App<S> app, Command<S> command, EnvConfig config, Environment environment) {
        Platform platform = Platform.of(environment);
        // On this thread: the app's own conversions may log, and an event waits for the other thread.
        Set<String> ofATask = ofATask(app, command);
        CompletableFuture<Known> known = new CompletableFuture<>();
        Thread thread = new Thread(() -> known.complete(known(app, command, config, platform, ofATask)), "identity");
        thread.setDaemon(true);
        thread.start();
        return new Identity(
                () -> known.join().fields(), () -> known.join().build(), platform, environment.withPrefix(TELEMETRY));
    }

    /** Whatever happens, something is known in the end: every event waits for it. */
    private static <S extends Record> Known known(
            App<S> app, Command<S> command, EnvConfig config, Platform platform, Set<String> ofATask) {
        try {
            Build build = Build.of(app.home());
            Map<String, String> fields = fields(app.name(), build);
            Release.of(platform, build, config, ofATask).ifPresent(release -> fields.put("release", release.id()));
            type(command).ifPresent(type -> fields.put("process", type + "." + platform.instance()));
            return new Known(fields, build);
        } catch (Throwable e) {
            Build build =
                    Build.unknown("to look for it failed with " + e.getClass().getName());
            return new Known(fields(app.name(), build), build);
        }
    }

    private static Map<String, String> fields(String service, Build build) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("service", service);
        fields.put("version", build.version());
        build.shownCommit().ifPresent(commit -> fields.put("commit", commit));
        return fields;
    }

    /** Warns of a build of which nothing is known. It waits for the identity, as any event does. */
    void warn() {
        build.get().problem().ifPresent(problem -> LoggerFactory.getLogger(TwelveFactorApp.class)
                .warn("The build is unknown, so events have no version of it: {}; run the app from its jar", problem));
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
