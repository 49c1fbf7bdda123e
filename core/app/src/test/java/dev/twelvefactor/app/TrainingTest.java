package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Response;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process that a JVM learns from, in an environment that has nothing. */
@Timeout(60)
class TrainingTest {
    enum Colour {
        RED,
        GREEN
    }

    record Nested(int workers, List<Duration> pauses) {}

    record Settings(
            @Doc("the database: fake://host") ServiceUrl databaseUrl,
            Secret token,
            Duration pause,
            LocalDate from,
            UUID tenant,
            URI site,
            Colour colour,
            Locale locale,
            Map<String, String> labels,
            Nested nested,
            @Default("7") int known,
            boolean loud) {}

    record Picky(String word) {
        Picky {
            if (!word.equals("sesame")) {
                throw new IllegalArgumentException("WORD is to be the right one");
            }
        }
    }

    private final AtomicInteger handled = new AtomicInteger();
    private final List<String> seen = new ArrayList<>();
    private final InProcess process = new InProcess();

    /** Takes the URLs of one scheme, and finds nobody there. */
    private static final class Away implements Connector<String> {
        static Attachment<String> at(ServiceUrl url, String scheme) {
            return Attachment.of(url, () -> {
                if (!url.scheme().equals(scheme)) {
                    throw url.refused("has the scheme " + url.scheme() + "; write " + scheme);
                }
                return new Away();
            });
        }

        @Override
        public String open(String name) throws Exception {
            throw new java.net.ConnectException("nobody");
        }

        @Override
        public void check(String client) {}

        @Override
        public void close(String client) {}
    }

    private <S extends Record> void train(App<S> app) throws InterruptedException {
        Training.Trained trained = Training.of(app, process.environment);
        process.environment.clear();
        process.environment.putAll(trained.variables());
        AtomicInteger status = new AtomicInteger(-1);
        Thread thread = new Thread(() -> status.set(process.run(trained.app())));
        thread.start();
        while (!process.out().contains("\"message\":\"ready\"") && thread.isAlive()) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        thread.interrupt();
        thread.join();
        assertThat(status).as(process.err() + process.out()).hasValue(0);
    }

    @Test
    void finds_something_that_stands_in_for_each_setting_and_keeps_what_is_set() throws Exception {
        process.environment.putAll(Map.of("KNOWN", "many", "NESTED_WORKERS", "3", "PAUSE", "soon", "SITE_FILE", "/no"));
        train(App.of("shop", Settings.class).web((settings, wiring, routes) -> seen.add(settings.toString())));
        assertThat(seen).singleElement().satisfies(text -> assertThat(text)
                .contains("pause=PT1S", "colour=RED", "known=7", "workers=3", "pauses=[PT1S]", "127.0.0.1:1"));
        assertThat(process.out()).doesNotContain("\"training\"");
    }

    @Test
    void runs_the_wirings_but_no_handler_and_no_job() throws Exception {
        train(App.of("shop")
                .web((settings, wiring, routes) -> {
                    seen.add("web");
                    routes.get("/text", request -> Response.text("" + handled.incrementAndGet()));
                })
                .worker("mailer", (settings, wiring, jobs) -> {
                    seen.add("mailer");
                    jobs.repeat("mail", () -> handled.incrementAndGet() < 0);
                }));
        assertThat(seen).containsExactly("web", "mailer");
        assertThat(handled).hasValue(0);
    }

    @Test
    void tells_which_service_was_away_and_goes_on() throws Exception {
        process.environment.put("DATABASE_URL", "fake://127.0.0.1:1/shop");
        train(App.of("shop", Settings.class).worker("mailer", (settings, wiring, jobs) -> {
            seen.add(settings.databaseUrl().scheme());
            var unused = wiring.attach("database", Away.at(settings.databaseUrl(), "fake"))
                    .get();
        }));
        assertThat(seen).containsExactly("fake");
        assertThat(process.event(
                                "worker mailer was trained without a service: database (fake://127.0.0.1:1/shop) could not be attached: "
                                        + "no server answers there (connection refused)")
                        .get("training")
                        .asString())
                .isEqualTo("worker mailer");
    }

    @Test
    void tries_one_scheme_after_the_other() throws Exception {
        train(App.of("shop", Settings.class).web((settings, wiring, routes) -> {
            seen.add(settings.databaseUrl().scheme());
            var unused = wiring.attach("database", Away.at(settings.databaseUrl(), "https"))
                    .get();
        }));
        assertThat(seen).last().isEqualTo("https");
    }

    @Test
    void tells_that_nothing_can_stand_in() throws Exception {
        train(App.of("shop", Picky.class).web((settings, wiring, routes) -> seen.add("wired")));
        assertThat(seen).isEmpty();
        assertThat(process.event("web has settings that nothing can stand in for: Picky")
                        .get("training")
                        .asString())
                .isEqualTo("web");
    }
}
