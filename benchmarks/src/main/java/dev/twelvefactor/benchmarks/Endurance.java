package dev.twelvefactor.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Very many requests to one instance in a small heap: whether its memory stays flat, and whether each has its event. */
final class Endurance {
    private static final int ROUNDS = 6;
    private static final int CLIENTS = 8;
    private static final String READY = "\"message\":\"ready\"";
    private static final String REQUEST = "\"route\":\"/\"";

    private Endurance() {}

    /**
     * What it came to.
     *
     * @param residentKibibytes of the process, after each round
     * @param directBytes of the JVM's direct memory, after each round
     * @param events how many of the requests have one
     */
    record Result(
            long requests,
            long events,
            List<Long> residentKibibytes,
            List<Long> directBytes,
            int status,
            double perSecond) {}

    static Result run(long requests, Path directory) throws IOException, InterruptedException {
        Path stdout = directory.resolve("events");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Counting.class.getName())
                .redirectOutput(stdout.toFile())
                .redirectError(directory.resolve("stderr").toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
        Process app = builder.start();
        try {
            int port = awaitPort(app, stdout);
            List<Long> resident = new ArrayList<>();
            List<Long> direct = new ArrayList<>();
            long start = System.nanoTime();
            for (int round = 0; round < ROUNDS; round++) {
                load(port, requests / ROUNDS / CLIENTS);
                resident.add(ResidentMemory.kibibytes(app.pid()));
                try (RawConnection connection = new RawConnection(port, 30_000)) {
                    direct.add(Long.parseLong(connection
                            .exchange("GET /memory HTTP/1.1\r\nHost: h\r\n\r\n")
                            .body()));
                }
            }
            double perSecond = requests * 1e9 / (System.nanoTime() - start);
            app.toHandle().destroy();
            int status = app.waitFor();
            try (Stream<String> events = Files.lines(stdout)) {
                return new Result(
                        requests / ROUNDS / CLIENTS * ROUNDS * CLIENTS,
                        events.filter(line -> line.contains(REQUEST)).count(),
                        resident,
                        direct,
                        status,
                        perSecond);
            }
        } finally {
            app.destroyForcibly();
        }
    }

    private static int awaitPort(Process app, Path stdout) throws IOException, InterruptedException {
        while (true) {
            String said = Files.readString(stdout);
            int ready = said.indexOf(READY);
            if (ready >= 0 && said.endsWith("\n")) {
                return Integer.parseInt(said.replaceFirst("(?s).*\"port\":(\\d+).*", "$1"));
            }
            if (!app.isAlive()) {
                throw new IOException("the app has ended: " + said);
            }
            Thread.sleep(20);
        }
    }

    private static void load(int port, long each) throws IOException, InterruptedException {
        AtomicReference<Exception> failed = new AtomicReference<>();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> {
                try (RawConnection connection = new RawConnection(port, 30_000)) {
                    for (long n = 0; n < each; n++) {
                        RawConnection.Answer answer = connection.exchange("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                        if (answer.status() != 200) {
                            throw new IOException(answer.toString());
                        }
                    }
                } catch (IOException e) {
                    failed.set(e);
                }
            });
            client.start();
            clients.add(client);
        }
        for (Thread client : clients) {
            client.join();
        }
        Exception failure = failed.get();
        if (failure != null) {
            throw new IOException("a request failed", failure);
        }
    }
}
