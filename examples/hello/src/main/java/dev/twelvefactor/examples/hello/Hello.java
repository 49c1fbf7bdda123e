package dev.twelvefactor.examples.hello;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.NoSettings;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.Response;
import java.util.LinkedHashMap;
import java.util.Map;

/** The smallest app: one process type, no service. */
public final class Hello {
    private Hello() {}

    /** What {@code java -jar hello.jar} runs. */
    public static void main(String[] args) {
        TwelveFactorApp.run(args, app());
    }

    static App<NoSettings> app() {
        return App.of("hello").web(routes -> routes.nonBlocking(
                        group -> group.get("/", request -> Response.text("Hello, World!"))
                                .get("/json", request -> Response.json(tenFields())))
                .post(
                        "/echo",
                        request -> Response.bytes(
                                request.header("Content-Type").orElse("application/octet-stream"), request.body())));
    }

    private static Map<String, Object> tenFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 1; i <= 10; i++) {
            fields.put("field" + i, i % 2 == 0 ? i : "value " + i);
        }
        return fields;
    }
}
