package dev.twelvefactor.benchmarks.parts;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import one.profiler.AsyncProfilerLoader;

/**
 * What a server does under load, and what it allocates: two flame graphs, by async-profiler. The stacks lie beside them as text, to be counted. Its arguments are
 * those of {@code benchmarks/profile}; the server inherits the environment, but for its {@code PORT}.
 */
final class Profile {
    private static final int CONNECTIONS = 64;
    private static final int WARM_UP_SECONDS = 10;
    private static final int START_SECONDS = 60;
    /** In percent: what is narrower cannot be seen, and makes the page ten times as large. */
    private static final String NARROWEST = "0.25";

    private final String name;
    private final String path;
    private final int seconds;
    private final Optional<Path> script;
    private final Path folder;

    private Profile(String name, String path, int seconds, Optional<Path> script, Path folder) {
        this.name = name;
        this.path = path;
        this.seconds = seconds;
        this.script = script;
        this.folder = folder;
    }

    /** {@code NAME PATH SECONDS LUA-SCRIPT FOLDER COMMAND…}; the script is empty for plain GETs. */
    public static void main(String[] args) throws Exception {
        Optional<Path> script = args[3].isEmpty() ? Optional.empty() : Optional.of(Path.of(args[3]));
        new Profile(args[0], args[1], Integer.parseInt(args[2]), script, Path.of(args[4]))
                .of(List.of(args).subList(5, args.length));
    }

    private void of(List<String> command) throws IOException, InterruptedException {
        int port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PORT", Integer.toString(port));
        Process server = builder.start();
        try {
            awaitAnswer(server, port);
            load(port, WARM_UP_SECONDS);
            String pid = Long.toString(server.pid());
            // The kernel's events are not for everybody; a timer is, and sees no kernel.
            try {
                profiler("start", "-e", "cpu", "-i", "1ms", pid);
            } catch (IOException e) {
                profiler("start", "-e", "itimer", "-i", "1ms", pid);
            }
            record("cpu", pid, port);
            profiler("start", "-e", "alloc", "--alloc", "64k", pid);
            record("alloc", pid, port);
        } finally {
            server.destroy();
            if (!server.waitFor(30, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
    }

    private void record(String what, String pid, int port) throws IOException, InterruptedException {
        load(port, seconds);
        Files.createDirectories(folder);
        Path stacks = Files.createDirectories(Path.of("target", "profile")).resolve(name + "-" + what + ".txt");
        List<String> counted = what.equals("alloc") ? List.of("--total") : List.of();
        profiler(
                counted,
                "dump",
                "-o",
                "collapsed",
                "-f",
                stacks.toAbsolutePath().toString(),
                pid);
        // What the compiler still has to do is no cost of a request.
        profiler(
                counted,
                "stop",
                "-o",
                "flamegraph",
                "--minwidth",
                NARROWEST,
                "-X",
                "*CompileBroker*",
                "--title",
                name + ", " + what,
                "-f",
                folder.resolve("flame-" + name + "-" + what + ".html")
                        .toAbsolutePath()
                        .toString(),
                pid);
    }

    private static void profiler(String... arguments) throws IOException {
        profiler(List.of(), arguments);
    }

    private static void profiler(List<String> more, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, more);
        AsyncProfilerLoader.executeProfiler(all.toArray(String[]::new));
    }

    private void load(int port, int howLong) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("wrk", "-t1", "-c" + CONNECTIONS, "-d" + howLong + "s", "--timeout", "10s"));
        script.ifPresent(lua -> command.addAll(List.of("-s", lua.toString())));
        command.add("http://127.0.0.1:" + port + path);
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes());
        System.out.println(said.strip());
        if (wrk.waitFor() != 0 || said.contains("Non-2xx") || said.contains("Socket errors")) {
            throw new IOException("the load went wrong");
        }
    }

    private void awaitAnswer(Process server, int port) throws IOException, InterruptedException {
        long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (server.isAlive() && System.nanoTime() < late) {
            try {
                HttpURLConnection connection = (HttpURLConnection)
                        URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
                connection.getResponseCode();
                connection.disconnect();
                return;
            } catch (IOException e) {
                Thread.sleep(100);
            }
        }
        throw new IOException("the server does not answer");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
