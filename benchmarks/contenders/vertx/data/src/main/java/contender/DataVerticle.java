package contender;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.lettuce.core.RedisClient;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.LoggerHandler;
import java.util.List;

public class DataVerticle extends VerticleBase {

    private static final String COOKIE = "session";

    private Entries entries;
    private Sessions sessions;

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            router.route().handler(LoggerHandler.create());
        }
        router.get("/entries/:id").handler(this::entry);
        router.get("/login").handler(this::login);
        router.get("/page").handler(this::page);
        return vertx.executeBlocking(this::connect).compose(connected -> vertx.createHttpServer()
                .requestHandler(router)
                .listen(Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"))));
    }

    private Void connect() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(System.getenv("JDBC_URL"));
        entries = new Entries(new HikariDataSource(config));
        sessions = new Sessions(
                vertx, RedisClient.create(System.getenv("REDIS_URL")).connect().async());
        return null;
    }

    private void entry(RoutingContext ctx) {
        long id;
        try {
            id = Long.parseLong(ctx.pathParam("id"));
        } catch (NumberFormatException notAnId) {
            ctx.response().setStatusCode(404).end();
            return;
        }
        vertx.executeBlocking(() -> entries.find(id), false)
                .onSuccess(entry -> {
                    if (entry == null) {
                        ctx.response().setStatusCode(404).end();
                    } else {
                        ctx.json(entry.toJson());
                    }
                })
                .onFailure(ctx::fail);
    }

    private void login(RoutingContext ctx) {
        String user = ctx.request().getParam("user");
        if (user == null) {
            ctx.response().setStatusCode(400).end();
            return;
        }
        sessions.create(user)
                .onSuccess(id -> ctx.response()
                        .addCookie(Cookie.cookie(COOKIE, id).setHttpOnly(true).setPath("/"))
                        .setStatusCode(204)
                        .end())
                .onFailure(ctx::fail);
    }

    private void page(RoutingContext ctx) {
        Cookie cookie = ctx.request().getCookie(COOKIE);
        if (cookie == null) {
            ctx.response().setStatusCode(401).end();
            return;
        }
        sessions.user(cookie.getValue())
                .onSuccess(user -> {
                    if (user == null) {
                        ctx.response().setStatusCode(401).end();
                    } else {
                        page(ctx, user);
                    }
                })
                .onFailure(ctx::fail);
    }

    private void page(RoutingContext ctx, String user) {
        Future<List<Entry>> rows = vertx.executeBlocking(entries::first, false);
        rows.onSuccess(list -> ctx.response()
                        .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
                        .end(Page.html(user, list)))
                .onFailure(ctx::fail);
    }
}
