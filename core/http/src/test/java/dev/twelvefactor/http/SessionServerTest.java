package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions in a running server. */
@Timeout(60)
class SessionServerTest {
    private final Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
    private final HttpClient client = HttpClient.newHttpClient();
    private final MemoryStore store = new MemoryStore();
    private final Routes routes = new Routes();
    private String cookie = "";

    @BeforeEach
    void declare() {
        routes.sessions(store, Duration.ofMinutes(30));
        routes.get("/begin", request -> {
            request.session().put("cart", "1");
            return Response.noContent();
        });
    }

    @AfterEach
    void drain() {
        assertThat(lifecycle.drain().complete()).isTrue();
    }

    private RunningServer start(String... environment) {
        return new RunningServer(
                routes,
                environment.length == 0
                        ? Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1")
                        : Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", environment[0], environment[1]),
                lifecycle);
    }

    private HttpResponse<String> get(RunningServer server, String path) throws Exception {
        HttpResponse<String> response = client.send(
                server.request(path).header("Cookie", cookie).build(), HttpResponse.BodyHandlers.ofString());
        response.headers().firstValue("Set-Cookie").ifPresent(line -> cookie = line.substring(0, line.indexOf(';')));
        return response;
    }

    @Test
    void leaves_the_session_of_a_client_as_it_was_whose_request_took_too_long() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        routes.get("/login", request -> {
            Session session = request.session();
            awaitUninterruptibly(answered);
            session.renew();
            session.put("user", "Ana");
            return Response.text(session.csrfToken());
        });
        RunningServer server = start("HTTP_REQUEST_TIMEOUT", "500ms");
        while (get(server, "/begin").statusCode() != 204) {
            // The first request loads classes, which may take longer than this timeout.
        }
        Map<String, String> before = Map.copyOf(store.values);
        assertThat(get(server, "/login").statusCode()).isEqualTo(503);
        answered.countDown();
        assertThat(lifecycle.drain().complete()).isTrue();
        assertThat(store.values).isEqualTo(before);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // By the request's timeout: this handler goes on.
            }
        }
    }

    @Test
    void reports_a_token_that_is_asked_for_first_in_the_writer_of_a_stream() throws Exception {
        routes.get("/late", request -> {
            Session session = request.session();
            return Response.stream(
                    "text/html", out -> out.write(session.csrfToken().getBytes(StandardCharsets.UTF_8)));
        });
        routes.get("/intime", request -> {
            String token = request.session().csrfToken();
            return Response.stream("text/html", out -> out.write(token.getBytes(StandardCharsets.UTF_8)));
        });
        routes.post("/form", request -> Response.text("took"));
        RunningServer server = start();
        HttpResponse<String> late = get(server, "/late");
        assertThat(late.statusCode()).isEqualTo(500);
        assertThat(late.headers().firstValue("Set-Cookie")).isEmpty();
        String token = get(server, "/intime").body();
        assertThat(token).isEqualTo(CsrfToken.of(cookie.substring("session=".length(), cookie.indexOf('.'))));
        assertThat(store.values).hasSize(1);
        assertThat(get(server, "/late").statusCode()).isEqualTo(500);
    }

    @Test
    void gives_the_session_to_what_answers_for_a_stream_that_fails_before_its_first_byte() throws Exception {
        routes.onError(IllegalArgumentException.class, (request, e) -> {
            request.session().put("notice", e.getMessage());
            return Response.text("cart " + request.session().get("cart").orElse("is empty"))
                    .withStatus(400);
        });
        routes.get(
                "/export",
                request -> Response.stream("text/csv", out -> {
                    throw new IllegalArgumentException("there is nothing to export");
                }));
        routes.get(
                "/notice",
                request -> Response.text(request.session().get("notice").orElse("")));
        RunningServer server = start();
        assertThat(get(server, "/begin").statusCode()).isEqualTo(204);
        HttpResponse<String> failed = get(server, "/export");
        assertThat(failed.statusCode()).isEqualTo(400);
        assertThat(failed.body()).isEqualTo("cart 1");
        assertThat(get(server, "/notice").body()).isEqualTo("there is nothing to export");
    }
}
