package dev.twelvefactor.contenders.helidon;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.helidon.logging.common.LogConfig;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.lettuce.core.RedisClient;

public final class Main {
    private Main() {}

    public static void main(String[] args) {
        LogConfig.configureRuntime();
        var pool = new HikariConfig();
        pool.setJdbcUrl(System.getenv("JDBC_URL"));
        var entries = new Entries(new HikariDataSource(pool));
        var redis = RedisClient.create(System.getenv("REDIS_URL")).connect().sync();
        var sessions = new Sessions(redis);
        WebServer.builder()
                .port(Integer.parseInt(System.getenv("PORT")))
                // Beyond the defaults, and in Helidon's favour: without it each JSON answer on a kept connection waits 40 ms.
                .connectionOptions(options -> options.tcpNoDelay(true))
                .routing(routing -> routing(routing, entries, sessions))
                .build()
                .start();
    }

    private static void routing(HttpRouting.Builder routing, Entries entries, Sessions sessions) {
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            routing.addFilter(new AccessLog());
        }
        routing.register("/entries", new EntryService(entries)).register(new PageService(entries, sessions));
    }
}
