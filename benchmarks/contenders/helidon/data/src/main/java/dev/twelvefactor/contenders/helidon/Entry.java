package dev.twelvefactor.contenders.helidon;

import io.helidon.json.JsonObject;

record Entry(long id, String author, String message) {

    JsonObject toJson() {
        return JsonObject.builder()
                .set("id", id)
                .set("author", author)
                .set("message", message)
                .build();
    }
}
