package dev.twelvefactor.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A server's executable as a child process, in a folder of a {@link ServerDirectory}, which stops it when this JVM ends in whatever way. Where there is a {@code setsid} it
 * has a session of its own, so that Ctrl-C in the terminal does not reach it before the app has drained.
 */
public final class ServerProcess implements HostedServer.Host {
    private static final String PID = "server.pid";

    private final ServerDirectory directory;
    private final Path folder;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Callable<Boolean> ready;
    private final Duration limit;

    private ServerProcess(
            ServerDirectory directory,
            Path folder,
            List<String> command,
            Map<String, String> environment,
            Callable<Boolean> ready,
            Duration limit) {
        this.directory = directory;
        this.folder = folder;
        this.command = command;
        this.environment = environment;
        this.ready = ready;
        this.limit = limit;
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param folder the working directory, a folder of the directory that is made if need be
     * @param environment added to this process's own
     * @param ready whether it works by now; asked again and again. What it throws counts as "not yet"
     * @throws IOException if it ends or is not ready in time; the message has what it printed last
     */
    public static ServerProcess start(
            ServerDirectory directory,
            String folder,
            List<String> command,
            Map<String, String> environment,
            Callable<Boolean> ready,
            Duration limit)
            throws IOException, InterruptedException {
        Path path = Files.createDirectories(directory.path().resolve(folder));
        directory.stopWith(folder + "/" + PID, 10, "TERM", "KILL");
        ServerProcess server =
                new ServerProcess(directory, path, List.copyOf(command), Map.copyOf(environment), ready, limit);
        server.start();
        return server;
    }

    @Override
    public void startAgain() throws IOException, InterruptedException {
        start();
    }

    private void start() throws IOException, InterruptedException {
        Path log = folder.resolve("server.log");
        List<String> whole = new ArrayList<>(executable("setsid").isPresent() ? List.of("setsid") : List.of());
        whole.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(whole)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        Files.writeString(folder.resolve(PID), process.pid() + "\n");
        long end = System.nanoTime() + limit.toNanos();
        while (!isSo(ready)) {
            boolean ended = !process.isAlive();
            if (ended || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IOException(
                        (ended ? "it ended at once" : "it is not ready after " + limit) + ": " + lastOf(log));
            }
            Thread.sleep(20);
        }
    }

    /** Whether a question is answered by yes; what it throws counts as no. */
    static boolean isSo(Callable<Boolean> question) throws InterruptedException {
        try {
            return question.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return false;
        }
    }

    private static String lastOf(Path log) throws IOException {
        String said = Files.readString(log, StandardCharsets.ISO_8859_1).strip();
        return said.substring(Math.max(0, said.length() - 2000));
    }

    /** It and all that it has started. */
    @Override
    public void kill() throws IOException {
        Optional<ProcessHandle> process = ProcessHandle.of(
                Long.parseLong(Files.readString(folder.resolve(PID)).strip()));
        List<ProcessHandle> all = new ArrayList<>();
        process.ifPresent(server -> {
            server.descendants().forEach(all::add);
            all.add(server);
        });
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
    }

    /** Closes the directory, with all servers that it has. */
    @Override
    public void close() {
        directory.close();
    }

    /** The path of an executable, if there is one of this name where Linux and macOS keep them; a server's may be in a folder that is not on the path of every user. */
    public static Optional<Path> executable(String name) {
        List<String> folders = new ArrayList<>(
                List.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")));
        folders.addAll(List.of("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin", "/usr/lib/rabbitmq/bin"));
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A port of the loopback address that is free at this moment. */
    public static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Whether somebody accepts connections there. */
    public static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
