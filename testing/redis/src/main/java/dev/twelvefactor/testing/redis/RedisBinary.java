package dev.twelvefactor.testing.redis;

import dev.twelvefactor.testing.BinaryCache;
import dev.twelvefactor.testing.ServerDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/**
 * The redis-server that the embedded-redis artifact carries, as a daemon: in a session of its own, so that Ctrl-C in the terminal does not reach it
 * before the app has drained.
 */
final class RedisBinary {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final int MOST_ATTEMPTS = 5;
    private static final long START_SECONDS = 20;

    private RedisBinary() {}

    static RedisServer start() throws Exception {
        BinaryCache cache = BinaryCache.ofUser();
        Path executable = cache.locked(() -> executable(cache));
        ServerDirectory directory = ServerDirectory.create("redis");
        try (AutoCloseable starting = directory.starting()) {
            for (int attempt = 1; ; attempt++) {
                String folder = "redis" + attempt;
                Path work = Files.createDirectory(directory.path().resolve(folder));
                directory.stopWith(folder + "/redis.pid", 5, "TERM", "KILL");
                int port = freePort();
                String password = ServerDirectory.randomHex(16);
                if (attempt(executable, work, port, password)) {
                    return new RedisServer(
                            "redis://:" + password + "@127.0.0.1:" + port + "/0",
                            "Redis: executable out of Maven Central, port " + port,
                            directory::close);
                }
                String log = log(work);
                if (attempt == MOST_ATTEMPTS || !log.contains("Address already in use")) {
                    throw new IOException("it ended at once: " + log.strip());
                }
            }
        } catch (Exception e) {
            directory.close();
            throw e;
        }
    }

    private static boolean attempt(Path executable, Path work, int port, String password) throws Exception {
        Path settings = work.resolve("redis.conf");
        Path pid = work.resolve("redis.pid");
        // In a file, since arguments can be read by every user of the machine.
        Files.writeString(
                settings,
                String.join(
                        "\n",
                        "bind 127.0.0.1",
                        "protected-mode yes",
                        "port " + port,
                        "requirepass " + password,
                        "daemonize yes",
                        "save \"\"",
                        "appendonly no",
                        "dir \"" + work + "\"",
                        "pidfile \"" + pid + "\"",
                        "logfile \"" + work.resolve("redis.log") + "\"",
                        ""));
        Process launcher = new ProcessBuilder(executable.toString(), settings.toString())
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(work.resolve("launch.log").toFile())
                .start();
        if (!launcher.waitFor(START_SECONDS, TimeUnit.SECONDS) || launcher.exitValue() != 0) {
            launcher.destroyForcibly();
            throw new IOException(Files.readString(work.resolve("launch.log")).strip());
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < end) {
            if (Files.exists(pid) && answers(port, password)) {
                Files.delete(settings);
                return true;
            }
            if (!Files.exists(pid) && log(work).contains("Failed listening")) {
                return false;
            }
            Thread.sleep(20);
        }
        return false;
    }

    private static String log(Path work) throws IOException {
        Path log = work.resolve("redis.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private static boolean answers(int port, String password) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(LOOPBACK, port), 1000);
            socket.setSoTimeout(1000);
            socket.getOutputStream().write(("AUTH " + password + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(3), StandardCharsets.US_ASCII).equals("+OK");
        } catch (IOException e) {
            return false;
        }
    }

    /** The executable for this machine. The one for 64 bit wants OpenSSL 3 from the system; the one for 32 bit wants nothing. */
    private static Path executable(BinaryCache cache) throws IOException, InterruptedException {
        Map<OsArchitecture, String> bundled = ExecutableProvider.newProvidedVersionsMap();
        OsArchitecture here = OsArchitecture.detectOSandArchitecture();
        List<String> candidates = new ArrayList<>();
        if (bundled.get(here) != null) {
            candidates.add(bundled.get(here));
        }
        if (here.equals(OsArchitecture.UNIX_x86_64) && bundled.get(OsArchitecture.UNIX_x86) != null) {
            candidates.add(bundled.get(OsArchitecture.UNIX_x86));
        }
        String problem = "Maven Central has no redis-server for this machine";
        for (String resource : candidates) {
            Path file = unpacked(cache, resource);
            Process trial = new ProcessBuilder(file.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (trial.waitFor() == 0) {
                return file;
            }
            problem = said.strip();
        }
        throw new IOException(problem);
    }

    private static Path unpacked(BinaryCache cache, String resource) throws IOException {
        Path file = cache.path().resolve(resource.substring(1));
        if (Files.isExecutable(file)) {
            return file;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (InputStream in = ExecutableProvider.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException(resource + " is missing from the class path");
            }
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!part.toFile().setExecutable(true, true)) {
            throw new IOException(part + " cannot be made executable");
        }
        return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, LOOPBACK)) {
            return free.getLocalPort();
        }
    }
}
