package dev.twelvefactor.contenders.jex;

import io.avaje.jex.http.BadRequestException;
import io.avaje.jex.http.Context;
import io.avaje.json.JsonException;
import java.util.List;

final class Orders {
    private Orders() {}

    static void create(Context ctx) {
        var id = id(ctx);
        var request = request(ctx);
        check(id > 0, "id must be positive");
        check(named(request.customer()), "customer must have 1 to 100 characters");
        check(request.email() != null && request.email().contains("@"), "email must contain an @");
        check(request.quantity() >= 1 && request.quantity() <= 100, "quantity must be 1 to 100");
        check(listed(request.items()), "items must be 1 to 20");
        ctx.json(new Order(id, request.customer(), request.email(), request.quantity(), request.items()));
    }

    private static long id(Context ctx) {
        try {
            return Long.parseLong(ctx.pathParam("id"));
        } catch (NumberFormatException e) {
            throw new BadRequestException("id must be a number");
        }
    }

    private static OrderRequest request(Context ctx) {
        try {
            return ctx.bodyAsClass(OrderRequest.class);
        } catch (JsonException e) {
            throw new BadRequestException("not an order");
        }
    }

    private static boolean named(String customer) {
        return customer != null && !customer.isBlank() && customer.length() <= 100;
    }

    private static boolean listed(List<String> items) {
        return items != null && !items.isEmpty() && items.size() <= 20;
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new BadRequestException(message);
        }
    }
}
