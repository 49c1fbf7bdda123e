package dev.twelvefactor.admin.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.TaskOutput;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.backing.jdbc.Jdbc;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database as a test sees it, beside the task. */
record TestDatabase(String url) {
    Connection connect() throws SQLException {
        ServiceUrl parsed = ServiceUrl.parse(url);
        String vendor = parsed.scheme().equals("mariadb") ? "mariadb" : "postgresql";
        return DriverManager.getConnection(
                "jdbc:" + vendor + "://" + parsed.hosts().get(0) + "/"
                        + parsed.path().orElseThrow(),
                parsed.user().orElseThrow(),
                parsed.password().orElseThrow().reveal());
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    List<String> strings(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    List<String> applied() throws SQLException {
        return strings("SELECT script FROM flyway_schema_history WHERE success ORDER BY installed_rank");
    }

    /** Asks again and again until the answer is not empty. */
    void awaitRow(String query) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (strings(query).isEmpty()) {
            assertThat(System.nanoTime()).as(query).isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** What is done with an attached pool. */
    interface Use {
        void with(DataSource pool) throws Exception;
    }

    void attached(Use use) throws Exception {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
        try {
            use.with(new Attachments(lifecycle, Duration.ofSeconds(20))
                    .attach("database", Jdbc.poolForLongStatements(ServiceUrl.parse(url)))
                    .get());
        } finally {
            assertThat(lifecycle.drain().complete()).isTrue();
        }
    }

    /** Runs the task, and gives its output. */
    List<String> run(String migrations, MigrateOptions options) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        TaskOutput output = TaskOutput.terminal(stream, stream, Clock.systemUTC());
        attached(pool -> Migrate.run(new Migration(pool, "migrations/" + migrations, "a test"), options, output));
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    List<String> migrate(String migrations) throws Exception {
        return run(migrations, MigrateOptions.NONE);
    }
}
