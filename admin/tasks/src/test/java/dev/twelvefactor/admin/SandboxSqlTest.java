package dev.twelvefactor.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SandboxSqlTest {
    @Test
    void reads_the_words_of_each_statement_without_comments_and_texts() {
        assertThat(SandboxSql.statements(
                        "select 'it''s; x', \"a;b\" -- ; no\n from t;; /* ; /* ; */ ; */ Commit ;", false))
                .containsExactly("SELECT FROM T", "COMMIT");
        assertThat(SandboxSql.statements("SELECT $x$ ; $$ ; $x$, E'\\'; no', a$b, '\\'; commit", false))
                .containsExactly("SELECT E A$B", "COMMIT");
        assertThat(SandboxSql.statements("SELECT '\\'; no', `a;b` # ; no\n, 1--1; /*!50000 drop*/ TABLE t", true))
                .containsExactly("SELECT A B 1 1", "DROP TABLE T");
        assertThat(SandboxSql.statements("SELECT 'open", false)).containsExactly("SELECT");
        assertThat(SandboxSql.statements("/* open", false)).isEmpty();
        assertThat(SandboxSql.statements("SELECT $1, $a", false)).containsExactly("SELECT $1 $A");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "commit",
                "END WORK",
                "rollback",
                "ROLLBACK TRANSACTION AND CHAIN",
                "SELECT 1; ROLLBACK PREPARED 'x'",
                "prepare transaction 'x'",
                "XA START 'x'",
                "SET SESSION autocommit = 0",
                "SET `autocommit`=1",
            })
    void refuses_what_ends_a_transaction(String sql) {
        assertThat(SandboxSql.refusal(sql, true)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 'commit'",
                "ROLLBACK TO mine",
                "rollback work to savepoint mine",
                "SAVEPOINT mine",
                "SELECT commit FROM ends",
                "CREATE TEMPORARY TABLE t (n int)",
                "CREATE OR REPLACE TEMPORARY TABLE t (n int)",
                "DROP TEMPORARY TABLE t",
                "ANALYZE SELECT 1",
                "SET NAMES utf8mb4",
                "UPDATE t SET created = 1",
            })
    void leaves_the_rest_alone(String sql) {
        assertThat(SandboxSql.refusal(sql, true)).isEmpty();
    }

    @Test
    void refuses_what_commits_by_itself_only_where_it_does() {
        assertThat(SandboxSql.refusal("ALTER TABLE t ADD n int", true)).isPresent();
        assertThat(SandboxSql.refusal("ALTER TABLE t ADD n int", false)).isEmpty();
    }

    /** A text of a megabyte takes no more than a moment. */
    @Test
    void reads_long_texts_in_one_go() {
        assertThat(SandboxSql.statements("/*".repeat(200_000), false)).isEmpty();
        assertThat(SandboxSql.statements("$$ ".repeat(200_000), false)).isEmpty();
        assertThat(SandboxSql.statements("a;".repeat(200_000), true)).hasSize(200_000);
    }
}
