package dev.twelvefactor.testing.redis;

import dev.twelvefactor.testing.BinaryCache;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/** The redis-server that the embedded-redis artifact carries. */
final class RedisBinary {
    private static final int MOST_ATTEMPTS = 5;
    private static final Duration LONGEST_START = Duration.ofSeconds(20);

    private static final String PASSWORD = "requirepass ";

    private RedisBinary() {}

    static RedisServer start(List<String> directives) throws Exception {
        String password = directives.stream()
                .filter(line -> line.startsWith(PASSWORD))
                .map(line -> line.substring(PASSWORD.length()))
                .findFirst()
                .orElseGet(() -> ServerDirectory.randomHex(16));
        List<String> lines = new ArrayList<>(List.of(
                PASSWORD + password,
                "masterauth " + password,
                "save \"\"",
                // What it has stored is there again after a kill.
                "appendonly yes",
                "appendfsync no"));
        lines.addAll(directives);
        return start(lines, List.of(), password, port -> "redis://:" + password + "@127.0.0.1:" + port + "/0");
    }

    static RedisServer startSentinel(String name, String url) throws Exception {
        Matcher master = Pattern.compile("redis://:(.*)@(.*):(\\d+)/.*").matcher(url);
        if (!master.matches()) {
            throw new IllegalArgumentException("the master has no URL of a single server");
        }
        List<String> lines = List.of(
                "sentinel monitor " + name + " " + master.group(2) + " " + master.group(3) + " 1",
                "sentinel auth-pass " + name + " " + master.group(1));
        return start(
                lines,
                List.of("--sentinel"),
                "",
                port -> "redis-sentinel://:" + master.group(1) + "@127.0.0.1:" + port + "/0?sentinelMasterId=" + name);
    }

    private static RedisServer start(List<String> lines, List<String> options, String password, IntFunction<String> url)
            throws Exception {
        BinaryCache cache = BinaryCache.ofUser();
        Path executable = cache.locked(() -> executable(cache));
        ServerDirectory directory = ServerDirectory.create("redis");
        try (AutoCloseable starting = directory.starting()) {
            for (int attempt = 1; ; attempt++) {
                int port = ServerProcess.freePort();
                String folder = "redis" + attempt;
                Path work = Files.createDirectory(directory.path().resolve(folder));
                // In a file, since arguments can be read by every user of the machine.
                List<String> all = new ArrayList<>(
                        List.of("bind 127.0.0.1", "protected-mode yes", "port " + port, "dir \"" + work + "\""));
                all.addAll(lines);
                Path settings = Files.write(work.resolve("redis.conf"), all);
                List<String> command = new ArrayList<>(List.of(executable.toString(), settings.toString()));
                command.addAll(options);
                try {
                    return new RedisServer(
                            url.apply(port),
                            "Redis: executable out of Maven Central, port " + port,
                            ServerProcess.start(
                                    directory,
                                    folder,
                                    command,
                                    Map.of(),
                                    () -> answers(port, password),
                                    LONGEST_START));
                } catch (IOException e) {
                    if (attempt == MOST_ATTEMPTS
                            || !String.valueOf(e.getMessage()).contains("Address already in use")) {
                        throw e;
                    }
                }
            }
        } catch (Exception e) {
            directory.close();
            throw e;
        }
    }

    /** Whether it answers, and is done with reading what it had stored. */
    static boolean answers(int port, String password) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(1000);
            String login = password.isEmpty() ? "" : "AUTH " + password + "\r\n";
            socket.getOutputStream().write((login + "PING\r\n").getBytes(StandardCharsets.US_ASCII));
            String wanted = password.isEmpty() ? "+PONG" : "+OK\r\n+PONG";
            return new String(socket.getInputStream().readNBytes(wanted.length()), StandardCharsets.US_ASCII)
                    .equals(wanted);
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
}
