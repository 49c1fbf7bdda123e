package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConfigReport;
import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.admin.Task;
import dev.twelvefactor.config.ConfigExport;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.config.Variable;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.logging.LogFormat;
import dev.twelvefactor.logging.LogLevel;
import dev.twelvefactor.logging.LogSettings;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a command prints whose purpose is to print, and the status that it ends with. None of them needs a valid configuration or a service.
 *
 * @param text for stdout
 * @param status of the process
 */
record Printed(String text, int status) {

    /**
     * What this command prints, if it is one of them.
     *
     * @param lifecycle whose drain request cuts short what takes its time
     */
    static <S extends Record> Optional<Printed> of(
            App<S> app,
            Command<S> command,
            List<Class<? extends Record>> records,
            Environment environment,
            PrintStream err,
            Lifecycle lifecycle) {
        if (command instanceof Command.Help<S>) {
            return of(HelpText.of(app, EnvConfig.describe(records, app.conversions())));
        }
        if (command instanceof Command.Version<S>) {
            return of(version(app, records, environment));
        }
        if (command instanceof Command.Tasks<S>) {
            return of(HelpText.tasks(app));
        }
        if (command instanceof Command.TaskHelp<S> help) {
            return of(HelpText.of(help.task(), app.conversions()));
        }
        if (command instanceof Command.StandingHelp<S> help) {
            return of(HelpText.of(help.task()));
        }
        return command instanceof Command.Standing<S> standing && standing.task() != BuiltIn.CONSOLE
                ? Optional.of(of(standing, app, records, environment, err, lifecycle))
                : Optional.empty();
    }

    /** Events of a command that takes its time stand beside what it prints; those of a check repeat what it finds. */
    static void useLog(Command<?> command, RunLog log, PrintStream err) {
        boolean check = command instanceof Command.Standing<?> standing && standing.task() == BuiltIn.CHECK;
        log.use(LogSettings.of(check ? LogLevel.ERROR : LogLevel.WARN, LogFormat.TEXT), Map::of, err);
    }

    private static Optional<Printed> of(String text) {
        return Optional.of(new Printed(text, ExitStatus.OK));
    }

    private static <S extends Record> Printed of(
            Command.Standing<S> standing,
            App<S> app,
            List<Class<? extends Record>> records,
            Environment environment,
            PrintStream err,
            Lifecycle lifecycle) {
        return switch (standing.task()) {
            case CONFIG ->
                new Printed(
                        config(app, ((BuiltIn.ConfigOptions) standing.options()).format(), records, environment),
                        ExitStatus.OK);
            case CHECK ->
                Check.of(app, EnvConfig.read(records, environment, app.conversions()), environment, lifecycle)
                        .printed(((BuiltIn.CheckOptions) standing.options()).json());
            case RELEASE -> release(app, records, environment);
            case CONSOLE -> throw new IllegalArgumentException("the console has more to do than to print");
            case STARTUP_CACHE -> StartupCache.make(app, environment.withPrefix(""), err);
        };
    }

    private static <S extends Record> String config(
            App<S> app, BuiltIn.ConfigFormat format, List<Class<? extends Record>> records, Environment environment) {
        List<Class<? extends Record>> all = new ArrayList<>(records);
        app.tasks().values().stream()
                .<Class<? extends Record>>map(Task::own)
                .filter(own -> own != NoOptions.class)
                .distinct()
                .forEach(all::add);
        List<Variable> variables = EnvConfig.describe(all, app.conversions());
        return switch (format) {
            case REPORT -> ConfigReport.of(EnvConfig.read(all, environment, app.conversions()));
            case DOTENV -> ConfigExport.dotEnv(variables);
            case MARKDOWN -> ConfigExport.markdown(variables);
            case SCHEMA -> ConfigExport.jsonSchema(app.name(), variables);
        };
    }

    private static String version(App<?> app, List<Class<? extends Record>> records, Environment environment) {
        Build build = Build.of(app.home());
        return app.name() + " " + build.sentence()
                + release(build, EnvConfig.read(records, environment, app.conversions()), environment)
                        .map(release -> ", release " + release.id())
                        .orElse("")
                + "\n";
    }

    private static Printed release(App<?> app, List<Class<? extends Record>> records, Environment environment) {
        Build build = Build.of(app.home());
        EnvConfig config = EnvConfig.read(records, environment, app.conversions());
        return release(build, config, environment)
                .map(release -> new Printed(release.text(build), ExitStatus.OK))
                .orElseGet(() -> new Printed(
                        "There is no release: the configuration is invalid.\n"
                                + String.join(
                                        "",
                                        config.problems().stream()
                                                .map(Problem::toString)
                                                .map(problem -> "  " + problem + "\n")
                                                .toList()),
                        ExitStatus.CONFIG));
    }

    private static Optional<Release> release(Build build, EnvConfig config, Environment environment) {
        return Release.of(Platform.of(environment), build, config, Set.of());
    }
}
