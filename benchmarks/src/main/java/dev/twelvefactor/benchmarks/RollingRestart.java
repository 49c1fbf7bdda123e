package dev.twelvefactor.benchmarks;

import dev.twelvefactor.testing.AppProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Two instances under load, of which one after the other is stopped by SIGTERM and started again. */
final class RollingRestart {
    private static final int ANSWERS_BETWEEN = 100;

    private final List<Integer> ports;
    private final List<AppProcess> instances = new ArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();
    private int statsPort;
    private long handled;

    private RollingRestart() throws IOException {
        ports = List.of(freePort(), freePort());
    }

    /** What the clients saw, and what the handlers did. */
    record Result(Load.Result load, int restarts, long handled) {}

    /** With clients that connect to the instances themselves. */
    static Result direct(int restarts) throws IOException, InterruptedException {
        RollingRestart drill = new RollingRestart();
        return drill.run(restarts, drill.ports, true);
    }

    /** With clients that know nothing but HAProxy, which looks at {@code /health/ready}. */
    static Result behindProxy(int restarts, Path directory) throws IOException, InterruptedException {
        RollingRestart drill = new RollingRestart();
        int port = freePort();
        Process proxy = drill.startProxy(port, directory);
        try {
            return drill.run(restarts, List.of(port), false);
        } finally {
            proxy.destroy();
            proxy.waitFor();
        }
    }

    private Process startProxy(int port, Path directory) throws IOException {
        statsPort = freePort();
        Path config = directory.resolve("haproxy.cfg");
        Files.writeString(config, """
                global
                  maxconn 1000
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 30s
                  timeout server 30s
                  option redispatch
                  retries 3
                frontend stats
                  bind 127.0.0.1:%d
                  stats enable
                  stats uri /
                frontend in
                  bind 127.0.0.1:%d
                  default_backend app
                backend app
                  balance roundrobin
                  option httpchk GET /health/ready
                  default-server check inter 200ms fall 1 rise 1
                  server a 127.0.0.1:%d
                  server b 127.0.0.1:%d
                """.formatted(statsPort, port, ports.get(0), ports.get(1)));
        return new ProcessBuilder("haproxy", "-db", "-f", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("haproxy.log").toFile())
                .start();
    }

    private Result run(int restarts, List<Integer> entrances, boolean overtakenAllowed)
            throws IOException, InterruptedException {
        try {
            for (int port : ports) {
                instances.add(start(port));
            }
            instances.forEach(AppProcess::awaitReady);
            awaitProxy();
            Load load = new Load(entrances, overtakenAllowed);
            for (int i = 0; i < restarts; i++) {
                awaitAnswers(load, ANSWERS_BETWEEN);
                int turn = i % instances.size();
                end(instances.get(turn));
                instances.set(turn, start(ports.get(turn)));
                instances.get(turn).awaitReady();
                awaitProxy();
            }
            awaitAnswers(load, ANSWERS_BETWEEN);
            load.close();
            instances.forEach(this::end);
            return new Result(load.result(), restarts, handled);
        } finally {
            instances.forEach(AppProcess::close);
        }
    }

    /** Until the proxy, if there is one, has seen that both are ready: a platform does not stop the next one before. */
    private void awaitProxy() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + statsPort + "/;csv"))
                .build();
        while (statsPort > 0) {
            String servers =
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            boolean bothUp = servers.lines()
                            .filter(line -> line.matches("app,[ab],.*,UP,.*"))
                            .count()
                    == ports.size();
            if (bothUp) {
                return;
            }
            Thread.sleep(20);
        }
    }

    private static void awaitAnswers(Load load, int number) throws InterruptedException {
        long goal = load.answered() + number;
        while (load.answered() < goal && load.result().failed() == 0) {
            Thread.sleep(5);
        }
    }

    private static AppProcess start(int port) {
        return AppProcess.main(Counting.class)
                .env("PORT", Integer.toString(port))
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("DRAIN_DELAY", "1s")
                // As on a larger machine: what one thread has accepted last the others have to hear of.
                .env("HTTP_IO_THREADS", "3")
                .env("LOG_LEVELS", "http.access=warn")
                .start();
    }

    private void end(AppProcess instance) {
        instance.terminate();
        int status = instance.awaitExit();
        if (status != 0) {
            throw new IllegalStateException("an instance ended with " + status + "\n" + instance);
        }
        handled += instance.events().stream()
                .map(event -> event.get("handled"))
                .filter(Number.class::isInstance)
                .mapToLong(number -> ((Number) number).longValue())
                .sum();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    static Map<String, Object> shown(Result result) {
        return Map.of(
                "restarts", result.restarts(),
                "answered", result.load().answered(),
                "overtaken", result.load().overtaken(),
                "failed", result.load().failed(),
                "slowest_quick_ms", result.load().slowestQuick().toMillis());
    }
}
