package contender;

import io.vertx.core.json.JsonObject;

record Entry(long id, String author, String message) {

    JsonObject toJson() {
        return new JsonObject().put("id", id).put("author", author).put("message", message);
    }
}
