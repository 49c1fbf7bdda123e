package dev.twelvefactor.admin;

import java.io.File;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.UnresolvedReferenceException;
import jdk.jshell.VarSnippet;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.jspecify.annotations.Nullable;

/** JShell in this process, with the class path of the app. Only this class and what it uses need the module {@code jdk.jshell}. */
final class SnippetShell implements AutoCloseable {
    /** Those of the JDK's own tool, and those of the library's types that settings are made of. */
    private static final List<String> IMPORTS = List.of(
            "java.io",
            "java.math",
            "java.net",
            "java.nio.file",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.function",
            "java.util.regex",
            "java.util.stream",
            "dev.twelvefactor.config");

    private final SnippetEngine engine;
    private final JShell shell;
    private final PrintStream out;
    private final PrintStream err;
    /** Where each snippet stands, by its id: what JShell calls the file of a frame is {@code #id}. */
    private final Map<String, Place> places = new HashMap<>();

    /** A line of the input. */
    record Place(String name, int line) {
        Place plus(int lines) {
            return new Place(name, line + lines);
        }

        @Override
        public String toString() {
            return name + ":" + line;
        }
    }

    /**
     * A piece of input.
     *
     * @param snippet the first whole snippet of it, if there is one
     * @param rest what follows that
     */
    record Piece(Optional<String> snippet, String rest) {}

    SnippetShell(Class<?> app, PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
        engine = new SnippetEngine(app.getClassLoader());
        shell = JShell.builder()
                .executionEngine(new InThisProcess(engine), Map.of())
                .in(InputStream.nullInputStream())
                .out(out)
                .err(err)
                .build();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            shell.addToClasspath(path.isEmpty() ? "." : path);
        }
        IMPORTS.forEach(this::importAll);
        if (!app.getPackageName().isEmpty()) {
            importAll(app.getPackageName());
        }
    }

    private record InThisProcess(SnippetEngine engine) implements ExecutionControlProvider {
        @Override
        public String name() {
            return "in-this-process";
        }

        @Override
        public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
            return engine;
        }
    }

    private void importAll(String packageName) {
        shell.eval("import " + packageName + ".*;");
    }

    /** Runs what declares something that the console itself needs. */
    void declare(String source) {
        for (SnippetEvent event : shell.eval(source)) {
            if (event.status() != Snippet.Status.VALID) {
                throw new IllegalStateException(source + "\n"
                        + shell.diagnostics(event.snippet())
                                .map(diag -> diag.getMessage(null))
                                .toList());
            }
        }
    }

    /** Declares a variable; its value is computed from the type that it has. */
    void bind(String type, String name, Function<Class<?>, ?> value) {
        declare(type + " " + name + ";");
        VarSnippet variable = shell.variables()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        engine.assign(shell, variable, value);
    }

    /** The first snippet of a text that may go on. */
    Piece first(String text) {
        CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(text);
        return switch (info.completeness()) {
            case EMPTY -> new Piece(Optional.empty(), "");
            case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE -> new Piece(Optional.empty(), text);
            case COMPLETE, COMPLETE_WITH_SEMI, UNKNOWN -> new Piece(Optional.of(info.source()), info.remaining());
        };
    }

    /**
     * Runs a snippet, and prints the value that it has or what is wrong with it.
     *
     * @return whether nothing was wrong
     * @throws InterruptedException if the thread was interrupted in it
     */
    boolean run(String source, Place place) throws InterruptedException {
        boolean fine = true;
        for (SnippetEvent event : shell.eval(source)) {
            places.put(event.snippet().id(), places.getOrDefault(event.snippet().id(), place));
            if (event.exception() != null) {
                fine = false;
                err.println(place + ": " + described(event.exception()));
            } else if (event.status() == Snippet.Status.REJECTED) {
                fine = false;
                shell.diagnostics(event.snippet())
                        .filter(Diag::isError)
                        .forEach(diag -> err.println(described(diag, source, place)));
            } else if (event.causeSnippet() == null && hasValue(event.snippet())) {
                out.println(event.value());
            }
        }
        return fine;
    }

    /** Whether a snippet says something, in place of doing something that it could also say. */
    private static boolean hasValue(Snippet snippet) {
        return switch (snippet.subKind()) {
            case VAR_VALUE_SUBKIND, TEMP_VAR_EXPRESSION_SUBKIND, OTHER_EXPRESSION_SUBKIND -> true;
            default -> false;
        };
    }

    /** What was declared and cannot be used, since something that it needs was not: a sentence each. */
    List<String> unfinished() {
        return shell.snippets()
                .filter(snippet -> shell.status(snippet) == Snippet.Status.RECOVERABLE_DEFINED
                        || shell.status(snippet) == Snippet.Status.RECOVERABLE_NOT_DEFINED)
                .map(snippet -> places.get(snippet.id()) + ": this needs "
                        + shell.unresolvedDependencies((DeclarationSnippet) snippet)
                                .collect(Collectors.joining(", "))
                        + ", which was not declared\n" + snippet.source().strip())
                .toList();
    }

    private static String described(Diag diag, String source, Place place) {
        int start = (int) Math.max(0, Math.min(diag.getStartPosition(), source.length() - 1));
        int begin = source.lastIndexOf('\n', start - 1) + 1;
        int newLine = source.indexOf('\n', start);
        int end = newLine < 0 ? source.length() : newLine;
        int width = (int) Math.max(1, Math.min(diag.getEndPosition(), end) - start);
        String message = diag.getMessage(null)
                .lines()
                // It would be a class that JShell has made up.
                .filter(line -> !line.strip().startsWith("location:"))
                .collect(Collectors.joining("\n"));
        Place at = place.plus((int) source.substring(0, begin).lines().count());
        return at + ": " + message + "\n" + source.substring(begin, end) + "\n" + " ".repeat(start - begin)
                + "^".repeat(width);
    }

    private String described(@Nullable Throwable exception) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        for (Throwable e = exception; e != null; e = e.getCause()) {
            lines.add((lines.isEmpty() ? "" : "caused by: ") + summary((JShellException) e));
            for (StackTraceElement frame : e.getStackTrace()) {
                lines.add("    at " + described(frame));
            }
        }
        return String.join("\n", lines);
    }

    private String summary(JShellException e) throws InterruptedException {
        if (e instanceof EvalException thrown) {
            if (thrown.getExceptionClassName().equals(InterruptedException.class.getName())) {
                throw new InterruptedException();
            }
            return thrown.getExceptionClassName() + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
        }
        return e instanceof UnresolvedReferenceException unresolved
                ? "this needs "
                        + shell.unresolvedDependencies(unresolved.getSnippet()).collect(Collectors.joining(", "))
                        + ", which was not declared"
                : e.toString();
    }

    private String described(StackTraceElement frame) {
        String file = frame.getFileName();
        Place place = file != null && file.startsWith("#") ? places.get(file.substring(1)) : null;
        if (place == null) {
            return frame.toString();
        }
        String line = place.plus(frame.getLineNumber() - 1).toString();
        return frame.getMethodName().isEmpty() ? line : frame.getMethodName() + " (" + line + ")";
    }

    @Override
    public void close() {
        shell.close();
    }
}
