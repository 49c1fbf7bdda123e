package dev.twelvefactor.app;

import dev.twelvefactor.app.StartupCache.NotMadeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One process of the app that a JVM learns from: it gets ready, answers, and drains on SIGTERM. */
final class TrainingRun {
    private static final Duration LONGEST = Duration.ofMinutes(2);
    private static final int ROUNDS = 20;
    private static final int SHOWN = 20;
    private static final Pattern MESSAGE = Pattern.compile("\"message\":\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");
    private static final Pattern MANAGEMENT_PORT = Pattern.compile("\"management_port\":(\\d+)");

    private static final Map<String, String> VARIABLES = Map.of(
            "PORT", "0",
            "MANAGEMENT_PORT", "0",
            "BIND_ADDRESS", "127.0.0.1",
            "LOG_LEVEL", "info",
            "LOG_LEVELS", "",
            "LOG_FORMAT", "json",
            "DRAIN_DELAY", "0s",
            "ATTACH_TIMEOUT", Training.ATTACH_TIMEOUT.toSeconds() + "s");

    private final String name;
    private final Process process;
    private final Deque<String> output = new ArrayDeque<>();
    private final List<String> remarks = new ArrayList<>();
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private final Thread reader;

    TrainingRun(String name, List<String> command, Map<String, String> environment) throws IOException {
        this.name = name;
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        environment.forEach((variable, value) -> {
            if (!VARIABLES.containsKey(variable.replaceFirst("_FILE$", ""))) {
                builder.environment().put(variable, value);
            }
        });
        builder.environment().putAll(VARIABLES);
        process = builder.start();
        reader = new Thread(this::read, "training-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** What could not be trained, in sentences. */
    List<String> run() throws NotMadeException, IOException, InterruptedException {
        try {
            ask(ready.get(LONGEST.toSeconds(), TimeUnit.SECONDS));
            // Of its handle: what Process itself has closes the streams, too, which is how a child knows that its
            // parent is gone.
            process.toHandle().destroy();
            awaitEnd();
            return remarks;
        } catch (ExecutionException e) {
            throw new NotMadeException(failed("did not become ready"));
        } catch (TimeoutException e) {
            throw new NotMadeException(failed("was not ready after " + LONGEST.toSeconds() + " s"));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Of a process that does its work by itself. */
    void awaitEnd() throws NotMadeException, InterruptedException {
        try {
            if (!process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
                throw new NotMadeException(failed("did not end within " + LONGEST.toSeconds() + " s"));
            }
            reader.join(LONGEST.toMillis());
            if (process.exitValue() != 0) {
                throw new NotMadeException(failed("ended with " + process.exitValue()));
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private void ask(String event) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        Matcher port = PORT.matcher(event);
        Matcher management = MANAGEMENT_PORT.matcher(event);
        boolean serves = port.find();
        boolean managed = management.find();
        for (int round = 0; serves && round < ROUNDS; round++) {
            String main = "http://127.0.0.1:" + port.group(1);
            if (managed) {
                get(client, main + Training.TEXT);
                get(client, main + Training.JSON);
                HttpRequest post = HttpRequest.newBuilder(URI.create(main + Training.JSON))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"text\":\"a\",\"number\":1}"))
                        .build();
                client.send(post, HttpResponse.BodyHandlers.discarding());
            }
            String other = managed ? "http://127.0.0.1:" + management.group(1) : main;
            get(client, other + "/health/live");
            get(client, other + "/health/ready");
            get(client, other + "/metrics");
        }
    }

    private static void get(HttpClient client, String address) throws IOException, InterruptedException {
        client.send(HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.discarding());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
            }
        } catch (IOException e) {
            keep("its output broke off: " + e);
        } finally {
            ready.completeExceptionally(new IOException("it has ended"));
        }
    }

    private synchronized void keep(String line) {
        output.addLast(line);
        if (output.size() > SHOWN) {
            output.removeFirst();
        }
        Matcher message = MESSAGE.matcher(line);
        if (message.find() && message.group(1).equals("ready")) {
            ready.complete(line);
        } else if (line.contains(Training.REMARK)) {
            remarks.add(message.group(1).replace("\\\"", "\""));
        }
    }

    private synchronized String failed(String how) {
        return "No start-up cache was made. " + name + " " + how + ":\n" + String.join("\n", output);
    }
}
