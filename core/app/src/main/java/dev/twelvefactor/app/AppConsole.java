package dev.twelvefactor.app;

import dev.twelvefactor.admin.Console;
import dev.twelvefactor.admin.ConsoleOptions;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code admin console}: the console of an app, with what its web process or its only worker attaches. */
final class AppConsole<S extends Record> {
    private static final Path STDIN = Path.of("/proc/self/fd/0");

    private final App<S> app;
    private final Lifecycle lifecycle;
    private final Duration attachTimeout;

    AppConsole(App<S> app, Lifecycle lifecycle, Duration attachTimeout) {
        this.app = app;
        this.lifecycle = lifecycle;
        this.attachTimeout = attachTimeout;
    }

    /** For the audit event; what was typed may hold a secret. */
    static Map<String, String> arguments(ConsoleOptions options) {
        Map<String, String> shown = new LinkedHashMap<>();
        options.file().ifPresent(file -> shown.put("--file", file.toString()));
        options.eval().ifPresent(code -> shown.put("--eval", code.length() + " characters"));
        shown.put("--sandbox", Boolean.toString(options.sandbox()));
        return shown;
    }

    /** A snippet failed; what and where, the console has said. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;
    }

    void run(S settings, ConsoleOptions options, PrintStream out, PrintStream err)
            throws FailedException, InterruptedException {
        Console console = new Console(
                settings, wiring -> declare(settings, wiring), () -> new Attachments(lifecycle, attachTimeout));
        if (!console.run(options, System.in, isTerminal(), out, err)) {
            throw new FailedException();
        }
    }

    /** What the web process attaches, or the only worker. */
    private void declare(S settings, Wiring wiring) throws Exception {
        Map<String, App.Trial<S>> trials = app.trials();
        App.Trial<S> web = trials.get(App.WEB);
        if (web != null) {
            web.wire(settings, wiring);
        } else if (trials.size() == 1) {
            trials.values().iterator().next().wire(settings, wiring);
        }
    }

    /** Whether a person types. */
    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(STDIN).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // No such file system, and the JDK cannot tell on all its versions.
            return false;
        }
    }
}
