package dev.twelvefactor.contenders.helidon;

import io.helidon.common.mapper.MapperException;
import io.helidon.http.BadRequestException;
import io.helidon.json.JsonException;
import io.helidon.json.JsonObject;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

final class OrderService implements HttpService {

    @Override
    public void routing(HttpRules rules) {
        rules.post("/{id}", this::post);
    }

    private void post(ServerRequest request, ServerResponse response) {
        response.send(order(request).validated().toJson());
    }

    private static Order order(ServerRequest request) {
        try {
            var id = request.path().pathParameters().first("id").asLong().get();
            return Order.of(id, request.content().as(JsonObject.class));
        } catch (MapperException | JsonException | IllegalStateException | ClassCastException e) {
            // No number in the path, no JSON, no body at all, or JSON that is not an object.
            throw new BadRequestException("Not an order", e);
        }
    }
}
