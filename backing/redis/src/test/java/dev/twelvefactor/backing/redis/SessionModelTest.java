package dev.twelvefactor.backing.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.redis.SessionModel.Kind;
import dev.twelvefactor.backing.redis.SessionModel.Outcome;
import dev.twelvefactor.backing.redis.SessionModel.Step;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.HttpServer;
import dev.twelvefactor.http.HttpSettings;
import dev.twelvefactor.http.Operations;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import dev.twelvefactor.http.Session;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.redis.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients that read, write, log in and log out, several requests of one at once, in a running server with a Redis that fails now and then. What is there after
 * each round has to be what {@link SessionModel} allows. {@code -Dsessions.steps=100000} is the long form, and {@code -Dsessions.seed=…} plans the same steps
 * again; how they overlap is the machine's.
 */
@ExtendWith(RedisServer.Shared.class)
class SessionModelTest {
    private static final int STEPS = Integer.getInteger("sessions.steps", 600);
    private static final int CLIENTS = 4;
    private static final List<String> NAMES = List.of("a", "b", "user", "born");
    private static final Pattern COOKIE = Pattern.compile("session=([^.;]*)[^;]*; .*");

    /** What is left of the 30 seconds of an old id must be enough for the check. */
    private static final Duration MAX_ROUND = Duration.ofSeconds(20);

    private static final Duration GRACE_IS_OVER = Duration.ofSeconds(40);

    private final long seed = Long.getLong("sessions.seed", System.nanoTime());
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, CountDownLatch> held = new ConcurrentHashMap<>();

    @Test
    @Timeout(value = 60, unit = TimeUnit.MINUTES)
    void keeps_what_it_promises_of_sessions(RedisServer redis) throws Exception {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
        try {
            Attachments attachments = new Attachments(lifecycle, Duration.ofMinutes(2));
            var commands = attachments
                    .attach("redis", Redis.commands(ServiceUrl.parse(redis.url())))
                    .get();
            FailingStore store = new FailingStore(Redis.keyedStore(commands, "model:"));
            HttpSettings settings = EnvConfig.bind(
                    HttpSettings.class,
                    Environment.of(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1", "HTTP_REQUEST_TIMEOUT", "2s")));
            HttpServer server = HttpServer.start(
                    settings, routes(store), Operations.of(new Attachments(lifecycle, MAX_ROUND), lifecycle));
            assertThat(lifecycle.ready()).isTrue();
            URI address = URI.create("http://127.0.0.1:" + server.port() + "/");
            List<Callable<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(new Client(address, new Random(seed + i), STEPS / CLIENTS));
            }
            for (Future<Void> client : threads.invokeAll(clients)) {
                client.get();
            }
        } catch (Exception e) {
            throw new AssertionError("with -Dsessions.seed=" + seed, e);
        } finally {
            held.values().forEach(CountDownLatch::countDown);
            threads.shutdownNow();
            assertThat(lifecycle.drain().complete()).isTrue();
        }
    }

    private Routes routes(FailingStore store) {
        Routes routes = new Routes().sessions(store, Duration.ofMinutes(30));
        routes.onError(FailingStore.AwayException.class, (request, e) -> Response.problem(500, "away"));
        routes.get("/read", request -> {
            store.failThisThread(-1, false);
            return Response.json(values(request.session()));
        });
        routes.get("/token", request -> {
            store.failThisThread(-1, false);
            return Response.text(request.session().csrfToken());
        });
        routes.post("/form", request -> Response.text("took"));
        routes.get("/step", request -> {
            store.failThisThread(
                    number(request, "healthy"), request.query("late").isPresent());
            Session session = request.session();
            LockSupport.parkNanos(1000L * number(request, "pause"));
            request.query("hold").map(held::get).ifPresent(SessionModelTest::awaitUninterruptibly);
            change(session, request);
            return Response.text("done");
        });
        return routes;
    }

    private static void change(Session session, Request request) {
        String name = request.query("name").orElse("");
        String value = request.query("value").orElse("");
        switch (Kind.valueOf(request.query("kind").orElseThrow())) {
            case READ -> session.get(name);
            case PUT -> session.put(name, value);
            case REMOVE -> session.remove(name);
            case LOGIN -> {
                session.renew();
                session.put("user", value);
            }
            case LOGOUT -> session.end();
        }
    }

    private static Map<String, String> values(Session session) {
        Map<String, String> values = new TreeMap<>();
        NAMES.forEach(name -> session.get(name).ifPresent(value -> values.put(name, value)));
        return values;
    }

    private static int number(Request request, String name) {
        return request.query(name).map(Integer::valueOf).orElse(-1);
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

    /** An id that is worth nothing from a moment on. */
    private record Dead(String id, long since) {}

    /** Sends a few requests at once, waits for all responses, and looks at what is there then. */
    private final class Client implements Callable<Void> {
        private final URI address;
        private final Random random;
        private final int steps;
        private final List<Dead> dead = new ArrayList<>();
        private final List<String> retired = new ArrayList<>();
        private int values;
        private int done;
        private String id = "";
        private Map<String, String> stored = Map.of();

        Client(URI address, Random random, int steps) {
            this.address = address;
            this.random = random;
            this.steps = steps;
        }

        @Override
        public Void call() throws Exception {
            while (done < steps) {
                if (id.isEmpty()) {
                    begin();
                } else {
                    round();
                }
                checkDead();
            }
            return null;
        }

        /** With a cookie that is worth nothing, or without one. */
        private void begin() throws Exception {
            String old = anyDead().orElse("x".repeat(43));
            Outcome born = send(old, new Step(Kind.PUT, "born", value()), "");
            if (born.isOk()) {
                id = born.newId().orElseThrow();
                assertThat(id).isNotEqualTo(old);
                stored = Map.of("born", born.step().value());
            }
        }

        private void round() throws Exception {
            long start = System.nanoTime();
            if (random.nextInt(200) == 0) {
                takeTooLong();
            }
            List<Callable<Outcome>> requests = new ArrayList<>();
            int most = 1 + random.nextInt(4);
            for (int i = 0; i < most; i++) {
                Step step = step();
                String how = how();
                long delay = random.nextInt(3) * 1_000_000L;
                requests.add(() -> {
                    LockSupport.parkNanos(delay);
                    return send(id, step, how);
                });
            }
            List<Outcome> outcomes = new ArrayList<>();
            for (Future<Outcome> outcome : threads.invokeAll(requests)) {
                outcomes.add(outcome.get());
            }
            if (outcomes.stream().anyMatch(outcome -> outcome.status() == 503)
                    || System.nanoTime() - start > MAX_ROUND.toNanos()) {
                // The machine is too slow for this round: what still runs cannot be known.
                leave(GRACE_IS_OVER);
                return;
            }
            try {
                check(new SessionModel(id, stored, outcomes, this::read), outcomes);
            } catch (AssertionError e) {
                throw new AssertionError("before: " + stored + ", at once: " + outcomes, e);
            }
        }

        private void check(SessionModel model, List<Outcome> outcomes) throws Exception {
            if (model.mayHave(Kind.LOGOUT)) {
                if (outcomes.stream().noneMatch(outcome -> outcome.step().kind() == Kind.LOGOUT && outcome.isOk())) {
                    assertThat(sendPatiently(new Step(Kind.LOGOUT, "", "")).isOk())
                            .isTrue();
                }
                model.checkEnded();
                retired.add(id);
                leave(Duration.ZERO);
                return;
            }
            model.checkAlive();
            if (model.mayHave(Kind.LOGIN)) {
                logInAgain(outcomes);
            }
            stored = read(id);
            if (random.nextInt(10) == 0) {
                checkForms();
            }
        }

        /** With the new id, or with the old one if the new one has not come. */
        private void logInAgain(List<Outcome> outcomes) throws Exception {
            retired.add(id);
            List<String> renewed = outcomes.stream()
                    .flatMap(outcome -> outcome.newId().stream())
                    .toList();
            if (!renewed.isEmpty()) {
                id = renewed.get(random.nextInt(renewed.size()));
                return;
            }
            Map<String, String> before = read(id);
            Outcome login = sendPatiently(new Step(Kind.LOGIN, "", value()));
            assertThat(login.isOk()).as("%s", login).isTrue();
            id = login.newId().orElseThrow();
            Map<String, String> expected = new TreeMap<>(before);
            expected.put("user", login.step().value());
            assertThat(read(id)).isEqualTo(expected);
        }

        /** A login whose client has had its 503 before the handler goes on. */
        private void takeTooLong() throws Exception {
            CountDownLatch latch = new CountDownLatch(1);
            String key = value();
            held.put(key, latch);
            Outcome login = send(id, new Step(Kind.LOGIN, "", value()), "&hold=" + key);
            latch.countDown();
            held.remove(key);
            assertThat(login.status()).isEqualTo(503);
            assertThat(read(id)).isEqualTo(stored);
        }

        private void checkForms() throws Exception {
            HttpResponse<String> page = exchange(id, "GET", "token", "");
            if (page.statusCode() == 503) {
                return;
            }
            String token = page.body();
            assertThat(submit(token)).isEqualTo(200);
            assertThat(submit("x".repeat(43))).isEqualTo(403);
        }

        private void checkDead() {
            anyDead().ifPresent(some -> assertThat(read(some))
                    .as("under the id %s, which is dead", some)
                    .isEmpty());
        }

        private Optional<String> anyDead() {
            if (dead.isEmpty()) {
                return Optional.empty();
            }
            Dead some = dead.get(random.nextInt(dead.size()));
            return System.nanoTime() - some.since() > 0 ? Optional.of(some.id()) : Optional.empty();
        }

        /** Forgets its cookie; the ids before it are dead at once, or in their time. */
        private void leave(Duration others) {
            long since = System.nanoTime() + others.toNanos();
            retired.forEach(some -> dead.add(new Dead(some, since)));
            retired.clear();
            id = "";
        }

        private int submit(String token) throws Exception {
            int status;
            do {
                // What an earlier request left of its failure is met by this one.
                status = exchange(id, "POST", "form", "_csrf=" + token).statusCode();
            } while (status == 500 || status == 503);
            return status;
        }

        private String value() {
            values++;
            return "v" + values;
        }

        private Step step() {
            int dice = random.nextInt(100);
            String name = random.nextBoolean() ? "a" : "b";
            if (dice < 25) {
                return new Step(Kind.READ, name, "");
            }
            if (dice < 65) {
                return new Step(Kind.PUT, name, value());
            }
            if (dice < 80) {
                return new Step(Kind.REMOVE, name, "");
            }
            return dice < 94 ? new Step(Kind.LOGIN, "", value()) : new Step(Kind.LOGOUT, "", "");
        }

        private String how() {
            String pause = "&pause=" + random.nextInt(3000);
            boolean fails = random.nextInt(8) == 0;
            return fails ? pause + "&healthy=" + random.nextInt(6) + (random.nextBoolean() ? "&late=1" : "") : pause;
        }

        private Outcome send(String cookie, Step step, String how) throws Exception {
            done++;
            HttpResponse<String> response = exchange(
                    cookie,
                    "GET",
                    "step?kind=" + step.kind() + "&name=" + step.name() + "&value=" + step.value() + how,
                    "");
            Optional<String> newId = response.headers().firstValue("Set-Cookie").map(line -> {
                Matcher matcher = COOKIE.matcher(line);
                assertThat(matcher.matches()).as(line).isTrue();
                return matcher.group(1);
            });
            return new Outcome(step, response.statusCode(), newId.filter(some -> !some.isEmpty()));
        }

        /** Again, if the machine is too slow. */
        private Outcome sendPatiently(Step step) throws Exception {
            Outcome outcome;
            do {
                outcome = send(id, step, "");
            } while (outcome.status() == 503);
            return outcome;
        }

        private Map<String, String> read(String cookie) {
            try {
                HttpResponse<String> response;
                do {
                    response = exchange(cookie, "GET", "read", "");
                } while (response.statusCode() == 503);
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                Map<String, String> read = new TreeMap<>();
                Matcher entry = Pattern.compile("\"(\\w+)\":\"(\\w+)\"").matcher(response.body());
                while (entry.find()) {
                    read.put(entry.group(1), entry.group(2));
                }
                return read;
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private HttpResponse<String> exchange(String cookie, String method, String path, String form)
                throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve(path))
                    .header("Cookie", "session=" + cookie + "." + Long.toString(System.currentTimeMillis() / 1000, 36))
                    .method(method, HttpRequest.BodyPublishers.ofString(form));
            if (method.equals("POST")) {
                request.header("Content-Type", "application/x-www-form-urlencoded");
            }
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
