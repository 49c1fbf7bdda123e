package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From exec to the first answer, with the start-up cache and without, in turns: {@code -Dstartup.pairs=15} is the long form. */
@Timeout(3600)
@ExtendWith({PostgresServer.Shared.class, RedisServer.Shared.class})
class StartupIT {
    private static final int PAIRS = Integer.getInteger("startup.pairs", 1);

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void hello_answers_for_the_first_time() throws Exception {
        measure(Path.of("../hello/target/hello.jar"), Map.of());
    }

    @Test
    void guestbook_answers_for_the_first_time(PostgresServer postgres, RedisServer redis) throws Exception {
        Map<String, String> services = Map.of("DATABASE_URL", postgres.newDatabase(), "REDIS_URL", redis.url());
        Path jar = Path.of("target/guestbook.jar");
        try (AppProcess migration =
                with(services, AppProcess.jar(jar, "admin", "migrate")).start()) {
            assertThat(migration.awaitExit()).isZero();
        }
        measure(jar, services);
    }

    private void measure(Path built, Map<String, String> services) throws Exception {
        Path jar = Files.copy(built, folder.resolve(built.getFileName()));
        // With nothing attached, and nothing set: as the build of an image makes it.
        try (AppProcess making =
                with(Map.of(), AppProcess.jar(jar, "admin", "startup-cache")).start()) {
            assertThat(making.awaitExit()).as("%s", making).isZero();
        }
        List<Double> plain = new ArrayList<>();
        List<Double> cached = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            plain.add(firstAnswer(() -> with(services, AppProcess.jar(jar))));
            cached.add(firstAnswer(() -> with(services, AppProcess.program(folder.resolve("run")))));
            ratios.add(cached.get(i) / plain.get(i));
        }
        System.err.printf(
                "%s on %s, %d pairs: %.0f ms, with its cache %.0f ms; median of the ratios %.2f%n",
                jar.getFileName(), Runtime.version(), PAIRS, median(plain), median(cached), median(ratios));
    }

    private static AppProcess.Builder with(Map<String, String> services, AppProcess.Builder app) {
        app.env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("JAVA_HOME", System.getProperty("java.home"))
                .env("PATH", System.getenv("PATH"));
        services.forEach(app::env);
        return app;
    }

    private double firstAnswer(Supplier<AppProcess.Builder> app) throws IOException, InterruptedException {
        long begun = System.nanoTime();
        try (AppProcess process = app.get().start()) {
            HttpRequest request = HttpRequest.newBuilder(process.awaitReady()).build();
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            double took = (System.nanoTime() - begun) / 1e6;
            assertThat(answer.statusCode()).isEqualTo(200);
            process.terminate();
            assertThat(process.awaitExit()).isZero();
            return took;
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
