package dev.twelvefactor.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app as a process of its own, as a platform runs it: with an environment that holds nothing but what the test puts into it.
 */
public final class AppProcess implements AutoCloseable {
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
    private static final Pattern READY_PORT =
            Pattern.compile("\"message\":\"ready\".*\"port\":(\\d+)|\"port\":(\\d+).*\"message\":\"ready\"");

    private final Process process;
    private final Lines stdout;
    private final Lines stderr;

    private AppProcess(Process process) {
        this.process = process;
        this.stdout = new Lines(process.getInputStream(), "stdout");
        this.stderr = new Lines(process.getErrorStream(), "stderr");
    }

    /** A process to be started. */
    public static final class Builder {
        private final boolean onThisJvm;
        private final List<String> program;
        private final List<String> arguments;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> jvmOptions = new ArrayList<>();
        private final List<String> launcher = new ArrayList<>();

        private Builder(boolean onThisJvm, List<String> program, List<String> arguments) {
            this.onThisJvm = onThisJvm;
            this.program = program;
            this.arguments = arguments;
        }

        /** One more variable. */
        public Builder env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** One more option of the JVM. */
        public Builder jvm(String option) {
            jvmOptions.add(option);
            return this;
        }

        /** Starts it by another command: {@code under("unshare", "--pid", "--fork")}. {@link AppProcess#pid} and signals then mean that command. */
        public Builder under(String... command) {
            launcher.addAll(List.of(command));
            return this;
        }

        /** A shell that starts something in the background has it ignore SIGINT, and so all that it starts: this undoes it. */
        private static final List<String> WITH_SIGINT = withSigint();

        private static List<String> withSigint() {
            List<String> prefix = List.of("/usr/bin/env", "--default-signal=INT");
            try {
                List<String> trial = new ArrayList<>(prefix);
                trial.add("true");
                boolean known = new ProcessBuilder(trial).start().waitFor() == 0;
                return known ? prefix : List.of();
            } catch (IOException e) {
                return List.of();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return List.of();
            }
        }

        /** Starts it, on the JVM that runs the test unless it has a launcher of its own. */
        public AppProcess start() {
            List<String> command = new ArrayList<>(WITH_SIGINT);
            command.addAll(launcher);
            if (onThisJvm) {
                command.add(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
                command.addAll(jvmOptions);
            }
            command.addAll(program);
            command.addAll(arguments);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().clear();
            builder.environment().putAll(environment);
            try {
                return new AppProcess(builder.start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** {@code java -jar JAR ARGUMENTS}. */
    public static Builder jar(Path jar, String... arguments) {
        return new Builder(true, List.of("-jar", jar.toString()), List.of(arguments));
    }

    /** {@code java MAIN ARGUMENTS}, on the class path of the test. */
    public static Builder main(Class<?> main, String... arguments) {
        return new Builder(
                true, List.of("-cp", System.getProperty("java.class.path"), main.getName()), List.of(arguments));
    }

    /** {@code PROGRAM ARGUMENTS}: an app behind a launcher, which finds its JVM itself. */
    public static Builder program(Path program, String... arguments) {
        return new Builder(false, List.of(program.toString()), List.of(arguments));
    }

    /** Waits until the app says that it is ready, and gives the address that it answers at. */
    public URI awaitReady() {
        String line = awaitLine(text -> READY_PORT.matcher(text).find());
        Matcher port = READY_PORT.matcher(line);
        if (!port.find()) {
            throw new IllegalStateException(line);
        }
        return URI.create("http://127.0.0.1:" + (port.group(1) == null ? port.group(2) : port.group(1)));
    }

    /** Waits for a line of stdout; fails if the process ends without it. */
    public String awaitLine(Predicate<String> wanted) {
        return stdout.await(wanted, this::toString);
    }

    /** Every whole line that came on stdout so far. */
    public List<String> stdout() {
        return stdout.all();
    }

    /**
     * Every event that came on stdout so far.
     *
     * @throws AssertionError if there is anything else on stdout
     */
    public List<Map<String, Object>> events() {
        return Events.parse(stdout());
    }

    /** Every whole line that came on stderr so far. */
    public List<String> stderr() {
        return stderr.all();
    }

    /** The number of the process. */
    public long pid() {
        return process.pid();
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Sends SIGINT, as Ctrl-C does. */
    public void interrupt() {
        try {
            int status = new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("kill ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.toHandle().destroyForcibly();
        awaitExit();
    }

    /** Waits for the end and for all output, and gives the status. */
    public int awaitExit() {
        try {
            if (!process.waitFor(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the process has not ended within " + LONGEST_WAIT + "\n" + this);
            }
            stdout.join();
            stderr.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Kills it, if it is still there. */
    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        awaitExit();
    }

    /** All of its output, for the message of a failed assertion. */
    @Override
    public String toString() {
        return "stdout:\n" + String.join("\n", stdout()) + "\nstderr:\n" + String.join("\n", stderr());
    }

    /** The lines of a stream, as they come. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private final Thread reader;
        private boolean ended;

        Lines(InputStream stream, String name) {
            reader = new Thread(() -> read(stream), name);
            reader.setDaemon(true);
            reader.start();
        }

        private void read(InputStream stream) {
            try (BufferedReader text = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = text.readLine(); line != null; line = text.readLine()) {
                    add(line);
                }
            } catch (IOException e) {
                add("[the stream broke: " + e.getMessage() + "]");
            } finally {
                end();
            }
        }

        private synchronized void add(String line) {
            lines.add(line);
            notifyAll();
        }

        private synchronized void end() {
            ended = true;
            notifyAll();
        }

        synchronized List<String> all() {
            return List.copyOf(lines);
        }

        synchronized String await(Predicate<String> wanted, Supplier<String> whole) {
            long end = System.nanoTime() + LONGEST_WAIT.toNanos();
            int seen = 0;
            while (true) {
                for (; seen < lines.size(); seen++) {
                    if (wanted.test(lines.get(seen))) {
                        return lines.get(seen);
                    }
                }
                long left = (end - System.nanoTime()) / 1_000_000;
                if (ended || left <= 0) {
                    throw new AssertionError("the line that was waited for has not come\n" + whole.get());
                }
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }

        void join() throws InterruptedException {
            reader.join(LONGEST_WAIT.toMillis());
        }
    }
}
