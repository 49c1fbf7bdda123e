package dev.twelvefactor.admin.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processes that end in the middle of a migration. */
@Timeout(180)
@ExtendWith({PostgresServer.Shared.class, MariaDbServer.Shared.class})
class CutShortTest {
    private static final String SLEEPING = "SELECT 1 FROM pg_stat_activity WHERE state = 'active'"
            + " AND datname = current_database() AND query LIKE '%pg_sleep(50)%' AND pid <> pg_backend_pid()";
    private static final String INDEXING =
            "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND wait_event_type = 'Lock'"
                    + " AND datname = current_database() AND query LIKE 'CREATE INDEX%'";
    private static final String MARIADB_SLEEPING =
            "SELECT 1 FROM information_schema.processlist WHERE info = 'DO SLEEP(50)'";
    private static final String DATE = "20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
    private static final String MEND =
            " It does not run in one transaction: a part of it may be in the database. See which of its statements took effect and take those back;"
                    + " then \"admin migrate repair\" says that it is mended, and \"admin migrate\" applies it from its beginning.";

    private final List<AppProcess> processes = new ArrayList<>();

    @AfterEach
    void close() {
        processes.forEach(AppProcess::close);
    }

    private AppProcess start(TestDatabase database, String migrations) {
        AppProcess process = MigrateApp.start(database.url(), migrations);
        processes.add(process);
        return process;
    }

    private static List<String> messages(AppProcess process) {
        return process.events().stream()
                .map(event -> event.get("message").toString().replaceAll(DATE, "THEN"))
                .toList();
    }

    private static MigrateOptions repair() {
        return new MigrateOptions(Optional.of(MigrateOptions.Action.REPAIR), false, false, Optional.empty());
    }

    @Test
    void after_a_kill_in_a_transaction_the_next_run_says_that_it_was_rolled_back_and_goes_on(PostgresServer postgres)
            throws Exception {
        TestDatabase database = new TestDatabase(postgres.newDatabase());
        AppProcess first = start(database, "slow");
        database.awaitRow(SLEEPING);
        first.kill();
        AppProcess second = start(database, "newer");
        assertThat(second.awaitExit()).as("%s", second).isZero();
        assertThat(messages(second))
                .contains(
                        "migration 2 (V2__slow.sql), begun at THEN by a test, never ended. The database has rolled back all of it. It is applied again now");
        assertThat(database.strings(SLEEPING)).isEmpty();
        assertThat(database.applied()).containsExactly("V1__one.sql", "V2__two.sql", "R__ones.sql");
    }

    @Test
    void after_a_kill_outside_of_a_transaction_the_next_run_says_what_is_left_and_ends_with_1(PostgresServer postgres)
            throws Exception {
        TestDatabase database = new TestDatabase(postgres.newDatabase());
        database.attached(pool -> new Migration(pool, "migrations/index", "a test").migrate(Optional.of("1")));
        AppProcess second;
        try (Connection blocker = database.connect();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("INSERT INTO one VALUES (1, 'a')");
            AppProcess first = start(database, "index");
            database.awaitRow(INDEXING);
            first.kill();
            second = start(database, "index");
            assertThat(second.awaitExit()).as("%s", second).isEqualTo(1);
        }
        String left = "migration 2 (V2__index.sql), begun at THEN by a test, never ended." + MEND
                + " Found: invalid index one_id; take it back with DROP INDEX CONCURRENTLY one_id.";
        assertThat(second.stderr()).hasSize(1);
        assertThat(second.stderr().get(0).replaceAll(DATE, "THEN"))
                .startsWith("migrate failed: ")
                .endsWith(": " + left);
        database.execute("DROP INDEX one_id");
        database.run("index", repair());
        database.migrate("index");
        assertThat(database.applied()).containsExactly("V1__one.sql", "V2__index.sql");
    }

    @Test
    void sigterm_in_a_transaction_stops_the_server_too_and_says_that_it_was_rolled_back(PostgresServer postgres)
            throws Exception {
        TestDatabase database = new TestDatabase(postgres.newDatabase());
        AppProcess process = start(database, "slow");
        database.awaitRow(SLEEPING);
        process.terminate();
        assertThat(process.awaitExit()).as("%s", process).isEqualTo(143);
        assertThat(messages(process))
                .contains(
                        "migration 2 (V2__slow.sql), begun at THEN by a test, was cut short. The database has rolled back all of it.");
        assertThat(database.strings(SLEEPING)).isEmpty();
        assertThat(database.applied()).containsExactly("V1__one.sql");
        database.migrate("newer");
    }

    @Test
    void sigterm_outside_of_a_transaction_says_what_may_be_half_done_and_so_does_the_next_run(PostgresServer postgres)
            throws Exception {
        TestDatabase database = new TestDatabase(postgres.newDatabase());
        database.attached(pool -> new Migration(pool, "migrations/index", "a test").migrate(Optional.of("1")));
        try (Connection blocker = database.connect();
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("INSERT INTO one VALUES (1, 'a')");
            AppProcess first = start(database, "index");
            database.awaitRow(INDEXING);
            first.terminate();
            assertThat(first.awaitExit()).as("%s", first).isEqualTo(143);
            assertThat(messages(first))
                    .contains("migration 2 (V2__index.sql), begun at THEN by a test, was cut short." + MEND
                            + " Found: invalid index one_id; take it back with DROP INDEX CONCURRENTLY one_id.");
            assertThat(database.strings(INDEXING)).isEmpty();
        }
        AppProcess next = start(database, "index");
        assertThat(next.awaitExit()).as("%s", next).isEqualTo(1);
    }

    @Test
    void sigterm_while_another_migrates_ends_the_wait(PostgresServer postgres) throws Exception {
        TestDatabase database = new TestDatabase(postgres.newDatabase());
        AppProcess first = start(database, "slow");
        database.awaitRow(SLEEPING);
        AppProcess waiting = start(database, "slow");
        String line = waiting.awaitLine(text -> text.contains("waiting: "));
        assertThat(line.replaceAll(DATE, "THEN"))
                .containsPattern(
                        "waiting: migration 2 \\(V2__slow.sql\\), begun at THEN by a test, is under way; SELECT pg_terminate_backend\\(\\d+\\) would end it");
        waiting.terminate();
        assertThat(waiting.awaitExit()).as("%s", waiting).isEqualTo(143);
        assertThat(database.strings(SLEEPING)).hasSize(1);
        first.terminate();
        assertThat(first.awaitExit()).isEqualTo(143);
    }

    private static TestDatabase newDatabase(MariaDbServer mariadb, String name) throws Exception {
        new TestDatabase(mariadb.url()).execute("CREATE DATABASE " + name);
        return new TestDatabase(mariadb.url().replaceFirst("/app$", "/" + name));
    }

    @Test
    void where_schemas_have_no_transactions_a_killed_migration_counts_as_half_done(MariaDbServer mariadb)
            throws Exception {
        TestDatabase database = newDatabase(mariadb, "was_killed");
        AppProcess first = start(database, "maria");
        database.awaitRow(MARIADB_SLEEPING);
        first.kill();
        AppProcess second = start(database, "maria");
        String waiting = second.awaitLine(text -> text.contains("waiting: "));
        assertThat(waiting.replaceAll(DATE, "THEN"))
                .containsPattern(
                        "waiting: migration 2 \\(V2__slow.sql\\), begun at THEN by a test, is still being run by the server although its process is gone; KILL \\d+ would end it");
        database.execute("KILL " + waiting.replaceFirst("(?s).*KILL (\\d+).*", "$1"));
        assertThat(second.awaitExit()).as("%s", second).isEqualTo(1);
        assertThat(second.stderr().get(0).replaceAll(DATE, "THEN"))
                .startsWith("migrate failed: ")
                .endsWith(": migration 2 (V2__slow.sql), begun at THEN by a test, never ended." + MEND);
        database.execute("DROP TABLE two");
        database.run("maria", repair());
        database.migrate("newer");
        assertThat(database.applied()).containsExactly("V1__one.sql", "V2__two.sql", "R__ones.sql");
    }

    @Test
    void sigterm_ends_the_statement_there_too(MariaDbServer mariadb) throws Exception {
        TestDatabase database = newDatabase(mariadb, "cut_short");
        AppProcess first = start(database, "maria");
        database.awaitRow(MARIADB_SLEEPING);
        first.terminate();
        assertThat(first.awaitExit()).as("%s", first).isEqualTo(143);
        assertThat(messages(first))
                .contains("migration 2 (V2__slow.sql), begun at THEN by a test, was cut short." + MEND);
        assertThat(database.strings(MARIADB_SLEEPING)).isEmpty();
        AppProcess next = start(database, "maria");
        assertThat(next.awaitExit()).as("%s", next).isEqualTo(1);
    }
}
