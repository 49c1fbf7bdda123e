package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The page that shows new entries as they come. */
@Timeout(120)
@ExtendWith({PostgresServer.Shared.class, RedisServer.Shared.class})
class LiveIT {
    private static final Path JAR = Path.of("target", "guestbook.jar").toAbsolutePath();

    private final HttpClient client = HttpClient.newHttpClient();

    /** What a page gets, in the order in which it comes. */
    private static final class Page implements WebSocket.Listener {
        private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            got.add(data.toString());
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            got.add("closed with " + status);
            return WebSocket.Listener.super.onClose(socket, status, reason);
        }

        String next() throws InterruptedException {
            String next = got.poll(30, TimeUnit.SECONDS);
            return next == null ? "nothing came" : next;
        }
    }

    private void add(URI address, String message) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/api/entries"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"author\":\"Ann\",\"message\":\"" + message + "\"}"))
                .build();
        assertThat(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(201);
    }

    @Test
    void shows_what_any_process_adds_until_its_own_is_stopped(PostgresServer postgres, RedisServer redis)
            throws Exception {
        String databaseUrl = postgres.newDatabase();
        AppProcess.Builder guestbook = AppProcess.jar(JAR)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("DATABASE_URL", databaseUrl)
                .env("REDIS_URL", redis.url());
        try (AppProcess migrate = AppProcess.jar(JAR, "admin", "migrate")
                .env("DATABASE_URL", databaseUrl)
                .env("REDIS_URL", redis.url())
                .start()) {
            assertThat(migrate.awaitExit()).isZero();
        }
        try (AppProcess first = guestbook.start();
                AppProcess second = guestbook.start()) {
            URI one = first.awaitReady();
            URI two = second.awaitReady();
            add(one, "before");
            Page page = new Page();
            WebSocket socket = client.newWebSocketBuilder()
                    .header("Origin", "http://127.0.0.1:" + two.getPort())
                    .buildAsync(URI.create("ws://127.0.0.1:" + two.getPort() + "/live?after=0"), page)
                    .get();
            assertThat(page.next()).contains("<li id=\"entry-1\">", "before");
            add(one, "<b>after</b>");
            assertThat(page.next()).contains("<li id=\"entry-2\">", "&lt;b&gt;after&lt;/b&gt;");
            second.terminate();
            assertThat(page.next()).isEqualTo("closed with 1001");
            assertThat(second.awaitExit()).isZero();
            assertThat(socket.isInputClosed()).isTrue();
        }
    }
}
