package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.Secret;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.PropertyNamingStrategies;

class RoutesTest {
    private final Routes routes = new Routes();

    private Response answer(String method, String target) {
        return routes.answer(Request.of(method, target));
    }

    @Test
    void finds_the_handler_by_method_and_template() {
        routes.get("/", request -> Response.text("root"));
        routes.get("/entries/{id}", request -> Response.text("entry " + request.path("id", Long::valueOf)));
        routes.get("/entries/new", request -> Response.text("new"));
        routes.delete("/entries/{id}", request -> Response.noContent());
        routes.get("/{a}/{b}/end", request -> Response.text(request.path("a") + "+" + request.path("b")));
        assertThat(answer("GET", "/").text()).isEqualTo("root");
        assertThat(answer("GET", "/entries/7").text()).isEqualTo("entry 7");
        assertThat(answer("GET", "/entries/new").text()).isEqualTo("new");
        assertThat(answer("DELETE", "/entries/7").status()).isEqualTo(204);
        assertThat(answer("GET", "/entries/7/end").text()).isEqualTo("entries+7");
        assertThat(answer("HEAD", "/entries/7").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"/nope, 404", "/entries, 404", "/entries/, 404", "/entries/x, 404", "/entries/7/, 404", "//, 404"})
    void answers_404_where_there_is_nothing(String path, int status) {
        routes.get("/entries/{id}", request -> Response.text("" + request.path("id", Long::valueOf)));
        Response response = answer("GET", path);
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.header("content-type")).contains("application/problem+json");
        assertThat(response.text())
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"There is nothing under this address.\"}");
    }

    @Test
    void names_the_methods_that_an_address_takes() {
        routes.get("/a", request -> Response.text("a")).post("/a", request -> Response.noContent());
        assertThat(answer("PUT", "/a").status()).isEqualTo(405);
        assertThat(answer("PUT", "/a").header("Allow")).contains("GET, HEAD, OPTIONS, POST");
        assertThat(answer("OPTIONS", "/a").status()).isEqualTo(204);
        assertThat(answer("OPTIONS", "/a").header("Allow")).contains("GET, HEAD, OPTIONS, POST");
    }

    @Test
    void refuses_templates_that_cannot_work() {
        routes.get("/a/{id}", request -> Response.noContent());
        routes.get("/a/{other}", request -> Response.noContent());
        assertThatThrownBy(() -> answer("GET", "/")).hasMessage("two routes answer GET /a/{other}; remove one");
        assertThatThrownBy(() -> new Routes().get("a", request -> Response.noContent()))
                .hasMessage("a template begins with a slash, which \"a\" does not");
        Routes twice = new Routes().get("/{a}/{a}", request -> Response.noContent());
        assertThatThrownBy(() -> twice.answer(Request.of("GET", "/"))).hasMessageContaining("{a}");
    }

    @Test
    void turns_what_a_handler_throws_into_a_problem_without_its_words() {
        routes.get("/teapot", request -> {
            throw new HttpException(418, "Short and stout.");
        });
        routes.get("/bug", request -> {
            throw new IllegalStateException("hunter2");
        });
        assertThat(answer("GET", "/teapot").status()).isEqualTo(418);
        assertThat(answer("GET", "/teapot").text()).contains("Short and stout.");
        assertThat(answer("GET", "/bug").status()).isEqualTo(500);
        assertThat(answer("GET", "/bug").text()).doesNotContain("hunter2").contains("It has been logged.");
    }

    @Test
    void runs_filters_from_the_outside_in() {
        routes.filter((request, next) -> next.handle(request).withHeader("X-Order", "outer"));
        routes.filter((request, next) -> request.header("Authorization").isPresent()
                ? next.handle(request).withHeader("X-Order", "inner")
                : Response.problem(401, "Who are you?"));
        routes.get("/", request -> Response.text("in"));
        assertThat(answer("GET", "/").status()).isEqualTo(401);
        Response allowed = routes.answer(Request.of("GET", "/").withHeader("authorization", "x"));
        assertThat(allowed.text()).isEqualTo("in");
        assertThat(allowed.headers().get("X-Order")).containsExactly("inner", "outer");
    }

    record NewEntry(String author, int age) {
        NewEntry {
            if (author == null || author.isBlank()) {
                throw new IllegalArgumentException("author is missing");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"author\":\"A\",\"age\":3} | 200 | A",
                "{\"author\": | 400 | The body is not well-formed JSON.",
                "{\"author\":\"A\",\"age\":\"x\"} | 422 | The field age is missing or of another type than expected.",
                "{\"author\":\"A\",\"age\":1.5} | 422 | The field age is missing or of another type than expected.",
                "{\"author\":\"A\",\"age\":1e99999} | 422 | The field age is missing or of another type than expected.",
                "{\"age\":3} | 422 | The body was refused: author is missing",
                "[1] | 422 | The body is missing or of another type than expected.",
                "null | 422 | The body is null.",
            })
    void reads_json_and_names_the_field_that_does_not_fit(String body, int status, String text) {
        routes.post("/", request -> Response.text(request.json(NewEntry.class).author()));
        Response response = routes.answer(Request.of("POST", "/").withBody("application/json; charset=utf-8", body));
        assertThat(response.status()).isEqualTo(status);
        assertThat(response.text()).contains(text);
    }

    record Purchase(String customer, int quantity) {
        Purchase {
            if (customer.isBlank()) {
                throw new IllegalArgumentException("customer is missing");
            }
            if (quantity < 0) {
                throw new IllegalStateException("the stock of warehouse hunter2 would grow");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"quantity\":1}", "{\"customer\":\"Ada\",\"quantity\":-1}"})
    void tells_a_client_nothing_of_what_a_defect_in_a_record_says(String body) {
        routes.post("/", request -> Response.text(request.json(Purchase.class).customer()));
        Response response = routes.answer(Request.of("POST", "/").withBody("application/json", body));
        assertThat(response.text())
                .isEqualTo(
                        "{\"type\":\"about:blank\",\"title\":\"Unprocessable Entity\",\"status\":422,\"detail\":\"The body is missing or of another type than expected.\"}");
    }

    @Test
    void reads_json_of_a_generic_type_and_refuses_another_media_type() {
        routes.post(
                "/",
                request -> Response.text(request.json(new TypeReference<List<NewEntry>>() {})
                        .get(0)
                        .author()));
        String body = "[{\"author\":\"A\",\"age\":3}]";
        assertThat(routes.answer(Request.of("POST", "/").withBody("application/json", body))
                        .text())
                .isEqualTo("A");
        assertThat(routes.answer(Request.of("POST", "/").withBody("text/plain", body))
                        .status())
                .isEqualTo(415);
    }

    @Test
    void gives_query_cookies_and_form() {
        Request request = Request.of("POST", "/a?x=1&x=2&y=%C3%BC+z")
                .withHeader("Cookie", "a=1; session=two; b=3; quoted=\"four\"")
                .withBody("application/x-www-form-urlencoded", "name=%C3%84+b&empty=&flag");
        assertThat(request.query("x")).contains("1");
        assertThat(request.query("y")).contains("ü z");
        assertThat(request.query("z")).isEmpty();
        assertThat(request.cookie("session")).contains("two");
        assertThat(request.cookie("quoted")).contains("four");
        assertThat(request.cookie("essio")).isEmpty();
        assertThat(request.form()).isEqualTo(Map.of("name", "Ä b", "empty", "", "flag", ""));
    }

    @Test
    void refuses_a_header_that_would_forge_another() {
        assertThatThrownBy(() -> Response.noContent().withHeader("X", "a\r\nSet-Cookie: b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Response.noContent().withHeader("X: y", "a"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Response.noContent().withHeader("Content-Length", "1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void redirects_to_an_address_that_a_header_can_carry() {
        assertThat(Response.seeOther("/größe?a=b#c").header("Location")).contains("/gr%C3%B6%C3%9Fe?a=b#c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"//evil.example", "///evil.example", "https://evil.example/", "javascript:alert(1)"})
    void redirects_to_another_origin_only_if_it_is_asked_to(String location) {
        assertThatThrownBy(() -> Response.seeOther(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the redirect to \"" + location
                        + "\" leads to another origin; write a path, or pass a URI if that is what you want");
        assertThat(Response.seeOther(URI.create(location)).header("Location")).contains(location);
    }

    @Test
    void escapes_html() {
        assertThat(Html.escape("<a href=\"x\" id='y'>&</a>"))
                .isEqualTo("&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;&lt;/a&gt;");
        assertThat(Html.escape("Zoë")).isEqualTo("Zoë");
        assertThat(Html.escape(Html.escape(new StringBuilder("<b>"), "a & b"), "")
                        .append("</b>"))
                .hasToString("<b>a &amp; b</b>");
    }

    @Test
    void answers_500_for_a_handler_that_returns_nothing_or_throws_an_error() {
        routes.get("/null", request -> null);
        routes.get("/error", request -> {
            throw new OutOfMemoryError("no");
        });
        assertThat(answer("GET", "/null").status()).isEqualTo(500);
        assertThat(answer("GET", "/error").status()).isEqualTo(500);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "192.168.1.7, 192.168.1.7, true",
        "192.168.1.0/25, 192.168.1.128, false",
        "2001:db8::/32, 2001:db8:1::1, true",
        "0.0.0.0/0, 2001:db8::1, false"
    })
    void knows_which_addresses_a_network_holds(String network, String address, boolean contained) throws Exception {
        assertThat(Network.parse(network).contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP_MAX_HEADERS | 0 | HTTP_MAX_HEADERS is 0; write 1 to 1000000",
                "HTTP_MAX_BODY | 2GiB | HTTP_MAX_BODY in bytes is 2147483648; write 1 to 268435456",
                "HTTP_IDLE_TIMEOUT | 0 | HTTP_IDLE_TIMEOUT in milliseconds is 0; write 1 to 86400000",
                "MANAGEMENT_PORT | 8080 | MANAGEMENT_PORT and PORT are the same; leave MANAGEMENT_PORT out"
            })
    void refuses_limits_that_are_none(String variable, String value, String why) {
        assertThatThrownBy(() -> EnvConfig.bind(HttpSettings.class, Environment.of(Map.of(variable, value))))
                .hasMessageContaining(why);
    }

    @Test
    void reads_and_writes_json_as_the_app_wishes_but_never_a_secret() {
        record Order(String customerName, Secret token) {}
        routes.json(mapper -> mapper.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE));
        routes.get("/order", request -> Response.json(new Order("Ada", Secret.of("hunter2"))));
        routes.post("/name", request -> Response.text(request.json(Named.class).firstName()));
        assertThat(answer("GET", "/order").text()).isEqualTo("{\"customer_name\":\"Ada\",\"token\":\"***\"}");
        assertThat(routes.answer(Request.of("POST", "/name").withBody("application/json", "{\"first_name\":\"Ada\"}"))
                        .text())
                .isEqualTo("Ada");
        assertThat(Response.json(new Named("Ada")).text()).isEqualTo("{\"firstName\":\"Ada\"}");
    }

    @Test
    void refuses_a_media_type_that_would_be_another_header_field() {
        assertThatThrownBy(() -> Response.bytes("text/plain\r\nX-Injected: 1", new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    record Named(String firstName) {}

    @Test
    void groups_routes_under_a_prefix_with_filters_of_their_own() {
        routes.filter((request, next) -> next.handle(request).withHeader("X-Outer", "yes"));
        routes.get("/", request -> Response.text("open"));
        routes.group("/admin", admin -> admin.filter(
                        (request, next) -> request.header("Authorization").isPresent()
                                ? next.handle(request)
                                : Response.problem(401, "Who are you?"))
                .get("/users/{id}", request -> Response.text("user " + request.path("id")))
                .group("/deep", deep -> deep.get("/x", request -> Response.text("deep"))));
        assertThat(answer("GET", "/").text()).isEqualTo("open");
        assertThat(answer("GET", "/admin/users/7").status()).isEqualTo(401);
        assertThat(answer("GET", "/admin/users/7").header("X-Outer")).contains("yes");
        assertThat(answer("GET", "/admin/deep/x").status()).isEqualTo(401);
        assertThat(routes.answer(Request.of("GET", "/admin/users/7").withHeader("Authorization", "x"))
                        .text())
                .isEqualTo("user 7");
        assertThat(answer("GET", "/nope").header("X-Outer")).contains("yes");
        assertThatThrownBy(() -> routes.group("api", api -> {})).hasMessageContaining("a group's prefix begins");
    }

    @Test
    void matches_the_rest_of_a_path_last() {
        routes.get("/files/{path*}", request -> Response.text("rest " + request.path("path")));
        routes.get("/files/{name}", request -> Response.text("one " + request.path("name")));
        routes.get("/files/index", request -> Response.text("index"));
        assertThat(answer("GET", "/files/a/b/c").text()).isEqualTo("rest a/b/c");
        assertThat(answer("GET", "/files/a").text()).isEqualTo("one a");
        assertThat(answer("GET", "/files/index").text()).isEqualTo("index");
        assertThat(answer("GET", "/files").status()).isEqualTo(404);
        assertThat(answer("POST", "/files/a/b").status()).isEqualTo(405);
    }

    @Test
    void turns_exceptions_into_the_responses_that_were_declared_for_them() {
        routes.onError(RuntimeException.class, (request, e) -> Response.problem(502, "runtime"));
        routes.onError(
                IllegalStateException.class, (request, e) -> Response.problem(409, String.valueOf(e.getMessage())));
        routes.onError(HttpException.class, (request, e) -> Response.text("instead of " + e.status())
                .withStatus(e.status()));
        routes.get("/state", request -> {
            throw new IllegalStateException("It has been sold.");
        });
        routes.get("/argument", request -> {
            throw new IllegalArgumentException("no");
        });
        routes.get("/http", request -> {
            throw new HttpException(403, "no");
        });
        routes.get("/checked", request -> {
            throw new Exception("no");
        });
        assertThat(answer("GET", "/state").text()).contains("\"status\":409", "It has been sold.");
        assertThat(answer("GET", "/argument").status()).isEqualTo(502);
        assertThat(answer("GET", "/http").text()).isEqualTo("instead of 403");
        assertThat(answer("GET", "/checked").status()).isEqualTo(500);
    }

    @Test
    void shows_filters_the_response_to_what_a_handler_throws() {
        routes.filter((request, next) -> {
            Response response = next.handle(request);
            return response.withHeader("X-Status", Integer.toString(response.status()));
        });
        routes.get("/bug", request -> {
            throw new IllegalStateException("hunter2");
        });
        assertThat(answer("GET", "/bug").header("X-Status")).contains("500");
    }

    @Test
    void lets_pages_of_the_listed_origins_call_it() {
        routes.filter(Cors.of("https://shop.example.org").withCredentials());
        routes.post("/api", request -> Response.text("done"));
        Request preflight = Request.of("OPTIONS", "/api")
                .withHeader("Origin", "https://shop.example.org")
                .withHeader("Access-Control-Request-Method", "POST");
        Response allowed = routes.answer(preflight);
        assertThat(allowed.status()).isEqualTo(204);
        assertThat(allowed.header("Access-Control-Allow-Origin")).contains("https://shop.example.org");
        assertThat(allowed.header("Access-Control-Allow-Methods")).contains("GET, HEAD, POST, PUT, PATCH, DELETE");
        assertThat(allowed.header("Access-Control-Allow-Credentials")).contains("true");
        assertThat(allowed.header("Access-Control-Max-Age")).contains("600");
        Response other = routes.answer(preflight.withHeader("Origin", "https://evil.example.org"));
        assertThat(other.header("Access-Control-Allow-Origin")).isEmpty();
        assertThat(other.header("Vary")).contains("Origin");
        Response real = routes.answer(Request.of("POST", "/api").withHeader("Origin", "https://shop.example.org"));
        assertThat(real.text()).isEqualTo("done");
        assertThat(real.header("Access-Control-Allow-Origin")).contains("https://shop.example.org");
        assertThat(answer("POST", "/api").header("Access-Control-Allow-Origin")).isEmpty();
        assertThatThrownBy(() -> Cors.of("*").withCredentials()).hasMessageContaining("list the origins instead");
        assertThatThrownBy(() -> Cors.of("https://shop.example.org/")).hasMessageContaining("without a slash");
    }

    @Test
    void compresses_text_for_clients_that_take_it() throws Exception {
        routes.filter(new Gzip());
        String page = "<p>hello</p>".repeat(1000);
        routes.get("/page", request -> Response.html(page));
        routes.get(
                "/stream",
                request -> Response.stream("text/csv", out -> out.write(page.getBytes(StandardCharsets.UTF_8))));
        routes.get("/image", request -> Response.bytes("image/png", new byte[10_000]));
        routes.get("/short", request -> Response.text("short"));
        for (String path : List.of("/page", "/stream")) {
            Response compressed = routes.answer(Request.of("GET", path).withHeader("Accept-Encoding", "br, gzip"));
            assertThat(compressed.header("Content-Encoding")).contains("gzip");
            assertThat(compressed.bytes().length).isLessThan(1000);
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.bytes()))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .isEqualTo(page);
            }
            Response plain = routes.answer(Request.of("GET", path).withHeader("Accept-Encoding", "gzip;q=0"));
            assertThat(plain.text()).isEqualTo(page);
            assertThat(plain.header("Vary")).contains("Accept-Encoding");
        }
        for (String path : List.of("/image", "/short")) {
            assertThat(routes.answer(Request.of("GET", path).withHeader("Accept-Encoding", "gzip"))
                            .header("Content-Encoding"))
                    .isEmpty();
        }
    }
}
