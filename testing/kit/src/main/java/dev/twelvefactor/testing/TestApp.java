package dev.twelvefactor.testing;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An app's web process inside the test, on a free port. The log is the JVM's, so one at a time is what its events can be told of.
 */
public final class TestApp implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("\"port\":(\\d+)");
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

    private final Sink out = new Sink();
    private final Sink err = new Sink();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final Thread thread;
    private final URI address;

    private TestApp(App<?> app, Map<String, String> environment) {
        Map<String, String> variables = new LinkedHashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
        variables.putAll(environment);
        thread = new Thread(
                () -> {
                    try {
                        status.complete(
                                TwelveFactorApp.execute(app, List.of("web"), variables, out.print(), err.print()));
                    } catch (Throwable e) {
                        status.completeExceptionally(e);
                    }
                },
                "test-app");
        thread.setDaemon(true);
        thread.start();
        address = URI.create("http://127.0.0.1:" + awaitPort());
    }

    /** Starts it and waits until it is ready. */
    public static TestApp start(App<?> app, Map<String, String> environment) {
        return new TestApp(app, environment);
    }

    private String awaitPort() {
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (System.nanoTime() < end && !status.isDone()) {
            for (String line : events()) {
                Matcher port = PORT.matcher(line);
                if (line.contains("\"message\":\"ready\"") && port.find()) {
                    return port.group(1);
                }
            }
            out.await(Duration.ofMillis(50));
        }
        thread.interrupt();
        throw new AssertionError("the app is not ready\n" + out + err);
    }

    /** Where it answers. */
    public URI address() {
        return address;
    }

    /** The body of a GET. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path)).build());
    }

    /** The answer to any request; its address is made with {@link #address()}. */
    public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Every line of its log so far. */
    public List<String> events() {
        return out.toString().lines().toList();
    }

    /** Asks for the drain, as SIGINT would, and gives the status once it is over. */
    public int stop() {
        thread.interrupt();
        return status.orTimeout(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (!status.isDone()) {
            int unused = stop();
        }
    }

    /** Output that can be read and waited for while it is written. */
    private static final class Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final PrintStream print = new PrintStream(
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] b, int offset, int length) {
                        synchronized (bytes) {
                            bytes.write(b, offset, length);
                            bytes.notifyAll();
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);

        PrintStream print() {
            return print;
        }

        void await(Duration time) {
            synchronized (bytes) {
                try {
                    bytes.wait(time.toMillis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public String toString() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
