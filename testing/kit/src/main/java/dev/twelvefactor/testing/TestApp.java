package dev.twelvefactor.testing;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.Ready;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An app's web process inside the test, on a free port. Several may run at once. The log is the JVM's, so each has the events of all that runs meanwhile; once
 * they are closed, the log is as it was.
 *
 * <pre>{@code
 * try (TestApp app = TestApp.start(Guestbook.app(), Map.of("DATABASE_URL", server.url()))) {
 *   assertThat(app.get("/entries").statusCode()).isEqualTo(200);
 * }
 * }</pre>
 */
public final class TestApp implements AutoCloseable {
    private static final Duration MAX_WAIT = Duration.ofSeconds(60);

    private final Sink out = new Sink();
    private final Sink err = new Sink();
    private final CompletableFuture<Integer> status = new CompletableFuture<>();
    private final CompletableFuture<Ready> ready = new CompletableFuture<>();
    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final Thread thread;
    private final URI address;
    private final Optional<URI> managementAddress;

    private TestApp(App<?> app, Map<String, String> environment) {
        Map<String, String> variables = new LinkedHashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
        variables.putAll(environment);
        thread = new Thread(
                () -> {
                    try {
                        status.complete(TwelveFactorApp.execute(
                                app, List.of("web"), variables, out.print(), err.print(), ready::complete));
                    } catch (Throwable e) {
                        status.completeExceptionally(e);
                    }
                },
                "test-app");
        thread.setDaemon(true);
        thread.start();
        Ready process = awaitReady();
        address = URI.create("http://127.0.0.1:" + process.port().orElseThrow());
        managementAddress = process.managementPort().map(port -> URI.create("http://127.0.0.1:" + port));
    }

    /** Starts it and waits until it is ready. */
    public static TestApp start(App<?> app, Map<String, String> environment) {
        return new TestApp(app, environment);
    }

    private Ready awaitReady() {
        try {
            var unused = CompletableFuture.anyOf(ready, status).get(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            thread.interrupt();
            throw new AssertionError("the app is not ready\n" + out + err, e);
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted before the app was ready", e);
        }
        if (!ready.isDone()) {
            throw new AssertionError("the app is not ready\n" + out + err);
        }
        return ready.join();
    }

    /** Where it answers. */
    public URI address() {
        return address;
    }

    /** Where metrics, levels and health checks are; empty unless the environment has a {@code MANAGEMENT_PORT}, such as 0. */
    public Optional<URI> managementAddress() {
        return managementAddress;
    }

    /** The response to a GET. */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(address.resolve(path)).build());
    }

    /** The answer to any request; its address is made with {@link #address()}. */
    public HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /**
     * Every line of the log so far, from the start of this app to its end, in the format of its {@code LOG_FORMAT}. While other apps run in the JVM, their events
     * are among them.
     */
    public List<String> events() {
        return out.toString().lines().toList();
    }

    /** Asks for the drain, as SIGINT would, and gives the status once it is over. */
    public int stop() {
        thread.interrupt();
        return status.orTimeout(MAX_WAIT.toSeconds(), TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        if (!status.isDone()) {
            int unused = stop();
        }
    }

    /** Output that can be read while it is written. */
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
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);

        PrintStream print() {
            return print;
        }

        @Override
        public String toString() {
            synchronized (bytes) {
                return bytes.toString(StandardCharsets.UTF_8);
            }
        }
    }
}
