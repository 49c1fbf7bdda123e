package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorsTest {
    private final Routes routes = new Routes();

    @ParameterizedTest
    @CsvSource({
        "https://Shop.Example.org, https://shop.example.org",
        "HTTPS://shop.example.org, https://shop.example.org",
        "https://shop.example.org:443, https://shop.example.org",
        "http://shop.example.org:80, http://shop.example.org",
        "http://shop.example.org:443, http://shop.example.org:443",
        "http://[::1]:8080, http://[::1]:8080",
        "http://[2001:DB8::1], http://[2001:db8::1]",
        "http://localhost:8080, http://localhost:8080",
        "capacitor://localhost, capacitor://localhost",
        "https://xn--mller-kva.example, https://xn--mller-kva.example"
    })
    void knows_an_origin_as_a_browser_sends_it(String listed, String sent) {
        routes.filter(Cors.of(listed)).get("/", request -> Response.text("done"));
        Response response = routes.answer(Request.of("GET", "/").withHeader("Origin", sent));
        assertThat(response.header("Access-Control-Allow-Origin")).contains(sent);
        assertThat(routes.answer(Request.of("GET", "/").withHeader("Origin", sent + "x"))
                        .header("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://shop.example.org/",
                "https://müller.example",
                "https://*.example.org",
                "https://user@shop.example.org",
                "https://shop.example.org:x",
                "https://shop.example.org:80:80",
                "https://",
                "shop.example.org",
                "null",
                ""
            })
    void refuses_what_no_browser_sends(String listed) {
        assertThatThrownBy(() -> Cors.of(listed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"" + listed
                                + "\" is no origin; write https://shop.example.org, without a slash after it and with an international name as xn--…");
    }

    @Test
    void gives_everybody_one_answer_that_a_cache_may_keep() {
        routes.filter(Cors.of("*")).get("/", request -> Response.text("done"));
        Response toNoPage = routes.answer(Request.of("GET", "/"));
        assertThat(toNoPage.header("Access-Control-Allow-Origin")).contains("*");
        assertThat(toNoPage.header("Vary")).isEmpty();
    }
}
