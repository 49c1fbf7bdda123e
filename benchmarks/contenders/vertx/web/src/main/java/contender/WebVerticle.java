package contender;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.LoggerHandler;

public class WebVerticle extends VerticleBase {

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            router.route().handler(LoggerHandler.create());
        }
        router.get("/text").handler(this::text);
        router.get("/json").handler(this::json);
        router.post("/orders/:id").handler(BodyHandler.create()).handler(this::order);
        return vertx.createHttpServer()
                .requestHandler(router)
                .listen(Integer.parseInt(System.getenv().getOrDefault("PORT", "8080")));
    }

    private void text(RoutingContext ctx) {
        ctx.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/plain").end("Hello, World!");
    }

    private void json(RoutingContext ctx) {
        ctx.json(new JsonObject()
                .put("id", 7)
                .put("name", "Ada Lovelace")
                .put("email", "ada@example.com")
                .put("active", true)
                .put("score", 98.5)
                .put("visits", 1815)
                .put("city", "London")
                .put("country", "GB")
                .put("created", "1815-12-10")
                .put("note", "Hello, World!"));
    }

    private void order(RoutingContext ctx) {
        long id;
        JsonObject order;
        try {
            id = Long.parseLong(ctx.pathParam("id"));
            order = ctx.body().asJsonObject();
            if (!valid(id, order)) {
                badRequest(ctx);
                return;
            }
        } catch (NumberFormatException | DecodeException | ClassCastException malformed) {
            badRequest(ctx);
            return;
        }
        ctx.json(new JsonObject()
                .put("id", id)
                .put("customer", order.getString("customer"))
                .put("email", order.getString("email"))
                .put("quantity", order.getInteger("quantity"))
                .put("items", order.getJsonArray("items")));
    }

    private static void badRequest(RoutingContext ctx) {
        ctx.response().setStatusCode(400).end();
    }

    private static boolean valid(long id, JsonObject order) {
        if (id < 1 || order == null) {
            return false;
        }
        String customer = order.getString("customer");
        String email = order.getString("email");
        Integer quantity = order.getInteger("quantity");
        JsonArray items = order.getJsonArray("items");
        return customer != null
                && !customer.isBlank()
                && customer.length() <= 100
                && email != null
                && email.contains("@")
                && quantity != null
                && quantity >= 1
                && quantity <= 100
                && items != null
                && items.size() >= 1
                && items.size() <= 20
                && items.stream().allMatch(String.class::isInstance);
    }
}
