package dev.twelvefactor.app;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.http.Routes;
import dev.twelvefactor.telemetry.Telemetry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What an app is made of: its process types, its admin tasks and the record of its settings. To declare it needs no environment and opens
 * nothing; a wiring runs only when its process type is the one that was started.
 *
 * <pre>{@code
 * App.of("hello").web(routes -> routes.get("/", request -> Response.text("Hello")))
 * }</pre>
 *
 * @param <S> the record of the app's settings
 */
public final class App<S extends Record> {
    static final String WEB = "web";
    static final String WORKER = "worker";

    private final String name;
    private final Class<S> settings;
    private Class<?> home;
    private Optional<WebWiring<S>> web = Optional.empty();
    private final Map<String, WorkerWiring<S>> workers = new LinkedHashMap<>();
    private final Map<String, Task<S>> tasks = new LinkedHashMap<>();
    private Conversions conversions = Conversions.standard();
    private Telemetry telemetry = Telemetry.NONE;

    private App(String name, Class<S> settings) {
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "an app's name is lower case letters, digits and -, not \"" + name + "\"");
        }
        this.name = name;
        this.settings = Objects.requireNonNull(settings);
        this.home = settings;
    }

    /**
     * Wires the web process.
     *
     * @param <S> the record of the app's settings
     */
    @FunctionalInterface
    public interface WebWiring<S extends Record> {
        /**
         * Attaches services and declares routes.
         *
         * @throws Exception if the process cannot start: it ends with status 1
         */
        void wire(S settings, Wiring wiring, Routes routes) throws Exception;
    }

    /**
     * Wires a worker.
     *
     * @param <S> the record of the app's settings
     */
    @FunctionalInterface
    public interface WorkerWiring<S extends Record> {
        /**
         * Attaches services and declares jobs.
         *
         * @throws Exception if the process cannot start: it ends with status 1
         */
        void wire(S settings, Wiring wiring, Jobs jobs) throws Exception;
    }

    /** An app without settings of its own. */
    public static App<NoSettings> of(String name) {
        return of(name, NoSettings.class);
    }

    /** An app that reads this record from its environment. */
    public static <S extends Record> App<S> of(String name, Class<S> settings) {
        return new App<>(name, settings);
    }

    /** The web process: {@code java -jar app.jar}, or {@code web}. */
    public App<S> web(WebWiring<S> wiring) {
        if (web.isPresent()) {
            throw new IllegalArgumentException("the app has a web process already");
        }
        web = Optional.of(wiring);
        livesWhere(wiring);
        return this;
    }

    /** An app without settings of its own is where its code is. */
    private void livesWhere(Object declared) {
        if (home == NoSettings.class) {
            home = declared.getClass();
        }
    }

    /** Has this app's build, and not that of whoever declares it. */
    App<S> ofTheBuildOf(App<?> other) {
        home = other.home();
        return this;
    }

    /** The web process of an app that has nothing to attach. */
    public App<S> web(Consumer<Routes> declaration) {
        livesWhere(declaration);
        return web((settings, wiring, routes) -> declaration.accept(routes));
    }

    /** A worker: {@code java -jar app.jar worker NAME}. */
    public App<S> worker(String workerName, WorkerWiring<S> wiring) {
        if (workers.putIfAbsent(workerName, Objects.requireNonNull(wiring)) != null) {
            throw new IllegalArgumentException("the app has a worker \"" + workerName + "\" already");
        }
        livesWhere(wiring);
        return this;
    }

    /** An admin task: {@code java -jar app.jar admin NAME --options}. */
    public <O extends Record> App<S> admin(
            String taskName, String description, Class<O> options, Task.Body<S, O> body) {
        livesWhere(body);
        return admin(Task.of(taskName, description, options, body));
    }

    /** An admin task that has something to show: a table, progress. */
    public <O extends Record> App<S> admin(
            String taskName, String description, Class<O> options, Task.ShowingBody<S, O> body) {
        livesWhere(body);
        return admin(Task.of(taskName, description, options, body));
    }

    /** An admin task that was made elsewhere, or that is more than a body: exclusive, with settings of its own. */
    public App<S> admin(Task<S> task) {
        if (BuiltIn.named(task.name()).isPresent() || tasks.putIfAbsent(task.name(), task) != null) {
            throw new IllegalArgumentException("the app has a task \"" + task.name() + "\" already");
        }
        return this;
    }

    /** How text becomes values of types that are not the app's own, in the settings and in the options of tasks. */
    public App<S> converting(Conversions own) {
        conversions = Objects.requireNonNull(own);
        return this;
    }

    /**
     * Where traces and metrics go, if the environment asks for it: {@code .telemetry(OpenTelemetryExport.of())} of
     * {@code twelvefactor-telemetry-opentelemetry}. Metrics are at {@code /metrics} of {@code MANAGEMENT_PORT} without it.
     */
    public App<S> telemetry(Telemetry exporter) {
        telemetry = Objects.requireNonNull(exporter);
        return this;
    }

    Telemetry telemetry() {
        return telemetry;
    }

    Conversions conversions() {
        return conversions;
    }

    /** The app's name: the {@code service} of every event. */
    public String name() {
        return name;
    }

    /** A class of the app: the jar that it comes from is the build. */
    Class<?> home() {
        return home;
    }

    Class<S> settings() {
        return settings;
    }

    Optional<WebWiring<S>> web() {
        return web;
    }

    Map<String, WorkerWiring<S>> workers() {
        return workers;
    }

    /**
     * A wiring of any process type, for whoever wires and does not run: its routes or jobs are declared to nobody.
     *
     * @param <S> the record of the app's settings
     */
    @FunctionalInterface
    interface Trial<S extends Record> {
        void wire(S settings, Wiring wiring) throws Exception;
    }

    /** That of each process type, by the name on the command line. */
    Map<String, Trial<S>> trials() {
        Map<String, Trial<S>> trials = new LinkedHashMap<>();
        web.ifPresent(wiring -> trials.put(WEB, (settings, some) -> wiring.wire(settings, some, new Routes())));
        workers.forEach((worker, wiring) ->
                trials.put(WORKER + " " + worker, (settings, some) -> wiring.wire(settings, some, new Jobs())));
        return trials;
    }

    Map<String, Task<S>> tasks() {
        return tasks;
    }
}
