package dev.twelvefactor.contenders.undertow.data;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.GetExArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.server.handlers.Cookie;
import io.undertow.server.handlers.CookieImpl;
import io.undertow.util.Headers;
import io.undertow.util.PathTemplateMatch;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What somebody writes who takes Undertow, Jackson, HikariCP and Lettuce and nothing else. */
public final class Data {
    private static final int TIME_TO_LIVE = 30 * 60;
    private static final TypeReference<Map<String, String>> VALUES = new TypeReference<>() {};

    private final JsonMapper json = new JsonMapper();
    private final SecureRandom random = new SecureRandom();
    private final DataSource database;
    private final RedisCommands<String, String> redis;

    private Data(DataSource database, RedisCommands<String, String> redis) {
        this.database = database;
        this.redis = redis;
    }

    record Entry(long id, String author, String message) {
        static Entry of(ResultSet row) throws SQLException {
            return new Entry(row.getLong(1), row.getString(2), row.getString(3));
        }
    }

    /** What {@code java -jar} runs. */
    public static void main(String[] args) {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(System.getenv("JDBC_URL"));
        RedisClient client = RedisClient.create(System.getenv("REDIS_URL"));
        Data data = new Data(new HikariDataSource(pool), client.connect().sync());
        Undertow server = Undertow.builder()
                .addHttpListener(Integer.parseInt(System.getenv("PORT")), "0.0.0.0")
                .setHandler(new BlockingHandler(Handlers.routing()
                        .get("/entries/{id}", data::entry)
                        .get("/login", data::login)
                        .get("/page", data::page)))
                .build();
        Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
        server.start();
    }

    private void entry(HttpServerExchange exchange) throws SQLException {
        long id = Long.parseLong(exchange.getAttachment(PathTemplateMatch.ATTACHMENT_KEY)
                .getParameters()
                .get("id"));
        Optional<Entry> entry = find(id);
        if (entry.isEmpty()) {
            exchange.setStatusCode(404).endExchange();
            return;
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
        exchange.getResponseSender().send(ByteBuffer.wrap(json.writeValueAsBytes(entry.get())));
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

    private void login(HttpServerExchange exchange) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        String user = Objects.requireNonNull(exchange.getQueryParameters().get("user"))
                .getFirst();
        redis.set("session:" + id, json.writeValueAsString(Map.of("user", user)), SetArgs.Builder.ex(TIME_TO_LIVE));
        exchange.setResponseCookie(new CookieImpl("session", id).setPath("/").setHttpOnly(true));
        exchange.setStatusCode(204).endExchange();
    }

    private void page(HttpServerExchange exchange) throws SQLException {
        Cookie cookie = exchange.getRequestCookie("session");
        String session =
                cookie == null ? null : redis.getex("session:" + cookie.getValue(), GetExArgs.Builder.ex(TIME_TO_LIVE));
        if (session == null) {
            exchange.setStatusCode(401).endExchange();
            return;
        }
        StringBuilder page = new StringBuilder(4096)
                .append("<!doctype html><html><head><title>Entries</title></head><body><p>Signed in as ");
        escape(page, json.readValue(session, VALUES).getOrDefault("user", ""));
        page.append("</p><table>");
        try (Connection connection = database.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT id, author, message FROM entries ORDER BY id LIMIT 20");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                Entry entry = Entry.of(rows);
                page.append("<tr><td>").append(entry.id()).append("</td><td>");
                escape(page, entry.author());
                page.append("</td><td>");
                escape(page, entry.message());
                page.append("</td></tr>");
            }
        }
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/html; charset=utf-8");
        exchange.getResponseSender().send(page.append("</table></body></html>").toString());
    }

    private static void escape(StringBuilder page, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> page.append("&amp;");
                case '<' -> page.append("&lt;");
                case '>' -> page.append("&gt;");
                case '"' -> page.append("&quot;");
                case '\'' -> page.append("&#39;");
                default -> page.append(c);
            }
        }
    }
}
