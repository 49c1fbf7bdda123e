package dev.twelvefactor.testing;

import dev.twelvefactor.config.Environment;
import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.DrainReport;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.lifecycle.Participant;
import dev.twelvefactor.lifecycle.Phase;
import dev.twelvefactor.lifecycle.ProcessEnd;
import dev.twelvefactor.logging.EventLog;
import dev.twelvefactor.logging.LogFormat;
import dev.twelvefactor.logging.LogLevel;
import dev.twelvefactor.logging.LogSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app on the developer's machine, in one command: starts the services that the environment does not name, runs tasks such as {@code admin migrate},
 * then the processes, each from the app's jar, and prints their logs. SIGTERM or Ctrl-C drains the processes and then stops the services; if this
 * process is killed, all that it has started is stopped too.
 *
 * <p>Unless the environment says otherwise, logs are text, the port is 8080 or a free one, and {@code .env} is read if there is one.
 */
public final class Development {
    private static final Duration DRAIN = Duration.ofSeconds(60);
    private static final int USUAL_PORT = 8080;
    private static final Pattern READY = Pattern.compile("(?: ready  |\"message\":\"ready\").*\\bport\"?[=:](\\d+)");

    private final Path jar;
    private final Map<String, Supplier<? extends TestServer>> services = new LinkedHashMap<>();
    private final List<List<String>> tasks = new ArrayList<>();
    private final Map<String, List<String>> processes = new LinkedHashMap<>();

    private Development(Path jar) {
        this.jar = jar;
    }

    /** The app in this jar. */
    public static Development of(Path jar) {
        return new Development(jar);
    }

    /** A service that is started, unless the environment has this variable with the URL of another. */
    public Development service(String variable, Supplier<? extends TestServer> start) {
        services.put(variable, start);
        return this;
    }

    /** A task that has to end well before the processes start, as {@code admin migrate}. */
    public Development task(String... arguments) {
        tasks.add(List.of(arguments));
        return this;
    }

    /** A process; the one called {@code web} gets the port. */
    public Development process(String name, String... arguments) {
        processes.put(name, List.of(arguments));
        return this;
    }

    /** Does it all and ends this JVM, with the status of the first process that did not end with 0. Does not return. */
    public void run() {
        ProcessEnd end = ProcessEnd.install(() -> {});
        EventLog.use(LogSettings.of(LogLevel.WARN, LogFormat.TEXT), Map.of(), null);
        Lifecycle lifecycle = new Lifecycle(DRAIN, Duration.ZERO);
        end.govern(lifecycle, DRAIN, 1);
        int status;
        List<ChildProcess> children = new ArrayList<>();
        try {
            status = start(lifecycle, children);
            lifecycle.awaitDrainRequest();
        } catch (InterruptedException e) {
            // A signal during the start; what has started is stopped below.
            status = 0;
        } catch (Exception e) {
            boolean stopped = lifecycle.drainCause().isPresent();
            if (!stopped) {
                System.err.println("The app could not be started: " + e.getMessage());
            }
            status = stopped ? 0 : 1;
        }
        DrainReport report = lifecycle.drain();
        for (ChildProcess child : children) {
            status = status == 0 ? child.status() : status;
        }
        end.exit(status == 0 && !report.complete() ? 1 : status);
    }

    private int start(Lifecycle lifecycle, List<ChildProcess> children) throws IOException, InterruptedException {
        Map<String, String> environment = environment();
        ServerDirectory directory = ServerDirectory.create("development");
        lifecycle.add(Phase.ATTACHMENTS, closing("the guard of the processes", directory));
        startServices(lifecycle, environment);
        for (List<String> task : tasks) {
            ChildProcess child =
                    ChildProcess.start(String.join(" ", task), jar, task, environment, directory, line -> {});
            lifecycle.add(Phase.WORKERS, child);
            int status = child.await();
            if (status != 0) {
                System.err.println(String.join(" ", task) + " ended with status " + status);
                lifecycle.requestDrain("a failed task");
                return status;
            }
        }
        for (Map.Entry<String, List<String>> process : processes.entrySet()) {
            Consumer<String> onLine = process.getKey().equals("web") ? Development::announceReady : line -> {};
            ChildProcess child =
                    ChildProcess.start(process.getKey(), jar, process.getValue(), environment, directory, onLine);
            children.add(child);
            lifecycle.add(Phase.WORKERS, child);
            child.onExit(() -> lifecycle.requestDrain("the end of " + process.getKey()));
        }
        boolean unused = lifecycle.ready();
        return 0;
    }

    private static Map<String, String> environment() throws IOException {
        Map<String, String> environment = new LinkedHashMap<>(System.getenv());
        Path dotenv = Path.of(".env").toAbsolutePath();
        if (Files.exists(dotenv)) {
            environment.putIfAbsent("DOTENV", dotenv.toString());
        }
        Environment said = Environment.of(environment);
        if (!said.has("LOG_FORMAT")) {
            environment.put("LOG_FORMAT", "text");
        }
        if (!said.has("PORT")) {
            environment.put("PORT", Integer.toString(freePort()));
        }
        return environment;
    }

    private static int freePort() throws IOException {
        try (ServerSocket usual = new ServerSocket(USUAL_PORT)) {
            return usual.getLocalPort();
        } catch (IOException e) {
            try (ServerSocket any = new ServerSocket(0)) {
                return any.getLocalPort();
            }
        }
    }

    /** Side by side: each takes seconds. */
    private void startServices(Lifecycle lifecycle, Map<String, String> environment) {
        Map<String, CompletableFuture<? extends TestServer>> starting = new LinkedHashMap<>();
        Environment said = Environment.of(environment);
        services.forEach((variable, start) -> {
            if (!said.has(variable)) {
                starting.put(variable, CompletableFuture.supplyAsync(start));
            }
        });
        RuntimeException failure = null;
        for (Map.Entry<String, CompletableFuture<? extends TestServer>> entry : starting.entrySet()) {
            try {
                TestServer server = entry.getValue().join();
                lifecycle.add(Phase.ATTACHMENTS, closing(entry.getKey(), server));
                environment.put(entry.getKey(), server.url());
            } catch (CompletionException e) {
                failure = e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static Participant closing(String name, AutoCloseable closeable) {
        return new Participant() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void drain(Deadline deadline) throws Exception {
                closeable.close();
            }
        };
    }

    /** The event that says that requests are taken, in either format of the log. */
    private static void announceReady(String line) {
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
            System.out.println(
                    "\n  Open http://localhost:" + ready.group(1) + "/   (Ctrl-C drains and stops everything)\n");
        }
    }
}
