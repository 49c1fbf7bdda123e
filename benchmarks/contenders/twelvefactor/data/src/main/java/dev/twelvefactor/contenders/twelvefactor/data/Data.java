package dev.twelvefactor.contenders.twelvefactor.data;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.backing.redis.Redis;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.http.Html;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import dev.twelvefactor.http.Routes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** The app that is compared with others, on PostgreSQL and Redis: what a user of the library writes. */
public final class Data {
    private final DataSource database;

    private Data(DataSource database) {
        this.database = database;
    }

    record Settings(ServiceUrl databaseUrl, ServiceUrl redisUrl) {}

    record Entry(long id, String author, String message) {
        static Entry of(ResultSet row) throws SQLException {
            return new Entry(row.getLong(1), row.getString(2), row.getString(3));
        }
    }

    /** What {@code java -jar} runs. */
    public static void main(String[] args) {
        TwelveFactorApp.run(args, App.of("contender", Settings.class).web(Data::web));
    }

    private static void web(Settings settings, Wiring wiring, Routes routes) {
        Data data = new Data(
                wiring.attach("database", Jdbc.pool(settings.databaseUrl())).get());
        routes.sessions(
                Redis.keyedStore(
                        wiring.attach("redis", Redis.commands(settings.redisUrl()))
                                .get(),
                        "session:"),
                Duration.ofMinutes(30));
        routes.get("/entries/{id}", data::entry).get("/login", Data::login).get("/page", data::page);
    }

    private Response entry(Request request) throws SQLException {
        return Response.jsonOr404(find(request.path("id", Long::parseLong)));
    }

    private Optional<Entry> find(long id) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT id, author, message FROM entries WHERE id = ?")) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() ? Optional.of(Entry.of(rows)) : Optional.empty();
            }
        }
    }

    private static Response login(Request request) {
        request.session().put("user", request.query("user").orElseThrow());
        return Response.noContent();
    }

    private Response page(Request request) throws SQLException {
        Optional<String> user = request.session().get("user");
        if (user.isEmpty()) {
            return Response.problem(401, "Sign in first.");
        }
        StringBuilder page = new StringBuilder(4096)
                .append("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ")
                .append(Html.escape(user.get()))
                .append("</p><table>");
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT id, author, message FROM entries ORDER BY id LIMIT 20");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Entry entry = Entry.of(rows);
                page.append("<tr><td>").append(entry.id()).append("</td><td>");
                Html.escape(page, entry.author()).append("</td><td>");
                Html.escape(page, entry.message()).append("</td></tr>");
            }
        }
        return Response.html(page.append("</table></body></html>").toString());
    }
}
