package dev.twelvefactor.contenders.javalin;

import io.javalin.http.Context;
import java.util.List;

final class Orders {
    private Orders() {}

    record Request(String customer, String email, int quantity, List<String> items) {}

    record Order(long id, String customer, String email, int quantity, List<String> items) {}

    static void create(Context ctx) {
        var id = ctx.pathParamAsClass("id", Long.class)
                .check(value -> value > 0, "must be positive")
                .get();
        var request = ctx.bodyValidator(Request.class)
                .check("customer", order -> named(order.customer()), "must have 1 to 100 characters")
                .check("email", order -> order.email() != null && order.email().contains("@"), "must contain an @")
                .check("quantity", order -> order.quantity() >= 1 && order.quantity() <= 100, "must be 1 to 100")
                .check("items", order -> listed(order.items()), "must be 1 to 20")
                .get();
        ctx.json(new Order(id, request.customer(), request.email(), request.quantity(), request.items()));
    }

    private static boolean named(String customer) {
        return customer != null && !customer.isBlank() && customer.length() <= 100;
    }

    private static boolean listed(List<String> items) {
        return items != null && !items.isEmpty() && items.size() <= 20;
    }
}
