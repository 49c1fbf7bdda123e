package dev.twelvefactor.contenders.helidon;

import io.helidon.http.BadRequestException;
import io.helidon.json.JsonArray;
import io.helidon.json.JsonObject;
import java.util.List;

record Order(long id, String customer, String email, int quantity, List<String> items) {

    static Order of(long id, JsonObject json) {
        return new Order(
                id,
                json.stringValue("customer", ""),
                json.stringValue("email", ""),
                json.intValue("quantity", 0),
                json.arrayValue("items", JsonArray.empty()).values().stream()
                        .map(item -> item.asString().value())
                        .toList());
    }

    Order validated() {
        check(id > 0, "id must be positive");
        check(!customer.isBlank() && customer.length() <= 100, "customer must have 1 to 100 characters");
        check(email.contains("@"), "email must contain an @");
        check(quantity >= 1 && quantity <= 100, "quantity must be 1 to 100");
        check(!items.isEmpty() && items.size() <= 20, "items must be 1 to 20");
        return this;
    }

    JsonObject toJson() {
        return JsonObject.builder()
                .set("id", id)
                .set("customer", customer)
                .set("email", email)
                .set("quantity", quantity)
                .setStrings("items", items)
                .build();
    }

    private static void check(boolean valid, String message) {
        if (!valid) {
            throw new BadRequestException(message);
        }
    }
}
