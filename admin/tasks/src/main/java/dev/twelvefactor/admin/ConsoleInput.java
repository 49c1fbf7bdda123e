package dev.twelvefactor.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Where the lines of a console come from. */
final class ConsoleInput implements AutoCloseable {
    private static final String FIRST = "> ";
    private static final String NEXT = "... ";

    private final String name;
    private final BufferedReader lines;
    private final @Nullable PrintStream prompt;
    private final boolean endless;

    private ConsoleInput(String name, BufferedReader lines, @Nullable PrintStream prompt, boolean endless) {
        this.name = name;
        this.lines = lines;
        this.prompt = prompt;
        this.endless = endless;
    }

    static ConsoleInput text(String name, String text) {
        return new ConsoleInput(name, new BufferedReader(new StringReader(text)), null, false);
    }

    /**
     * A file.
     *
     * @throws IOException if it cannot be read; the message is a sentence
     */
    static ConsoleInput file(Path path) throws IOException {
        try {
            // Whole: what is no UTF-8 is to be known before the first of it has run.
            return text(path.toString(), Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new IOException("the file " + path + " does not exist", e);
        } catch (IOException e) {
            throw new IOException("the file " + path + " cannot be read (" + e + ")", e);
        }
    }

    /**
     * The standard input.
     *
     * @param prompt where a person is asked for the next line; empty if nobody is there
     */
    static ConsoleInput stdin(InputStream in, Optional<PrintStream> prompt) {
        return new ConsoleInput(
                "stdin",
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)),
                prompt.orElse(null),
                true);
    }

    /** What a message calls it. */
    String name() {
        return name;
    }

    /** Whether a person types, and goes on after an error. */
    boolean interactive() {
        return prompt != null;
    }

    /**
     * The next line; null at the end.
     *
     * @param continued whether it belongs to the one before
     */
    @Nullable
    String next(boolean continued) throws IOException, InterruptedException {
        if (prompt != null) {
            prompt.print(continued ? NEXT : FIRST);
            prompt.flush();
        }
        return endless ? awaitLine() : lines.readLine();
    }

    /** On a thread of its own: a read of the standard input cannot be interrupted, and a signal has to end the console. */
    private @Nullable String awaitLine() throws IOException, InterruptedException {
        FutureTask<@Nullable String> reading = new FutureTask<>(lines::readLine);
        Thread thread = new Thread(reading, "console-input");
        thread.setDaemon(true);
        thread.start();
        try {
            return reading.get();
        } catch (ExecutionException e) {
            throw new IOException("the standard input broke off: " + e.getCause(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (!endless) {
            lines.close();
        }
    }
}
