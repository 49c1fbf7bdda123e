package dev.twelvefactor.contenders.helidon;

import io.helidon.http.NotFoundException;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.sql.SQLException;

final class EntryService implements HttpService {
    private final Entries entries;

    EntryService(Entries entries) {
        this.entries = entries;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/{id}", this::get);
    }

    private void get(ServerRequest request, ServerResponse response) throws SQLException {
        var id = request.path().pathParameters().first("id").asLong().get();
        response.send(entries.find(id)
                .orElseThrow(() -> new NotFoundException("No entry " + id))
                .toJson());
    }
}
