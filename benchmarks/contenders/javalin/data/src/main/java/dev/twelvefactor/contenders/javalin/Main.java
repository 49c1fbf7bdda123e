package dev.twelvefactor.contenders.javalin;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.lettuce.core.RedisClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class Main {
    private static final Logger LOGGER = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] args) {
        var pool = new HikariConfig();
        pool.setJdbcUrl(System.getenv("JDBC_URL"));
        var entries = new Entries(new HikariDataSource(pool));
        var redis = RedisClient.create(System.getenv("REDIS_URL")).connect().sync();
        var site = new Site(entries, new Sessions(redis));
        Javalin.create(config -> configure(config, site)).start(Integer.parseInt(System.getenv("PORT")));
    }

    private static void configure(JavalinConfig config, Site site) {
        config.concurrency.useVirtualThreads = Runtime.version().feature() >= 21;
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            config.requestLogger.http((ctx, ms) ->
                    LOGGER.info("{} {} {} {} in {} ms", ctx.ip(), ctx.method(), ctx.path(), ctx.statusCode(), ms));
        }
        config.routes.get("/entries/{id}", site::entry);
        config.routes.get("/login", site::login);
        config.routes.get("/page", site::page);
    }
}
