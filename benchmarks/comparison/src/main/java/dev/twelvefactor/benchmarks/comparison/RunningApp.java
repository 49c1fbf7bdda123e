package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A contender's process. Its output is a pipe that is read and dropped. */
final class RunningApp implements AutoCloseable {
    /** What clients ask for. A name, as they do: Undertow checks an address by regular expressions. */
    static final String HOST = "www.example.org";

    private static final long PATIENCE_SECONDS = 60;

    private final Contender contender;
    private final Process process;
    private final int port;
    private final long started;
    private final byte[] said = new byte[8 * 1024];

    /** How an app ended after SIGTERM. */
    record End(double millis, int status) {}

    private RunningApp(Contender contender, Process process, int port, long started) {
        this.contender = contender;
        this.process = process;
        this.port = port;
        this.started = started;
    }

    static RunningApp start(Jdk jdk, Contender contender, List<String> flags, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(jdk.java().toString()));
        command.addAll(flags);
        command.addAll(List.of("-jar", contender.jar().toString()));
        return start(jdk, contender, command, environment, freePort());
    }

    /** As its start-up cache is used: by flags of the JVM, or by a launcher of its own. */
    static RunningApp startCached(Jdk jdk, Contender contender) throws IOException {
        return contender.launcher().isPresent()
                ? start(jdk, contender, List.of(contender.launcher().get().toString()), Map.of(), freePort())
                : start(jdk, contender, contender.cacheFlags(jdk), Map.of());
    }

    private static RunningApp start(
            Jdk jdk, Contender contender, List<String> command, Map<String, String> environment, int port)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(contender.folder().toFile())
                .redirectErrorStream(true);
        setEnvironment(builder.environment(), jdk, port);
        builder.environment().putAll(environment);
        long started = System.nanoTime();
        RunningApp app = new RunningApp(contender, builder.start(), port, started);
        Thread reader = new Thread(app::drop, "output of " + contender.name());
        reader.setDaemon(true);
        reader.start();
        return app;
    }

    /** The same for all, and nothing of whoever runs the comparison. */
    static void setEnvironment(Map<String, String> environment, Jdk jdk, int port) {
        String path = environment.getOrDefault("PATH", "/usr/bin:/bin");
        environment.clear();
        environment.putAll(Map.of(
                "PATH", path, "JAVA_HOME", jdk.home().toString(), "LANG", "C.UTF-8", "PORT", Integer.toString(port)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void drop() {
        try (InputStream output = process.getInputStream()) {
            while (output.read(said) >= 0) {
                // The last that was read is what a failure shows.
            }
        } catch (IOException e) {
            // It ended.
        }
    }

    /** Waits for a 200; the milliseconds since exec. */
    double awaitAnswer(String path) throws IOException {
        byte[] request = request("GET", path, "", "");
        while (true) {
            if (answers(request)) {
                return (System.nanoTime() - started) / 1e6;
            }
            if (!process.isAlive() || System.nanoTime() - started > TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
                throw new IOException(contender.name() + " does not answer GET " + path
                        + (process.isAlive() ? "" : ", it ended with " + process.exitValue()) + ": "
                        + new String(said, StandardCharsets.UTF_8).replace("\0", ""));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private boolean answers(byte[] request) {
        try (SocketChannel channel = SocketChannel.open(address())) {
            channel.write(ByteBuffer.wrap(request));
            AnswerBuffer answer = new AnswerBuffer();
            while (!answer.isComplete()) {
                answer.readFrom(channel);
            }
            return answer.status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** A request as it goes over the wire, with more header lines that end with CRLF, or none. */
    static byte[] request(String method, String path, String headers, String body) {
        String content = body.isEmpty()
                ? ""
                : "Content-Type: application/json\r\nContent-Length: " + body.getBytes(StandardCharsets.UTF_8).length
                        + "\r\n";
        return (method + " " + path + " HTTP/1.1\r\nHost: " + HOST + "\r\n" + headers + content + "\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    long pid() {
        return process.pid();
    }

    double cpuSeconds() throws IOException {
        return ProcessStat.cpuSeconds(pid());
    }

    double residentBytes() throws IOException {
        return ProcessStat.residentBytes(pid());
    }

    /** SIGTERM, and the wait for what follows. */
    End terminate() throws IOException, InterruptedException {
        long asked = System.nanoTime();
        process.destroy();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException(contender.name() + " runs on after SIGTERM");
        }
        return new End((System.nanoTime() - asked) / 1e6, process.exitValue());
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
