package dev.twelvefactor.app;

import dev.twelvefactor.admin.TaskOutput;
import dev.twelvefactor.config.ConfigException;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.Problem;
import dev.twelvefactor.config.RecordException;
import dev.twelvefactor.http.HttpSettings;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.ProcessEnd;
import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogFormat;
import dev.twelvefactor.logging.LogSettings;
import dev.twelvefactor.logging.Prints;
import dev.twelvefactor.logging.Terminal;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Runs an app as one twelve-factor process: config from the environment, services attached by URL, a port of its own, events on stdout, a drain on
 * SIGTERM, admin tasks from the same jar.
 *
 * <pre>{@code
 * public static void main(String[] args) {
 *   TwelveFactorApp.run(args, App.of("hello").web(routes -> routes.get("/", request -> Response.text("Hello"))));
 * }
 * }</pre>
 *
 * @see <a href="https://12factor.net">The twelve-factor app</a>
 * @see ExitStatus
 */
public final class TwelveFactorApp {
    private static final Duration MAX_FLUSH = Duration.ofSeconds(25);
    private static final Duration MAX_STOP = Duration.ofSeconds(5);
    private static final Duration FLUSH_BEFORE_HALT = Duration.ofMillis(200);

    private TwelveFactorApp() {}

    /** Runs what the arguments ask for, in this process's environment, and ends the process with its status. Does not return. */
    public static void run(String[] args, App<?> app) {
        boolean server =
                app.web().isPresent() && (args.length == 0 || args[0].equals(App.WEB) || StartupCache.isTraining(args));
        Preload preload = Preload.begin(server);
        ProcessEnd end = ProcessEnd.install(() -> EventLog.flush(FLUSH_BEFORE_HALT));
        PrintStream out = System.out;
        int status = execute(
                app,
                List.of(args),
                Environment.system(),
                new Surroundings(out, System.err, RunLog.ofProcess(), ready -> {}, end, preload));
        Prints.endLine();
        out.flush();
        // Last of the drain. After a signal it has what is left of the drain's time, and the halt behind that.
        EventLog.flush(MAX_FLUSH);
        end.exit(status);
    }

    /**
     * The same without the exit, the signals and the process's own streams: for tests. It returns when the process would end; interrupting the
     * calling thread asks for the drain, as SIGINT would.
     *
     * @param environment the variables, all of them
     * @param out stdout: events, or the output of a command whose purpose is output. The log is the JVM's: until this returns, all its events go here, and then
     *     where they went before
     * @param err stderr: sentences for a person
     * @return the status that the process would end with
     */
    public static int execute(
            App<?> app, List<String> args, Map<String, String> environment, PrintStream out, PrintStream err) {
        return execute(app, args, environment, out, err, ready -> {});
    }

    /**
     * The same, for a test that has to know when the process is ready and where it answers.
     *
     * @param ready called on the calling thread when the process is ready; never if it does not become ready, or runs a task
     */
    public static int execute(
            App<?> app,
            List<String> args,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err,
            Consumer<Ready> ready) {
        try (RunLog log = RunLog.ofTest(out)) {
            return execute(
                    app,
                    args,
                    Environment.of(environment),
                    new Surroundings(out, err, log, ready, null, Preload.none()));
        }
    }

    /** What a process has around it; without an end of its own it is one of a test. */
    private record Surroundings(
            PrintStream out,
            PrintStream err,
            RunLog log,
            Consumer<Ready> ready,
            @Nullable ProcessEnd end,
            Preload preload) {}

    private static <S extends Record> int execute(
            App<S> app, List<String> args, Environment environment, Surroundings around) {
        try {
            return attempt(app, args, environment, around);
        } catch (Throwable e) {
            around.preload().awaitLog();
            // What stands in no environment's power: a record that cannot be bound, a jar that lacks a class.
            LoggerFactory.getLogger(TwelveFactorApp.class).error("the app itself has a defect", e);
            around.err()
                    .println("The app itself has a defect, whatever its environment: "
                            + (e instanceof RecordException ? e.getMessage() : e));
            return ExitStatus.FAILED;
        }
    }

    private static <S extends Record> int attempt(
            App<S> app, List<String> args, Environment environment, Surroundings around) {
        long start = System.nanoTime();
        ProcessEnd end = around.end();
        Command<S> command = Command.of(app, args);
        if (command instanceof Command.Standing<S> standing && standing.task() == BuiltIn.STARTUP_CACHE) {
            if (((BuiltIn.StartupCacheOptions) standing.options()).training()) {
                if (end != null) {
                    Training.endWithParent();
                }
                Training.Trained trained = Training.of(app, environment.withPrefix(""));
                return attempt(trained.app(), List.of(), Environment.of(trained.variables()), around);
            }
        }
        Lifecycle printing = new Lifecycle(MAX_STOP, Duration.ZERO);
        if (command.takesTime()) {
            // Before a signal is taken, since its event would otherwise be printed to stdout.
            around.preload().awaitLog();
            Printed.useLog(command, around.log(), around.err());
        }
        if (end != null) {
            takeSignals(end, command, printing);
        }
        List<Class<? extends Record>> records =
                new ArrayList<>(List.of(app.settings(), HttpSettings.class, Standard.class, LogSettings.class));
        Optional<Printed> printed = Printed.of(app, command, records, environment, around.err(), printing);
        if (printed.isPresent()) {
            around.out().print(printed.get().text());
            if (around.out().checkError()) {
                // An empty file that a script takes for the configuration must not look like success.
                around.err().println("The output could not be written to stdout: it is closed, or its disk is full.");
                return ExitStatus.FAILED;
            }
            return printed.get().status() == ExitStatus.OK
                    ? ExitStatus.OK
                    : printing.drainCause()
                            .filter(Execution::isSignal)
                            .map(ProcessEnd::killedBy)
                            .orElse(printed.get().status());
        }
        if (command instanceof Command.Admin<S> admin) {
            records.add(admin.task().own());
        }
        EnvConfig config = EnvConfig.read(records, environment, app.conversions());
        Identity identity = Identity.of(app, command, config, environment);
        boolean person = command.isTask() && end != null && Terminal.isStdout();
        around.preload().awaitLog();
        LogSettings settings = log(config, person && !environment.has("LOG_FORMAT"));
        if (command instanceof Command.Standing<S>) {
            // What a console prints is its output: events stand beside it.
            around.log().use(settings, identity.fields(), around.err());
        } else {
            around.log().use(settings, identity.fields());
        }
        if (end != null) {
            Prints.becomeEvents();
        }
        if (command instanceof Command.Unknown<S> unknown) {
            LoggerFactory.getLogger(TwelveFactorApp.class).error("{}", unknown.message());
            around.err().println(unknown.message());
            return ExitStatus.USAGE;
        }
        Optional<Audit> audit = Audit.of(command, config);
        warn(config);
        try {
            Standard standard = config.get(Standard.class);
            Lifecycle lifecycle = new Lifecycle(standard.drainTimeout(), standard.delay(identity.platform()));
            Outlets outlets = outlets(command, around, person);
            Execution<S> execution =
                    new Execution<>(app, config, identity, lifecycle, outlets, audit, sinceStart(start, end != null));
            // Not earlier: the signal's interrupt must not meet anything that takes it for a failure of the app's.
            if (end != null && audit.isPresent()) {
                end.governTask(lifecycle, standard.drainTimeout());
            } else if (end != null) {
                end.govern(lifecycle, standard.drainTimeout(), ExitStatus.FAILED);
            }
            return execution.run(command).status();
        } catch (ConfigException e) {
            Outcome outcome = Execution.invalid(e, around.err());
            audit.ifPresent(event -> event.ended(outcome));
            return outcome.status();
        }
    }

    /** What only prints ends at a signal at once. What takes its time has something to leave tidy. */
    private static void takeSignals(ProcessEnd end, Command<?> command, Lifecycle printing) {
        if (command.takesTime()) {
            end.governTask(printing, MAX_STOP);
        } else if (command.prints()) {
            end.haltAtSignal();
        }
    }

    private static LogSettings log(EnvConfig config, boolean forAPerson) {
        LogSettings log = config.find(LogSettings.class).orElseGet(LogSettings::defaults);
        return forAPerson ? log.withFormat(LogFormat.TEXT) : log;
    }

    private static void warn(EnvConfig config) {
        for (Problem warning : config.warnings()) {
            LoggerFactory.getLogger(TwelveFactorApp.class)
                    .atWarn()
                    .addKeyValue("variable", warning.variable())
                    .addKeyValue("origin", warning.origin().orElse(""))
                    .log("{} {}", warning.variable(), warning.message());
        }
    }

    private static Outlets outlets(Command<?> command, Surroundings around, boolean person) {
        TaskOutput tasks = person
                ? TaskOutput.terminal(around.out(), around.err(), Clock.systemUTC())
                : TaskOutput.events(Clock.systemUTC());
        if (!(command instanceof Command.Admin<?>) || around.end() == null) {
            return new Outlets(around.out(), around.err(), tasks, () -> false, around.ready());
        }
        EndOfInput input = new EndOfInput(System.in);
        System.setIn(input);
        return new Outlets(around.out(), around.err(), tasks, input::reached, around.ready());
    }

    private static Supplier<Duration> sinceStart(long nanos, boolean ownProcess) {
        return () -> (ownProcess ? ProcessAge.now() : Optional.<Duration>empty())
                .orElseGet(() -> Duration.ofNanos(System.nanoTime() - nanos));
    }
}
