package dev.twelvefactor.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/**
 * A private directory of a server, and the shell that guards it: when this JVM closes it, or ends in whatever way, {@code kill -9} included, the
 * server is stopped and the directory removed. The shell learns of it by the end of its stdin, a pipe from this JVM, so there is one way for an
 * orderly end and for every other. It needs nothing but a POSIX {@code sh}.
 */
public final class ServerDirectory implements AutoCloseable {
    private static final long LONGEST_STOP_SECONDS = 60;

    private final Path path;
    private final Process guard;

    private ServerDirectory(Path path, Process guard) {
        this.path = path;
        this.guard = guard;
    }

    /** Makes a directory with a random name, readable for this user alone. */
    public static ServerDirectory create(String prefix) throws IOException {
        Path path =
                Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().resolve(prefix + "-" + randomHex(8));
        String script = script();
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", script, "guard", path.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        shell.environment().put("GUARD_SCRIPT", script);
        shell.environment().remove("GUARD_SESSION");
        Process guard = shell.start();
        byte[] answer = guard.getInputStream().readNBytes("ready\n".length());
        if (!new String(answer, StandardCharsets.US_ASCII).equals("ready\n")) {
            throw new IOException("the directory " + path + " could not be made");
        }
        return new ServerDirectory(path, guard);
    }

    private static String script() throws IOException {
        try (InputStream in = ServerDirectory.class.getResourceAsStream("guard.sh")) {
            if (in == null) {
                throw new IOException("guard.sh is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The directory. */
    public Path path() {
        return path;
    }

    /**
     * How the server is stopped.
     *
     * @param pidFile where it writes its process number, relative to the directory; it works in that file's own directory
     * @param seconds the time that it has after each signal
     * @param signals names of signals, tried in this order until it is gone
     */
    public void stopWith(String pidFile, int seconds, String... signals) throws IOException {
        String name = pidFile.replace('/', '-') + ".stop";
        Files.writeString(path.resolve(name), pidFile + " " + seconds + " " + String.join(" ", signals) + "\n");
    }

    /** Says that a server is being started, until the result is closed: an abrupt end of this JVM waits for it. */
    public AutoCloseable starting() throws IOException {
        Path mark = Files.createFile(path.resolve("starting"));
        return () -> Files.deleteIfExists(mark);
    }

    /** Stops the server and removes the directory; returns when both are done. */
    @Override
    public void close() {
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the server in " + path + " has not stopped yet");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A random text of hexadecimal digits: for names, and for passwords that need no quoting. */
    public static String randomHex(int bytes) {
        byte[] value = new byte[bytes];
        new SecureRandom().nextBytes(value);
        return HexFormat.of().formatHex(value);
    }
}
