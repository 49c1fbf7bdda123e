package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionsTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(30);

    private final Routes routes = new Routes();
    private final MemoryStore store = new MemoryStore();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final Browser browser = new Browser();

    /** What a handler does when it has read its session, while its request is under way. */
    private Runnable meanwhile = () -> {};

    @BeforeEach
    void declare() {
        routes.sessions(store, TIME_TO_LIVE, () -> now);
        routes.get("/none", request -> Response.text("none"));
        routes.get(
                "/read",
                request -> slowly(request, session -> session.get("user").orElse("nobody")));
        routes.get(
                "/get",
                request -> Response.text(
                        request.session().get(request.query("name").orElse("")).orElse("-")));
        routes.get(
                "/put",
                request -> slowly(request, session -> {
                    request.query("name")
                            .ifPresent(name ->
                                    session.put(name, request.query("value").orElse("")));
                    return "put";
                }));
        routes.get(
                "/remove",
                request -> slowly(request, session -> {
                    session.remove(request.query("name").orElse(""));
                    return "removed";
                }));
        routes.get(
                "/login",
                request -> slowly(request, session -> {
                    session.renew();
                    session.put("user", request.query("as").orElse("Ana"));
                    return session.csrfToken();
                }));
        routes.get("/token", request -> Response.text(request.session().csrfToken()));
        routes.get(
                "/logout",
                request -> slowly(request, session -> {
                    session.end();
                    return "gone";
                }));
        routes.post("/form", request -> Response.text("done " + request.form().get("a")));
    }

    private interface Action {
        String apply(Session session);
    }

    private Response slowly(Request request, Action action) {
        Session session = request.session();
        Runnable others = meanwhile;
        meanwhile = () -> {};
        others.run();
        return Response.text(action.apply(session));
    }

    /** A client that keeps its cookie, for as long as it may. */
    private final class Browser {
        private String cookie = "";
        private Instant until = Instant.EPOCH;

        Request request(String method, String target) {
            Request request = Request.of(method, target);
            return cookie.isEmpty() || !until.isAfter(now) ? request : request.withHeader("Cookie", cookie);
        }

        Response get(String target) {
            return take(routes.answer(request("GET", target)));
        }

        int submit(String token) {
            return routes.answer(request("POST", "/form").withBody(FORM, "a=1&_csrf=" + token))
                    .status();
        }

        Response take(Response response) {
            response.header("Set-Cookie").ifPresent(line -> {
                String[] parts = line.split("; ");
                until = now.plusSeconds(Long.parseLong(parts[2].substring("Max-Age=".length())));
                cookie = parts[0];
            });
            return response;
        }

        Browser copy() {
            Browser copy = new Browser();
            copy.cookie = cookie;
            copy.until = until;
            return copy;
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
    }

    @Test
    void remembers_a_client_in_the_store() {
        Response login = browser.get("/login");
        assertThat(login.header("Set-Cookie").orElse(""))
                .matches("session=[A-Za-z0-9_-]{43}\\.[a-z0-9]{6}; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax");
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(store.writes).isEqualTo(1);
        assertThat(store.times.values()).containsExactly(TIME_TO_LIVE);
    }

    @Test
    void makes_no_session_for_a_client_that_needs_none() {
        assertThat(browser.get("/none").header("Set-Cookie")).isEmpty();
        assertThat(browser.get("/read").header("Set-Cookie")).isEmpty();
        assertThat(browser.get("/logout").header("Set-Cookie")).isEmpty();
        assertThat(browser.get("/remove?name=a").header("Set-Cookie")).isEmpty();
        assertThat(store.values).isEmpty();
    }

    @Test
    void refuses_a_time_to_live_that_a_cookie_cannot_have() {
        assertThatThrownBy(() -> new Routes().sessions(store, Duration.ofMillis(999)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the time to live of a session is PT0.999S; it must be at least 1s (PT1S)");
    }

    @Test
    void takes_over_no_id_that_it_did_not_give_and_gives_a_new_one_at_login() {
        browser.cookie = "session=" + "x".repeat(43);
        browser.until = Instant.MAX;
        browser.get("/login");
        assertThat(browser.cookie).doesNotContain("x".repeat(43));
        assertThat(store.values).hasSize(1);
        Browser before = browser.copy();
        browser.get("/login?as=Bob");
        assertThat(browser.cookie).isNotEqualTo(before.cookie);
        assertThat(browser.get("/read").text()).isEqualTo("Bob");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "!", ".", ".!", ".zzzzzzzzzzzz", ".zzzzzzzzzzz", ".-1", "..1"})
    void takes_a_cookie_with_whatever_time_is_in_it(String time) {
        browser.get("/login");
        browser.cookie = browser.cookie.replaceFirst("\\..*", time);
        assertThat(browser.get("/read").text()).isEqualTo(time.equals("!") ? "nobody" : "Ana");
    }

    @Test
    void reads_a_session_that_an_earlier_version_has_written() {
        browser.get("/login");
        browser.cookie = browser.cookie.replaceFirst("\\..*", "");
        store.values.replaceAll((id, json) -> "{\"user\":\"Zoë\",\"csrf\":\"old\"}");
        Response read = browser.get("/read");
        assertThat(read.text()).isEqualTo("Zoë");
        assertThat(read.header("Set-Cookie")).isPresent();
        assertThat(browser.get("/read").header("Set-Cookie")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[1]", "[]", "[{}]", "[{},{\"until\":\"x\",\"successors\":\"a\"}]", "{\"a\":{}}", "null"})
    void gives_a_new_session_for_one_that_cannot_be_read(String json) {
        browser.get("/login");
        store.values.replaceAll((id, text) -> json);
        assertThat(browser.get("/read").text()).isEqualTo("nobody");
        assertThat(browser.get("/logout").header("Set-Cookie")).isEmpty();
        assertThat(browser.get("/login").status()).isEqualTo(200);
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
    }

    // The cookie's life.

    @Test
    void sets_the_cookie_again_when_half_its_life_is_over() {
        browser.get("/login");
        pass(Duration.ofMinutes(29));
        assertThat(browser.get("/read").header("Set-Cookie")).isEmpty();
        assertThat(browser.get("/put?name=a&value=b").header("Set-Cookie")).isEmpty();
        pass(Duration.ofMinutes(1));
        assertThat(browser.get("/read").header("Set-Cookie")).isPresent();
        assertThat(browser.get("/read").header("Set-Cookie")).isEmpty();
        pass(TIME_TO_LIVE);
        assertThat(browser.get("/put?name=a&value=c").header("Set-Cookie")).isPresent();
    }

    @Test
    void never_logs_a_client_out_that_comes_within_the_time_to_live() {
        browser.get("/login");
        for (long minutes : new long[] {1, 29, 15, 16, 29, 29, 29, 14, 29, 1, 29}) {
            pass(Duration.ofMinutes(minutes));
            assertThat(browser.get("/read").text()).isEqualTo("Ana");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 29, 30, 59})
    void brings_no_old_id_back_by_a_slow_request_that_only_reads(long minutes) {
        browser.get("/put?name=cart&value=1");
        pass(Duration.ofMinutes(minutes));
        Browser slow = browser.copy();
        meanwhile = () -> browser.get("/login");
        Response read = slow.get("/read");
        assertThat(read.text()).isEqualTo("nobody");
        browser.take(read);
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(read.header("Set-Cookie")).isEmpty();
    }

    @Test
    void brings_no_old_id_back_by_a_slow_request_that_writes() {
        browser.get("/put?name=cart&value=1");
        pass(TIME_TO_LIVE);
        Browser slow = browser.copy();
        meanwhile = () -> browser.get("/login");
        assertThat(browser.take(slow.get("/put?name=cart&value=2")).header("Set-Cookie"))
                .isEmpty();
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("1");
    }

    // The new id, and what becomes of the old one.

    @Test
    void keeps_the_old_id_for_half_a_minute_as_it_was_before() {
        browser.get("/put?name=cart&value=1");
        Browser old = browser.copy();
        browser.get("/login");
        for (int i = 0; i < 3; i++) {
            assertThat(old.get("/read").text()).isEqualTo("nobody");
            assertThat(old.get("/get?name=cart").text()).isEqualTo("1");
            assertThat(old.get("/put?name=cart&value=2").header("Set-Cookie")).isEmpty();
            assertThat(old.submit(old.get("/token").text())).isEqualTo(200);
            pass(Duration.ofSeconds(9));
        }
        assertThat(store.times).containsValue(Duration.ofSeconds(12));
        pass(Duration.ofSeconds(3));
        assertThat(old.get("/get?name=cart").text()).isEqualTo("-");
        assertThat(store.values).hasSize(1);
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("1");
    }

    @Test
    void lets_a_client_log_in_again_that_the_new_id_has_not_reached() {
        browser.get("/put?name=cart&value=1");
        routes.answer(browser.request("GET", "/login"));
        pass(Duration.ofSeconds(29));
        assertThat(browser.get("/read").text()).isEqualTo("nobody");
        assertThat(browser.get("/login").status()).isEqualTo(200);
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("1");
    }

    @Test
    void gives_a_new_id_with_what_was_changed_while_the_login_was_under_way() {
        browser.get("/put?name=cart&value=1");
        Browser other = browser.copy();
        meanwhile = () -> other.get("/put?name=cart&value=2");
        browser.get("/login");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("2");
        assertThat(other.get("/get?name=cart").text()).isEqualTo("2");
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
    }

    @Test
    void lets_both_of_two_logins_at_once_succeed() {
        browser.get("/put?name=cart&value=1");
        Browser other = browser.copy();
        meanwhile = () -> other.get("/login?as=Bob");
        browser.get("/login");
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(other.get("/read").text()).isEqualTo("Bob");
        assertThat(other.cookie).isNotEqualTo(browser.cookie);
    }

    @ParameterizedTest
    @CsvSource({"0,false", "1,false", "2,false", "0,true", "1,true", "2,true"})
    void leaves_a_client_where_it_was_if_the_store_fails_during_the_login(int healthyCalls, boolean failsAfterwards) {
        browser.get("/put?name=cart&value=1");
        meanwhile = () -> {
            store.healthyCalls = healthyCalls;
            store.failsAfterwards = failsAfterwards;
        };
        Response login = browser.get("/login");
        assertThat(login.status()).isEqualTo(healthyCalls == 2 ? 200 : 500);
        assertThat(login.header("Set-Cookie").isPresent()).isEqualTo(healthyCalls == 2);
        store.healthyCalls = -1;
        assertThat(browser.get("/read").text()).isEqualTo(healthyCalls == 2 ? "Ana" : "nobody");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("1");
        assertThat(browser.get("/login").status()).isEqualTo(200);
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({"/put?name=cart&value=2,500", "/login,500", "/logout,500", "/read,200"})
    void answers_an_error_if_what_was_changed_cannot_be_written(String target, int status) {
        browser.get("/put?name=cart&value=1");
        meanwhile = () -> store.healthyCalls = 0;
        Response response = browser.get(target);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("Set-Cookie")).isEmpty();
        store.healthyCalls = -1;
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("1");
    }

    @Test
    void refuses_a_login_whose_session_has_ended_meanwhile() {
        browser.get("/put?name=cart&value=1");
        Browser other = browser.copy();
        meanwhile = () -> other.get("/logout");
        Response login = browser.get("/login");
        assertThat(login.status()).isEqualTo(409);
        assertThat(login.text())
                .contains("The session ended while this request was being handled. Load the page again.");
        assertThat(login.header("Set-Cookie")).isEmpty();
        assertThat(store.values).isEmpty();
    }

    // The end.

    @Test
    void ends_a_session() {
        browser.get("/login");
        assertThat(browser.get("/logout").header("Set-Cookie").orElse("")).startsWith("session=; Path=/; Max-Age=0");
        assertThat(store.values).isEmpty();
    }

    @Test
    void ends_the_ids_before_and_after_too() {
        browser.get("/put?name=cart&value=1");
        Browser first = browser.copy();
        browser.get("/login");
        Browser second = browser.copy();
        browser.get("/login");
        assertThat(store.values).hasSize(3);
        for (Browser some : Set.of(first.copy(), second.copy(), browser.copy())) {
            var before = Map.copyOf(store.values);
            some.get("/logout");
            assertThat(store.values).isEmpty();
            store.values.putAll(before);
        }
    }

    @Test
    void ends_the_session_of_a_login_that_was_under_way_with_the_old_id() {
        browser.get("/put?name=cart&value=1");
        Browser other = browser.copy();
        meanwhile = () -> other.get("/login");
        browser.get("/logout");
        assertThat(store.values).isEmpty();
        assertThat(other.get("/read").text()).isEqualTo("nobody");
    }

    @ParameterizedTest
    @CsvSource({
        "0,false", "1,false", "2,false", "3,false", "4,false", "5,false", "0,true", "1,true", "2,true", "3,true",
        "4,true", "5,true"
    })
    void ends_a_session_at_the_second_try_if_the_store_fails_in_the_first(int healthyCalls, boolean failsAfterwards) {
        browser.get("/put?name=cart&value=1");
        Browser old = browser.copy();
        browser.get("/login");
        meanwhile = () -> {
            store.healthyCalls = healthyCalls;
            store.failsAfterwards = failsAfterwards;
        };
        assertThat(browser.get("/logout").status()).isEqualTo(500);
        store.healthyCalls = -1;
        browser.get("/logout");
        assertThat(browser.get("/read").text()).isEqualTo("nobody");
        assertThat(old.get("/get?name=cart").text()).isEqualTo("-");
    }

    @Test
    void keeps_a_session_ended_although_a_slower_request_still_has_it() {
        browser.get("/login");
        Browser other = browser.copy();
        meanwhile = () -> other.get("/logout");
        assertThat(browser.get("/put?name=user&value=Bob").header("Set-Cookie")).isEmpty();
        assertThat(store.values).isEmpty();
    }

    @Test
    void removes_no_cookie_that_it_has_not_ended() {
        browser.get("/login");
        Browser slow = browser.copy();
        meanwhile = () -> {
            browser.get("/logout");
            browser.get("/login?as=Bob");
        };
        browser.take(slow.get("/logout"));
        assertThat(browser.get("/read").text()).isEqualTo("Bob");
    }

    @Test
    void begins_a_new_session_with_what_is_put_after_the_end() {
        routes.get("/bye", request -> {
            request.session().put("cart", "lost");
            request.session().end();
            request.session().put("message", "Bye!");
            return Response.text(request.session().csrfToken());
        });
        browser.get("/login");
        Browser old = browser.copy();
        String token = browser.get("/bye").text();
        assertThat(browser.get("/get?name=message").text()).isEqualTo("Bye!");
        assertThat(browser.get("/get?name=cart").text()).isEqualTo("-");
        assertThat(browser.submit(token)).isEqualTo(200);
        assertThat(old.get("/read").text()).isEqualTo("nobody");
        assertThat(store.values).hasSize(1);
    }

    // Changes at once.

    @Test
    void keeps_what_two_requests_at_once_put() {
        browser.get("/put?name=kept&value=0");
        browser.get("/put?name=removed&value=0");
        Browser other = browser.copy();
        meanwhile = () -> {
            other.get("/put?name=a&value=1");
            other.get("/remove?name=removed");
        };
        assertThat(browser.get("/put?name=b&value=2").status()).isEqualTo(200);
        assertThat(store.values).hasSize(1).containsValue("{\"a\":\"1\",\"b\":\"2\",\"kept\":\"0\"}");
        meanwhile = () -> other.get("/put?name=a&value=3");
        browser.get("/remove?name=a");
        assertThat(store.values).hasSize(1).containsValue("{\"b\":\"2\",\"kept\":\"0\"}");
    }

    @Test
    void knows_its_own_replacement_that_was_sent_twice() {
        browser.get("/put?name=a&value=1");
        store.sendsAgain = true;
        assertThat(browser.get("/put?name=a&value=2").status()).isEqualTo(200);
        assertThat(browser.get("/get?name=a").text()).isEqualTo("2");
        store.sendsAgain = true;
        assertThat(browser.get("/login").status()).isEqualTo(200);
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
        assertThat(store.values).hasSize(2);
        Browser before = browser.copy();
        store.sendsAgain = true;
        assertThat(browser.get("/logout").status()).isEqualTo(200);
        assertThat(before.get("/read").text()).isEqualTo("nobody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/put?name=a&value=2", "/login", "/logout"})
    void gives_up_if_others_change_the_session_all_the_time(String target) {
        browser.get("/put?name=a&value=1");
        int[] count = {0};
        store.beforeReplace = () -> {
            count[0]++;
            store.values.replaceAll((id, text) -> "{\"a\":\"1\",\"count\":\"" + count[0] + "\"}");
        };
        Response response = browser.get(target);
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.text()).contains("Too many requests change this session at once. Try again soon.");
        assertThat(response.header("Set-Cookie")).isEmpty();
        store.beforeReplace = () -> {};
        assertThat(browser.get("/get?name=a").text()).isEqualTo("1");
    }

    @Test
    void sets_no_old_cookie_again_for_a_change_that_was_taken_back() {
        browser.get("/put?name=a&value=1");
        routes.get(
                "/twice",
                request -> slowly(request, session -> {
                    session.put("a", "2");
                    session.put("a", "1");
                    return "done";
                }));
        pass(TIME_TO_LIVE);
        Browser slow = browser.copy();
        meanwhile = () -> browser.get("/login");
        assertThat(slow.get("/twice").header("Set-Cookie")).isEmpty();
    }

    @Test
    void writes_nothing_that_is_there_already() {
        browser.get("/put?name=a&value=1");
        assertThat(store.writes).isEqualTo(1);
        browser.get("/put?name=a&value=1");
        browser.get("/remove?name=b");
        browser.get("/token");
        assertThat(store.writes).isEqualTo(1);
    }

    // Forms.

    @Test
    void has_one_token_for_all_forms_of_a_session() {
        String first = browser.get("/token").text();
        assertThat(first).matches("[A-Za-z0-9_-]{43}");
        assertThat(browser.cookie).doesNotContain(first);
        assertThat(browser.get("/token").text()).isEqualTo(first);
        assertThat(browser.submit(first)).isEqualTo(200);
        Browser stranger = new Browser();
        assertThat(stranger.get("/token").text()).isNotEqualTo(first);
        assertThat(stranger.submit(first)).isEqualTo(403);
    }

    @Test
    void takes_the_forms_of_two_pages_that_were_loaded_at_once() {
        browser.get("/put?name=a&value=1");
        Browser other = browser.copy();
        routes.get("/page", request -> {
            Session session = request.session();
            Runnable others = meanwhile;
            meanwhile = () -> {};
            others.run();
            return Response.text(session.csrfToken());
        });
        String[] second = {""};
        meanwhile = () -> second[0] = other.get("/page").text();
        String first = browser.get("/page").text();
        assertThat(browser.submit(first)).isEqualTo(200);
        assertThat(browser.submit(second[0])).isEqualTo(200);
    }

    @Test
    void has_a_new_token_after_the_login() {
        String before = browser.get("/token").text();
        String after = browser.get("/login").text();
        assertThat(after).isNotEqualTo(before);
        assertThat(browser.submit(before)).isEqualTo(403);
        assertThat(browser.submit(after)).isEqualTo(200);
        assertThat(browser.submit(browser.get("/token").text())).isEqualTo(200);
    }

    @Test
    void refuses_a_form_without_its_token() {
        browser.get("/login");
        Request form = browser.request("POST", "/form");
        assertThat(routes.answer(form.withBody(FORM, "a=1")).status()).isEqualTo(403);
        assertThat(browser.submit("wrong")).isEqualTo(403);
        assertThat(new Browser().submit("")).isEqualTo(403);
        assertThat(browser.submit(browser.get("/token").text())).isEqualTo(200);
    }

    @Test
    void takes_forms_without_a_token_where_routes_say_so() {
        routes.withoutCsrfToken(hooks -> {
            hooks.post(
                    "/hook", request -> Response.text("took " + request.form().get("a")));
            hooks.group("/deep", deep -> deep.post("/hook", request -> Response.text("took")));
            hooks.nonBlocking(quick -> quick.post("/quick", request -> Response.text("took")));
        });
        routes.post("/after", request -> Response.text("took"));
        for (String path : new String[] {"/hook", "/deep/hook", "/quick"}) {
            assertThat(routes.answer(Request.of("POST", path).withBody(FORM, "a=1"))
                            .text())
                    .startsWith("took");
        }
        assertThat(routes.answer(Request.of("POST", "/after").withBody(FORM, "a=1"))
                        .status())
                .isEqualTo(403);
        browser.get("/login");
        Request withCookie = browser.request("POST", "/hook").withBody(FORM, "a=1");
        assertThat(routes.answer(withCookie).status()).isEqualTo(200);
        assertThat(routes.answer(withCookie.withHeader("Sec-Fetch-Site", "cross-site"))
                        .status())
                .isEqualTo(403);
        assertThat(routes.answer(withCookie.withHeader("Origin", "https://evil.example.org"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void refuses_what_a_page_of_another_origin_sends_with_the_cookie() {
        routes.delete("/thing", request -> Response.noContent());
        browser.get("/login");
        Request deletion = browser.request("DELETE", "/thing").withHeader("Host", "shop.example.org");
        assertThat(routes.answer(deletion).status()).isEqualTo(204);
        assertThat(routes.answer(deletion.withHeader("Sec-Fetch-Site", "same-origin"))
                        .status())
                .isEqualTo(204);
        assertThat(routes.answer(deletion.withHeader("Sec-Fetch-Site", "cross-site"))
                        .status())
                .isEqualTo(403);
        assertThat(routes.answer(deletion.withHeader("Origin", "https://shop.example.org"))
                        .status())
                .isEqualTo(204);
        assertThat(routes.answer(deletion.withHeader("Origin", "https://evil.example.org"))
                        .status())
                .isEqualTo(403);
        assertThat(routes.answer(deletion.withHeader("Origin", "null").withBody("text/plain", "x"))
                        .status())
                .isEqualTo(403);
        assertThat(routes.answer(deletion.withHeader("Sec-Fetch-Site", "cross-site")
                                .withBody("application/json", "{}"))
                        .status())
                .isEqualTo(204);
    }

    // After the handler, around it, and without one.

    @Test
    void stores_the_session_of_a_streamed_page_whose_token_was_asked_for_in_time() {
        routes.get("/page", request -> {
            Session session = request.session();
            String token = session.csrfToken();
            return Response.stream(
                    "text/html", out -> out.write((token + session.csrfToken()).getBytes(StandardCharsets.UTF_8)));
        });
        String page = browser.get("/page").text();
        assertThat(page).hasSize(86);
        assertThat(browser.submit(page.substring(0, 43))).isEqualTo(200);
        assertThat(browser.submit(page.substring(43))).isEqualTo(200);
    }

    @Test
    void refuses_a_change_of_a_session_that_was_written_already() {
        Session[] late = {null};
        routes.get("/late", request -> {
            late[0] = request.session();
            return Response.text("ok");
        });
        browser.get("/login");
        browser.get("/late");
        Session session = late[0];
        assertThat(session.get("user")).contains("Ana");
        assertThatThrownBy(session::csrfToken)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the session was written when the handler returned; call csrfToken() before that, and not in the writer of a stream");
        assertThatThrownBy(() -> session.put("a", "b")).hasMessageContaining("call put() before that");
        assertThatThrownBy(() -> session.remove("user")).hasMessageContaining("call remove() before that");
        assertThatThrownBy(session::renew).hasMessageContaining("call renew() before that");
        assertThatThrownBy(session::end).hasMessageContaining("call end() before that");
        assertThat(browser.get("/read").text()).isEqualTo("Ana");
    }

    @Test
    void reads_a_session_that_is_asked_for_in_the_writer_of_a_stream() {
        routes.get(
                "/page",
                request -> Response.stream("text/html", out -> {
                    out.write(request.session().get("user").orElse("nobody").getBytes(StandardCharsets.UTF_8));
                    assertThatThrownBy(() -> request.session().put("a", "b")).isInstanceOf(IllegalStateException.class);
                }));
        browser.get("/login");
        assertThat(browser.get("/page").text()).isEqualTo("Ana");
    }

    @Test
    void has_no_session_on_the_io_thread() {
        routes.nonBlocking(group ->
                group.get("/quick", request -> Response.text(request.session().csrfToken())));
        assertThat(browser.get("/quick").status()).isEqualTo(500);
    }

    private static final class NotAllowedException extends RuntimeException {}

    @Test
    void gives_the_session_to_what_turns_a_failure_into_a_response() {
        routes.onError(HttpException.class, (request, e) -> {
            request.session().put("failed", e.detail().substring(0, 9));
            return Response.problem(
                    e.status(), "for " + request.session().get("user").orElse("nobody"));
        });
        routes.onError(NotAllowedException.class, (request, e) -> {
            request.session().put("failed", "filter");
            return Response.problem(
                    401, "Log in, " + request.session().get("user").orElse("nobody") + ".");
        });
        routes.group("/staff", staff -> staff.filter((request, next) -> {
                    throw new NotAllowedException();
                })
                .get("/page", request -> Response.text("page")));
        browser.get("/login");
        Response form = routes.answer(browser.request("POST", "/form").withBody(FORM, "a=1"));
        assertThat(form.status()).isEqualTo(403);
        assertThat(form.text()).contains("for Ana");
        assertThat(browser.get("/get?name=failed").text()).isEqualTo("This form");
        Response page = browser.get("/staff/page");
        assertThat(page.status()).isEqualTo(401);
        assertThat(page.text()).contains("Log in, Ana.");
        assertThat(browser.get("/get?name=failed").text()).isEqualTo("filter");
    }

    @Test
    void gives_the_session_to_what_turns_a_failure_of_its_store_into_a_response() {
        routes.onError(MemoryStore.AwayException.class, (request, e) -> {
            request.session().put("failed", "yes");
            return Response.problem(
                    503, "Not now, " + request.session().get("user").orElse("nobody") + ".");
        });
        browser.get("/login");
        meanwhile = () -> store.healthyCalls = 0;
        Response response = browser.get("/put?name=a&value=1");
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.text()).contains("Not now, Ana.");
        store.healthyCalls = -1;
        assertThat(browser.get("/get?name=a").text()).isEqualTo("-");
        assertThat(browser.get("/get?name=failed").text()).isEqualTo("-");
    }
}
