package dev.twelvefactor.examples.guestbook;

import dev.twelvefactor.backing.blob.BlobStore;
import dev.twelvefactor.http.HttpException;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;

/** A picture for an entry, in whatever store the environment names. */
final class Pictures {
    private static final Map<String, String> ENDINGS = Map.of("image/png", ".png", "image/jpeg", ".jpg");

    private final Entries entries;
    private final BlobStore store;

    Pictures(Entries entries, BlobStore store) {
        this.entries = entries;
        this.store = store;
    }

    void addTo(Routes routes) {
        routes.put("/api/entries/{id}/picture", this::put);
        routes.get("/api/entries/{id}/picture", this::get);
    }

    private Response put(Request request) throws SQLException {
        long id = request.path("id", Long::valueOf);
        String type = request.header("Content-Type").orElse("");
        String ending = Optional.ofNullable(ENDINGS.get(type))
                .orElseThrow(() -> new HttpException(415, "A picture is image/png or image/jpeg."));
        if (entries.find(id).isEmpty()) {
            return Response.problem(404, "There is no such entry.");
        }
        store.put("entries/" + id + ending, request.stream(), type);
        ENDINGS.values().stream()
                .filter(other -> !other.equals(ending))
                .forEach(other -> store.delete("entries/" + id + other));
        return Response.noContent();
    }

    private Response get(Request request) {
        long id = request.path("id", Long::valueOf);
        for (Map.Entry<String, String> type : ENDINGS.entrySet()) {
            String key = "entries/" + id + type.getValue();
            if (store.exists(key)) {
                return Response.stream(type.getKey(), body -> {
                    try (InputStream content = store.stream(key).orElseThrow()) {
                        content.transferTo(body);
                    }
                });
            }
        }
        return Response.problem(404, "There is no picture.");
    }
}
