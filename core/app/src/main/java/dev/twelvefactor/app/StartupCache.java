package dev.twelvefactor.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * {@code admin startup-cache}: trains a JVM of the kind that runs it on the app as it lies there, and leaves beside the jar what the JVM has
 * learned and a launcher that uses it.
 *
 * @see <a href="https://openjdk.org/jeps/483">JEP 483: ahead-of-time class loading and linking</a>
 * @see <a href="https://openjdk.org/jeps/350">JEP 350: dynamic CDS archives</a>
 */
final class StartupCache {
    static final String TASK = "startup-cache";

    private static final String FILE = "startup.cache";
    private static final String LAUNCHER = "run";
    private static final int FIRST_WITH_AOT = 24;
    private static final List<String> TRAINING = List.of("admin", TASK, "--training");

    /**
     * Without what the JVM has learned of the methods that were busy (JEP 515): it compiles these at once and for good, and a start has no processor to spare for
     * that. Some JVMs do not know the option.
     */
    private static final List<String> CLASSES_ONLY =
            List.of("-XX:+IgnoreUnrecognizedVMOptions", "-XX:+UnlockDiagnosticVMOptions", "-XX:-AOTRecordTraining");

    private final JarLayout layout;
    private final List<String> jvm;
    private final Map<String, String> environment;
    private final Path made;

    private StartupCache(JarLayout layout, List<String> jvm, Map<String, String> environment, Path made) {
        this.layout = layout;
        this.jvm = jvm;
        this.environment = environment;
        this.made = made;
    }

    /** Why there is no cache, in a sentence for a person. */
    static final class NotMadeException extends Exception {
        private static final long serialVersionUID = 1;

        NotMadeException(String sentence) {
            super(sentence);
        }
    }

    /** Makes both, or says why not. */
    static Printed make(App<?> app, Map<String, String> environment, PrintStream err) {
        try {
            return new Printed(make(app, JarLayout.ofThisProcess(), environment), ExitStatus.OK);
        } catch (NotMadeException e) {
            err.println(e.getMessage());
        } catch (IOException e) {
            err.println("The start-up cache cannot be written: " + e);
        } catch (InterruptedException e) {
            // By a signal: the process is at its end.
            err.println("The start-up cache was not made: the command was interrupted");
        }
        return new Printed("", ExitStatus.FAILED);
    }

    private static String make(App<?> app, JarLayout layout, Map<String, String> environment)
            throws NotMadeException, IOException, InterruptedException {
        if (app.web().isEmpty() && app.workers().isEmpty()) {
            throw new NotMadeException("There is nothing to train: the app has neither a web process nor a worker");
        }
        List<String> jvm = new ArrayList<>();
        jvm.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        jvm.addAll(Launcher.FLAGS);
        // The JVM takes a cache only if it has the garbage collector, and more, that it was made with.
        Stream.of(environment.getOrDefault("JAVA_OPTS", "").split("\\s+", -1))
                .filter(option -> !option.isEmpty())
                .forEach(jvm::add);
        Path folder = Files.createTempDirectory(layout.folder(), "." + TASK);
        try {
            StartupCache cache = new StartupCache(layout, List.copyOf(jvm), environment, folder.resolve(FILE));
            List<String> remarks = cache.record();
            return String.join("", remarks.stream().map(remark -> remark + "\n").toList()) + cache.publish();
        } finally {
            delete(folder);
        }
    }

    /** Whether this is the process that is learned from. */
    static boolean isTraining(String[] args) {
        return List.of(args).equals(TRAINING);
    }

    static boolean isAheadOfTime() {
        return Runtime.version().feature() >= FIRST_WITH_AOT;
    }

    private List<String> record() throws NotMadeException, IOException, InterruptedException {
        Path recording = made.resolveSibling("recording");
        List<String> training = isAheadOfTime()
                ? List.of("-XX:AOTMode=record", "-XX:AOTConfiguration=" + recording)
                : List.of("-XX:ArchiveClassesAtExit=" + made);
        List<String> remarks =
                new TrainingRun("The process that is learned from", command(training, true), environment).run();
        if (isAheadOfTime()) {
            List<String> options =
                    List.of("-XX:AOTMode=create", "-XX:AOTConfiguration=" + recording, "-XX:AOTCache=" + made);
            new TrainingRun("The JVM that makes the cache", command(options, false), environment).awaitEnd();
        }
        if (!Files.isRegularFile(made)) {
            throw new NotMadeException("The JVM has recorded its training and made no cache of it");
        }
        return remarks;
    }

    private List<String> command(List<String> options, boolean runs) throws IOException {
        List<String> command = new ArrayList<>(jvm);
        command.addAll(options);
        if (isAheadOfTime()) {
            command.addAll(CLASSES_ONLY);
        }
        command.addAll(runs ? layout.program() : List.of("-cp", layout.classPath()));
        if (runs) {
            command.addAll(TRAINING);
        }
        return command;
    }

    /** The cache first: an older launcher does not take it, since that has changed. */
    private String publish() throws IOException {
        Path launcher = made.resolveSibling(LAUNCHER);
        Files.writeString(launcher, Launcher.script(layout, made));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-r--r--"));
        long megabytes = Files.size(made) / 1_000_000;
        move(made);
        move(launcher);
        return "Start the app by " + layout.folder().resolve(LAUNCHER) + ": its cache, " + FILE + ", has " + megabytes
                + " MB and is for Java " + System.getProperty("java.runtime.version") + " in this place\n";
    }

    private void move(Path file) throws IOException {
        Files.move(file, layout.folder().resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
