package dev.twelvefactor.contenders.twelvefactor.web;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.http.HttpException;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import java.util.List;
import java.util.Optional;

/** The app that is compared with others: what a user of the library writes. */
public final class Web {
    private Web() {}

    /** What {@code java -jar} runs. */
    public static void main(String[] args) {
        if ("500".equals(System.getenv("SETTINGS"))) {
            TwelveFactorApp.run(args, App.of("contender", Many.class).web((settings, wiring, routes) -> work(routes)));
        } else {
            TwelveFactorApp.run(args, app());
        }
    }

    record Settings(Optional<Integer> routes) {}

    record Person(
            long id,
            String name,
            String email,
            boolean active,
            double score,
            int visits,
            String city,
            String country,
            String created,
            String note) {
        static Person ada() {
            return new Person(
                    7,
                    "Ada Lovelace",
                    "ada@example.com",
                    true,
                    98.5,
                    1815,
                    "London",
                    "GB",
                    "1815-12-10",
                    "Hello, World!");
        }
    }

    record Order(String customer, String email, int quantity, List<String> items) {
        Order {
            require(
                    customer != null && !customer.isBlank() && customer.length() <= 100,
                    "customer is 1 to 100 characters");
            require(email != null && email.contains("@"), "email is an address");
            require(quantity >= 1 && quantity <= 100, "quantity is 1 to 100");
            require(items != null && !items.isEmpty() && items.size() <= 20, "items are 1 to 20");
        }

        private static void require(boolean met, String rule) {
            if (!met) {
                throw new HttpException(422, rule);
            }
        }
    }

    record Accepted(long id, String customer, String email, int quantity, List<String> items) {}

    static App<Settings> app() {
        return App.of("contender", Settings.class).web((settings, wiring, routes) -> {
            for (int i = 0; i < settings.routes().orElse(0); i++) {
                routes.get("/more/" + i + "/{id}", request -> Response.text("more"));
            }
            work(routes);
            routes.nonBlocking(group -> group.group("/nonblocking", Web::work));
        });
    }

    private static void work(Routes routes) {
        routes.get("/text", request -> Response.text("Hello, World!"))
                .get("/json", request -> Response.json(Person.ada()))
                .post("/orders/{id}", Web::order);
    }

    private static Response order(Request request) {
        long id = request.path("id", Web::positive);
        Order order = request.json(Order.class);
        return Response.json(new Accepted(id, order.customer(), order.email(), order.quantity(), order.items()));
    }

    private static long positive(String text) {
        long id = Long.parseLong(text);
        if (id < 1) {
            throw new IllegalArgumentException("not positive");
        }
        return id;
    }
}
