package dev.twelvefactor.testing;

import dev.twelvefactor.lifecycle.Deadline;
import dev.twelvefactor.lifecycle.Participant;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process of an app in development. It has a session of its own, or ignores SIGINT where there is no {@code setsid}: whoever started it passes one
 * SIGTERM on, and a second signal, such as a terminal or a supervisor sends to the whole group, would halt it in the middle of its drain.
 */
final class ChildProcess implements Participant {
    private static final int DRAIN_SECONDS = 30;
    private static final String DETACH = "command -v setsid >/dev/null && exec setsid \"$@\"; trap '' INT; exec \"$@\"";

    private final String name;
    private final Process process;
    private final Thread printer;

    private ChildProcess(String name, Process process, Consumer<String> onLine) {
        this.name = name;
        this.process = process;
        this.printer = new Thread(() -> print(name, process, onLine), "print-" + name);
        printer.setDaemon(true);
        printer.start();
    }

    static ChildProcess start(
            String name,
            Path jar,
            List<String> arguments,
            Map<String, String> environment,
            ServerDirectory guard,
            Consumer<String> onLine)
            throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of("sh", "-c", DETACH, "sh", java, "-jar", jar.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String folder = name.replaceAll("[^A-Za-z0-9]", "-");
        Path own = Files.createDirectories(guard.path().resolve(folder));
        Files.writeString(own.resolve("pid"), process.pid() + "\n");
        Files.writeString(own.resolve("anywhere"), "");
        guard.stopWith(folder + "/pid", DRAIN_SECONDS, "TERM", "KILL");
        return new ChildProcess(name, process, onLine);
    }

    private static void print(String name, Process process, Consumer<String> onLine) {
        String label = String.format("%-8s| ", name);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(label + line);
                onLine.accept(line);
            }
        } catch (IOException e) {
            System.err.println(label + "its output broke off: " + e.getMessage());
        }
    }

    void onExit(Runnable action) {
        var unused = process.onExit().thenRun(action);
    }

    int await() throws InterruptedException {
        int status = process.waitFor();
        printer.join();
        return status;
    }

    int status() {
        return process.isAlive() ? 1 : process.exitValue();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void drain(Deadline deadline) throws InterruptedException {
        if (process.isAlive()) {
            process.toHandle().destroy();
        }
        if (process.waitFor(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS)) {
            printer.join(1000);
        }
    }

    @Override
    public void abandon() {
        process.toHandle().destroyForcibly();
    }
}
