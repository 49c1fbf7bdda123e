package dev.twelvefactor.contenders.jex;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.avaje.jex.Jex;
import io.lettuce.core.RedisClient;

public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var pool = new HikariConfig();
        pool.setJdbcUrl(System.getenv("JDBC_URL"));
        var entries = new Entries(new HikariDataSource(pool));
        var redis = RedisClient.create(System.getenv("REDIS_URL")).connect().sync();
        var jex = Jex.create().routing(new Site(entries, new Sessions(redis)));
        if (Boolean.parseBoolean(System.getenv("ACCESS_LOG"))) {
            jex.filter(new AccessLog());
        }
        jex.port(Integer.parseInt(System.getenv("PORT"))).start();
    }
}
