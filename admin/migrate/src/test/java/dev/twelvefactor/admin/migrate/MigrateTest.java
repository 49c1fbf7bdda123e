package dev.twelvefactor.admin.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.admin.Task;
import dev.twelvefactor.admin.TaskOutput;
import dev.twelvefactor.backing.Attachments;
import dev.twelvefactor.config.Conversions;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.config.ServiceUrl;
import dev.twelvefactor.lifecycle.Lifecycle;
import dev.twelvefactor.testing.mariadb.MariaDbServer;
import dev.twelvefactor.testing.postgres.PostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(120)
@ExtendWith({PostgresServer.Shared.class, MariaDbServer.Shared.class})
class MigrateTest {
    private static final MigrateOptions STATUS = new MigrateOptions(Optional.empty(), true, false, Optional.empty());
    private static final MigrateOptions DRY_RUN = new MigrateOptions(Optional.empty(), false, true, Optional.empty());
    private static final MigrateOptions VALIDATE =
            new MigrateOptions(Optional.of(MigrateOptions.Action.VALIDATE), false, false, Optional.empty());
    private static final MigrateOptions REPAIR =
            new MigrateOptions(Optional.of(MigrateOptions.Action.REPAIR), false, false, Optional.empty());
    private static final String DATE = "20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z";

    private TestDatabase database;

    record Settings(ServiceUrl databaseUrl) {}

    @BeforeEach
    void use_an_empty_database(PostgresServer postgres) throws Exception {
        database = new TestDatabase(postgres.newDatabase());
    }

    private static MigrateOptions to(String version) {
        return new MigrateOptions(Optional.empty(), false, false, Optional.of(version));
    }

    /** The message of the task's failure. */
    private static String failure(TestDatabase of, String migrations, MigrateOptions options) {
        return assertThatFailure(of, migrations, options).replaceAll(DATE, "THEN");
    }

    private static String assertThatFailure(TestDatabase of, String migrations, MigrateOptions options) {
        Throwable[] thrown = new Throwable[1];
        assertThatThrownBy(() -> of.run(migrations, options))
                .isInstanceOf(MigrateException.class)
                .satisfies(e -> thrown[0] = e);
        return thrown[0].getMessage();
    }

    @Test
    void brings_an_empty_database_up_to_the_release_and_does_nothing_the_second_time() throws Exception {
        Task<Settings> task = Migrate.task(Settings::databaseUrl);
        for (int i = 0; i < 2; i++) {
            Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(20), Duration.ZERO);
            try {
                task.with(List.of(), Conversions.standard())
                        .work()
                        .run(
                                new Settings(ServiceUrl.parse(database.url())),
                                EnvConfig.read(List.of(task.own()), Environment.of(Map.of())),
                                new Attachments(lifecycle, Duration.ofSeconds(20)),
                                TaskOutput.events(Clock.systemUTC()));
            } finally {
                assertThat(lifecycle.drain().complete()).isTrue();
            }
            assertThat(database.applied()).containsExactly("V1__one.sql", "V2__two.sql");
        }
    }

    @Test
    void the_url_with_other_credentials_counts_where_there_is_one() {
        ServiceUrl app = ServiceUrl.parse("postgres://app:a@host/shop");
        ServiceUrl admin = ServiceUrl.parse("postgres://owner:b@host/shop");
        assertThat(new AdminDatabase(Optional.of(admin)).or(app)).isSameAs(admin);
        assertThat(new AdminDatabase(Optional.empty()).or(app)).isSameAs(app);
    }

    @Test
    void a_script_that_fails_is_rolled_back_named_and_applied_when_it_is_mended() throws Exception {
        assertThat(failure(database, "bad", MigrateOptions.NONE))
                .isEqualTo(
                        "migration 2 (V2__two.sql), begun at THEN by a test, failed at line 3: ERROR: syntax error at or near \"TABEL\"; Position: 8."
                                + " The database has rolled back all of it.");
        assertThat(database.applied()).containsExactly("V1__one.sql");
        database.migrate("mended");
        assertThat(database.applied()).containsExactly("V1__one.sql", "V2__two.sql");
        assertThat(database.strings("SELECT name FROM migration_in_hand")).isEmpty();
    }

    @Test
    void a_script_that_commits_in_the_middle_counts_as_half_done() throws Exception {
        assertThat(failure(database, "commits", MigrateOptions.NONE))
                .startsWith(
                        "migration 2 (V2__two.sql), begun at THEN by a test, failed at line 3: ERROR: syntax error at or near \"TABEL\"; Position: 8."
                                + " It does not run in one transaction: a part of it may be in the database. See which");
        assertThat(failure(database, "mended", MigrateOptions.NONE))
                .startsWith(
                        "migration 2 (V2__two.sql), begun at THEN by a test, never ended. It does not run in one transaction");
    }

    @Test
    void where_schemas_have_no_transactions_a_script_that_fails_has_to_be_mended_by_hand(MariaDbServer mariadb)
            throws Exception {
        new TestDatabase(mariadb.url()).execute("CREATE DATABASE failing");
        TestDatabase there = new TestDatabase(mariadb.url().replaceFirst("/app$", "/failing"));
        assertThat(failure(there, "mariabad", MigrateOptions.NONE))
                .startsWith("migration 2 (V2__two.sql), begun at THEN by a test, failed at line 3: ")
                .contains("It does not run in one transaction: a part of it may be in the database. See which of");
        assertThat(failure(there, "mended", MigrateOptions.NONE)).contains("never ended. It does not run in one");
        assertThat(failure(there, "mended", VALIDATE)).contains("has not ended. It does not run in one");
        there.execute("DROP TABLE two");
        there.run("mended", REPAIR);
        there.migrate("mended");
        assertThat(there.applied()).containsExactly("V1__one.sql", "V2__two.sql");
    }

    @Test
    void goes_as_far_as_it_is_told_and_knows_no_version_that_is_not_there() throws Exception {
        assertThat(failure(database, "newer", to("7")))
                .isEqualTo("there is no migration 7; --target takes one of 1, 2");
        database.run("newer", to("1"));
        assertThat(database.applied()).containsExactly("V1__one.sql", "R__ones.sql");
        database.run("newer", to("2"));
        assertThat(database.applied()).containsExactly("V1__one.sql", "R__ones.sql", "V2__two.sql");
    }

    @Test
    void status_shows_every_migration() throws Exception {
        database.run("newer", to("1"));
        List<String> table = database.run("newer", STATUS);
        assertThat(table.stream().map(line -> line.replaceAll(DATE, "THEN").replaceAll(" +", " ")))
                .containsExactly(
                        "migration",
                        "version description state installed_on installed_by",
                        "1 one success THEN app",
                        " ones success THEN app",
                        "2 two pending");
    }

    @Test
    void a_dry_run_shows_the_sql_and_changes_nothing() throws Exception {
        assertThat(database.run("dry", DRY_RUN))
                .containsExactly("-- migration 1 (V1__one.sql)", "CREATE TABLE one (id int); -- ${amount}");
        assertThat(database.strings("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
                .isEmpty();
        database.migrate("dry");
        assertThat(database.run("dry", DRY_RUN)).containsExactly("-- nothing is pending");
    }

    @Test
    void validate_names_what_was_changed_after_it_was_applied_and_repair_accepts_it() throws Exception {
        database.migrate("newer");
        database.run("newer", VALIDATE);
        String sentence = """
                the database is not what this release's migrations say:
                  migration 1 (one): its script was changed after it was applied; put it back as it was and write the change as a new migration, or accept it with "admin migrate repair"\
                """;
        assertThat(failure(database, "changed", VALIDATE)).isEqualTo(sentence);
        assertThat(failure(database, "changed", MigrateOptions.NONE)).isEqualTo(sentence);
        database.run("changed", REPAIR);
        database.run("changed", VALIDATE);
        database.migrate("changed");
    }

    @Test
    void a_migration_that_comes_behind_a_higher_one_is_refused() throws Exception {
        database.migrate("newer");
        assertThat(failure(database, "late", MigrateOptions.NONE))
                .isEqualTo(
                        "the database is not what this release's migrations say:\n"
                                + "  migration 1.5 (late): it came behind a higher version that is applied, and would never run; give it a version above all others");
    }

    @Test
    void an_older_release_leaves_a_newer_database_alone() throws Exception {
        database.migrate("newer");
        database.run("older", VALIDATE);
        database.migrate("older");
        assertThat(database.run("older", DRY_RUN)).containsExactly("-- nothing is pending");
        assertThat(database.applied()).containsExactly("V1__one.sql", "V2__two.sql", "R__ones.sql");
    }

    @Test
    void a_database_that_something_else_has_filled_is_refused() throws Exception {
        database.execute("CREATE TABLE foreign_table (id int)");
        assertThat(failure(database, "newer", MigrateOptions.NONE))
                .isEqualTo(
                        "the database has tables and no history of migrations (flyway_schema_history), so it was not made by this app's migrations; name an empty one, or give it a history with Flyway's \"baseline\"");
    }

    @Test
    void a_script_whose_name_flyway_would_pass_over_is_refused() throws Exception {
        for (MigrateOptions options : List.of(MigrateOptions.NONE, STATUS, DRY_RUN, VALIDATE, REPAIR)) {
            assertThat(failure(database, "names", options)).isEqualTo("""
                            some scripts have names that no migration has, and would never run; write V2__words.sql (a version, two underscores, words) or R__words.sql:
                              Invalid versioned migration name format: V2_b.sql (could not recognise version number 2_b)
                              Unrecognised migration name format: v3__c.sql""");
        }
    }

    @Test
    void scripts_beside_migrations_are_taken_as_flyway_takes_them() throws Exception {
        database.migrate("callbacks");
        assertThat(database.strings("SELECT what FROM words ORDER BY what"))
                .containsExactly("afterMigrate", "afterMigrate__with_words");
        database.migrate("callbacks");
        assertThat(database.strings("SELECT what FROM words")).hasSize(4);
    }

    @Test
    void a_release_without_a_folder_of_migrations_is_refused() throws Exception {
        for (MigrateOptions options : List.of(MigrateOptions.NONE, STATUS, DRY_RUN, VALIDATE, REPAIR)) {
            assertThat(failure(database, "nowhere", options))
                    .isEqualTo(
                            "the class path has no folder migrations/nowhere; put the scripts there (src/main/resources/db/migration/V1__words.sql), or leave the task migrate out of the app");
        }
    }

    @Test
    void a_script_is_taken_as_it_is() throws Exception {
        database.run("literal", DRY_RUN);
        database.migrate("literal");
        assertThat(database.strings("SELECT template FROM prices")).containsExactly("${amount} EUR, ${flyway:user}");
    }

    @Test
    void takes_longer_than_the_server_lets_a_session_idle() throws Exception {
        for (String timeout : List.of(
                "idle_session_timeout",
                "idle_in_transaction_session_timeout",
                "statement_timeout",
                "transaction_timeout")) {
            database.execute("ALTER DATABASE "
                    + ServiceUrl.parse(database.url()).path().orElseThrow() + " SET " + timeout + " = '1s'");
        }
        database.migrate("long");
        assertThat(database.applied()).containsExactly("V1__long.sql");
    }

    @Test
    void so_it_does_on_mariadb() throws Exception {
        try (MariaDbServer mariadb = MariaDbServer.start()) {
            TestDatabase there = new TestDatabase(mariadb.url());
            there.execute("SET GLOBAL wait_timeout = 1");
            there.execute("SET GLOBAL max_statement_time = 1");
            there.migrate("marialong");
            assertThat(there.applied()).containsExactly("V1__long.sql");
        }
    }

    @Test
    void does_not_take_a_table_with_a_similar_name_for_its_note() throws Exception {
        database.migrate("older");
        database.execute("DROP TABLE migration_in_hand");
        database.execute("CREATE TABLE \"migration-in-hand\" (id int)");
        database.migrate("newer");
        assertThat(database.applied()).containsExactly("V1__one.sql", "V2__two.sql", "R__ones.sql");
    }

    @Test
    void is_left_alone_by_its_own_note_when_the_process_died_behind_the_last_step() throws Exception {
        database.migrate("older");
        database.execute(
                "INSERT INTO migration_in_hand VALUES ('migration 2', 'V2__two.sql', 'x', 'then', 1, true, 1)");
        database.execute(
                "INSERT INTO flyway_schema_history SELECT 2, '2', 'two', 'SQL', 'V2__two.sql', checksum, 'app', now(), 1, true FROM flyway_schema_history");
        assertThat(database.run("older", STATUS)).noneMatch(line -> line.contains("in hand"));
        database.migrate("older");
    }
}
