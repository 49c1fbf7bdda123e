package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The database is killed under load and comes back. */
@Timeout(180)
@ExtendWith(RedisServer.Shared.class)
class OutageIT {
    private static final Path JAR = Path.of("target", "guestbook.jar").toAbsolutePath();
    private static final int CLIENTS = 12;
    /** Whoever waits longer hangs. */
    private static final Duration HANG = Duration.ofSeconds(20);

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, AtomicInteger> answers = new ConcurrentHashMap<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> written = new ConcurrentLinkedQueue<>();
    private final AtomicLong slowestMillis = new AtomicLong();
    private volatile boolean ended;

    @Test
    void answers_503_while_the_database_is_dead_and_recovers_with_it(RedisServer redis) throws Exception {
        try (PostgresServer postgres = PostgresServer.start();
                AppProcess migration =
                        guestbook(postgres, redis, "admin", "migrate").start();
                AppProcess app = guestbook(postgres, redis).start()) {
            assertThat(migration.awaitExit()).isZero();
            URI address = app.awaitReady();
            List<Thread> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                boolean writes = i % 3 == 0;
                Thread thread = new Thread(() -> load(address, writes), "client-" + i);
                thread.start();
                clients.add(thread);
            }
            await(200, 100);
            for (int round = 0; round < 2; round++) {
                postgres.kill();
                await(503, 20);
                awaitEvents(app, "database is down", round + 1);
                assertThat(get(address.resolve("/health/live")).statusCode()).isEqualTo(200);
                assertThat(get(address.resolve("/health/ready")).body())
                        .contains("\"name\":\"database\",\"status\":\"down\"");
                Thread.sleep(1000);
                postgres.startAgain();
                await(200, 100);
                await(201, 10);
                awaitEvents(app, "database is up again", round + 1);
            }
            ended = true;
            for (Thread thread : clients) {
                thread.join();
            }
            System.err.println("answers " + answers + ", slowest after " + slowestMillis + " ms");
            assertThat(failures).isEmpty();
            assertThat(answers.keySet()).containsExactlyInAnyOrder(200, 201, 503);
            List<String> lost = new ArrayList<>();
            for (String location : written) {
                if (get(address.resolve("/api/entries/" + location)).statusCode() != 200) {
                    lost.add(location);
                }
            }
            assertThat(lost).isEmpty();
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            Map<Object, Long> said = app.events().stream()
                    .map(event -> event.get("message").toString().replaceFirst(": .*", ""))
                    .collect(Collectors.groupingBy(message -> message, Collectors.counting()));
            assertThat(said).containsEntry("database is down", 2L).containsEntry("database is up again", 2L);
            assertThat(app.events()).noneMatch(event -> event.containsKey("stack_trace"));
        }
    }

    private static AppProcess.Builder guestbook(PostgresServer postgres, RedisServer redis, String... arguments) {
        return AppProcess.jar(JAR, arguments)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("DATABASE_URL", postgres.url())
                .env("REDIS_URL", redis.url());
    }

    private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address).timeout(HANG).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void awaitEvents(AppProcess app, String message, long number) throws InterruptedException {
        while (app.stdout().stream()
                        .filter(line -> line.contains("\"message\":\"" + message))
                        .count()
                < number) {
            Thread.sleep(20);
        }
    }

    /** Until so many more answers of a status have come. */
    private void await(int status, int more) throws InterruptedException {
        AtomicInteger counter = answers.computeIfAbsent(status, unused -> new AtomicInteger());
        int goal = counter.get() + more;
        while (counter.get() < goal && failures.isEmpty()) {
            Thread.sleep(10);
        }
    }

    private void load(URI address, boolean writes) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.resolve("/api/entries")).timeout(HANG);
        if (writes) {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString("{\"author\":\"load\",\"message\":\"x\"}"));
        }
        while (!ended && failures.isEmpty()) {
            long start = System.nanoTime();
            try {
                HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
                answers.computeIfAbsent(response.statusCode(), unused -> new AtomicInteger())
                        .incrementAndGet();
                if (response.statusCode() == 201) {
                    written.add(response.body().replaceFirst("(?s).*\"id\":(\\d+).*", "$1"));
                }
                slowestMillis.accumulateAndGet((System.nanoTime() - start) / 1_000_000, Math::max);
                Thread.sleep(5);
            } catch (IOException e) {
                failures.add(e + " after " + (System.nanoTime() - start) / 1_000_000 + " ms");
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
