package dev.twelvefactor.contenders.javalin;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

public final class Main {
    private static final Logger LOGGER = LoggerFactory.getLogger(Main.class);

    private Main() {}

    public static void main(String[] args) {
        Javalin.create(Main::configure).start(Integer.parseInt(System.getenv("PORT")));
    }

    private static void configure(JavalinConfig config) {
        config.concurrency.useVirtualThreads = Runtime.version().feature() >= 21;
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            config.requestLogger.http((ctx, ms) ->
                    LOGGER.info("{} {} {} {} in {} ms", ctx.ip(), ctx.method(), ctx.path(), ctx.statusCode(), ms));
        }
        config.routes.get("/text", ctx -> ctx.result("Hello, World!"));
        config.routes.get("/json", ctx -> ctx.json(Person.example()));
        config.routes.post("/orders/{id}", Orders::create);
    }
}
