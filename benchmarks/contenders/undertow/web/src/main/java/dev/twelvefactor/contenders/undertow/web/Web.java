package dev.twelvefactor.contenders.undertow.web;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RoutingHandler;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import io.undertow.util.PathTemplateMatch;
import java.nio.ByteBuffer;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What somebody writes who takes Undertow and Jackson and nothing else. */
public final class Web {
    private static final JsonMapper JSON = new JsonMapper();

    private Web() {}

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
        boolean valid() {
            return customer != null
                    && !customer.isBlank()
                    && customer.length() <= 100
                    && email != null
                    && email.contains("@")
                    && quantity >= 1
                    && quantity <= 100
                    && items != null
                    && !items.isEmpty()
                    && items.size() <= 20;
        }
    }

    record Accepted(long id, String customer, String email, int quantity, List<String> items) {}

    /** What {@code java -jar} runs. */
    public static void main(String[] args) {
        RoutingHandler routes = Handlers.routing();
        int more = Integer.parseInt(System.getenv().getOrDefault("ROUTES", "0"));
        for (int i = 0; i < more; i++) {
            routes.get("/more/" + i + "/{id}", Web::text);
        }
        routes.get("/text", new BlockingHandler(Web::text))
                .get("/json", new BlockingHandler(Web::json))
                .post("/orders/{id}", new BlockingHandler(Web::order))
                .get("/nonblocking/text", Web::text)
                .get("/nonblocking/json", Web::json)
                .post("/nonblocking/orders/{id}", Web::order);
        Undertow server = Undertow.builder()
                .addHttpListener(Integer.parseInt(System.getenv("PORT")), "0.0.0.0")
                .setHandler(routes)
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        server.start();
    }

    private static void text(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send("Hello, World!");
    }

    private static void json(HttpServerExchange exchange) {
        send(exchange, Person.ada());
    }

    private static void order(HttpServerExchange exchange) {
        exchange.getRequestReceiver().receiveFullBytes((whole, body) -> {
            try {
                long id = Long.parseLong(whole.getAttachment(PathTemplateMatch.ATTACHMENT_KEY)
                        .getParameters()
                        .get("id"));
                Order order = JSON.readValue(body, Order.class);
                if (id > 0 && order.valid()) {
                    send(whole, new Accepted(id, order.customer(), order.email(), order.quantity(), order.items()));
                } else {
                    whole.setStatusCode(400).endExchange();
                }
            } catch (NumberFormatException | JacksonException e) {
                whole.setStatusCode(400).endExchange();
            }
        });
    }

    private static void send(HttpServerExchange exchange, Object value) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(ByteBuffer.wrap(JSON.writeValueAsBytes(value)));
    }
}
