package dev.twelvefactor.benchmarks.comparison;

import dev.twelvefactor.testing.postgres.PostgresServer;
import dev.twelvefactor.testing.redis.RedisServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** The PostgreSQL and the Redis of work 4 and 5. */
final class Services implements AutoCloseable {
    static final int ROWS = 10_000;

    private final PostgresServer postgres;
    private final RedisServer redis;
    private final String databaseUrl;

    private Services(PostgresServer postgres, RedisServer redis, String databaseUrl) {
        this.postgres = postgres;
        this.redis = redis;
        this.databaseUrl = databaseUrl;
    }

    static Services start() throws SQLException {
        PostgresServer postgres = PostgresServer.start();
        Services services = new Services(postgres, RedisServer.start(), postgres.newDatabase());
        services.fill();
        return services;
    }

    private void fill() throws SQLException {
        try (Connection connection = DriverManager.getConnection(jdbcUrl(databaseUrl));
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE entries (id bigint PRIMARY KEY, author text NOT NULL, message text NOT NULL)");
            statement.execute(
                    "INSERT INTO entries SELECT n, 'Author ' || n, 'Message ' || n || ', <b>bold</b> & \"said\"' FROM "
                            + "generate_series(1, " + ROWS + ") AS n");
            statement.execute("ANALYZE entries");
        }
    }

    static String author(int id) {
        return "Author " + id;
    }

    static String message(int id) {
        return "Message " + id + ", <b>bold</b> & \"said\"";
    }

    Map<String, String> environment() {
        return Map.of("DATABASE_URL", databaseUrl, "JDBC_URL", jdbcUrl(databaseUrl), "REDIS_URL", redis.url());
    }

    /** The form that the driver of PostgreSQL takes. */
    static String jdbcUrl(String url) {
        URI parsed = URI.create(url);
        String[] user = parsed.getUserInfo().split(":", 2);
        return "jdbc:postgresql://" + parsed.getHost() + ":" + parsed.getPort() + parsed.getPath() + "?user=" + user[0]
                + "&password=" + user[1];
    }

    @Override
    public void close() {
        redis.close();
        postgres.close();
    }
}
