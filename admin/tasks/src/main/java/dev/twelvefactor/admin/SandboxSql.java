package dev.twelvefactor.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The statements of an SQL text, without comments, and in place of each its words: enough to see which of them would end a transaction. */
final class SandboxSql {
    private static final Pattern ENDS_TRANSACTION = Pattern.compile(
            "(BEGIN|START TRANSACTION|COMMIT|END|ABORT|XA|PREPARE TRANSACTION|ROLLBACK(?! (WORK |TRANSACTION )?TO\\b))\\b.*|SET\\b.*\\bAUTOCOMMIT\\b.*");
    private static final Pattern READS = Pattern.compile("(SELECT|SHOW|VALUES|DESCRIBE|EXPLAIN)\\b.*");
    private static final Pattern OF_SAVEPOINTS = Pattern.compile("(SAVEPOINT|ROLLBACK|RELEASE)\\b.*");

    /**
     * Commits by itself in MySQL and MariaDB.
     *
     * @see <a href="https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html">Statements that cause an implicit commit</a>
     */
    private static final Pattern COMMITS_BY_ITSELF = Pattern.compile(
            "(ALTER|CREATE(?! (OR REPLACE )?TEMPORARY TABLE\\b)|DROP(?! TEMPORARY\\b)|TRUNCATE|RENAME|GRANT|REVOKE|SET PASSWORD|LOCK|UNLOCK"
                    + "|(ANALYZE|OPTIMIZE|REPAIR|CHECK)( NO_WRITE_TO_BINLOG| LOCAL)? TABLE|CACHE INDEX|LOAD INDEX|FLUSH|RESET|INSTALL|UNINSTALL|START|STOP|CHANGE)\\b.*");

    private final String text;
    private final boolean mysql;
    private final List<String> statements = new ArrayList<>();
    private final StringBuilder words = new StringBuilder();
    private int at;

    private SandboxSql(String text, boolean mysql) {
        this.text = text;
        this.mysql = mysql;
    }

    /** Its statements, each as its words in capitals. What is in single or dollar quotes is no word. */
    static List<String> statements(String text, boolean mysql) {
        SandboxSql sql = new SandboxSql(text, mysql);
        sql.read();
        return sql.statements;
    }

    /** Why a sandbox cannot run it, if it cannot. */
    static Optional<String> refusal(String text, boolean mysql) {
        List<String> all = statements(text, mysql);
        if (all.stream().anyMatch(one -> ENDS_TRANSACTION.matcher(one).matches())) {
            return Optional.of("--sandbox is one transaction that it rolls back itself; leave out \"" + text.strip()
                    + "\", or use the methods of the connection");
        }
        if (mysql && all.stream().anyMatch(one -> COMMITS_BY_ITSELF.matcher(one).matches())) {
            return Optional.of(
                    "--sandbox cannot roll back \"" + text.strip()
                            + "\", which commits by itself in MySQL and MariaDB, with all that was done before; leave it out, or run it without --sandbox");
        }
        return Optional.empty();
    }

    static boolean isOfSavepoints(String text, boolean mysql) {
        return statements(text, mysql).stream()
                .anyMatch(one -> OF_SAVEPOINTS.matcher(one).matches());
    }

    /** Whether it only reads, as far as its words tell. */
    static boolean isReading(String text, boolean mysql) {
        return statements(text, mysql).stream()
                .allMatch(one -> READS.matcher(one).matches());
    }

    private void read() {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == ';') {
                at++;
                endStatement();
            } else if (!skipComment(c) && !skipQuoted(c)) {
                add(isWord(c) ? c : ' ');
                at++;
            }
        }
        endStatement();
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private void add(char c) {
        if (c != ' ' || (!words.isEmpty() && words.charAt(words.length() - 1) != ' ')) {
            words.append(c);
        }
    }

    private void endStatement() {
        String statement = words.toString().strip().toUpperCase(Locale.ROOT);
        if (!statement.isEmpty()) {
            statements.add(statement);
        }
        words.setLength(0);
    }

    private boolean skipComment(char c) {
        if (text.startsWith("/*!", at) || text.startsWith("/*M!", at)) {
            if (mysql) {
                // The server runs what is in it, from a version on.
                at = text.indexOf('!', at) + 1;
                while (at < text.length() && Character.isDigit(text.charAt(at))) {
                    at++;
                }
                add(' ');
                return true;
            }
        }
        if (text.startsWith("/*", at)) {
            skipBlockComment();
        } else if (startsLineComment(c)) {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end;
        } else {
            return false;
        }
        add(' ');
        return true;
    }

    private boolean startsLineComment(char c) {
        if (mysql && c == '#') {
            return true;
        }
        // In MySQL two minus signs are a comment only with white space after them.
        return text.startsWith("--", at) && (!mysql || at + 2 >= text.length() || text.charAt(at + 2) <= ' ');
    }

    /** PostgreSQL's are nested. */
    private void skipBlockComment() {
        int depth = 0;
        do {
            if (text.startsWith("/*", at) && (depth == 0 || !mysql)) {
                depth++;
                at += 2;
            } else if (text.startsWith("*/", at)) {
                depth--;
                at += 2;
            } else {
                at++;
            }
        } while (depth > 0 && at < text.length());
    }

    private boolean skipQuoted(char c) {
        if (c == '\'' || c == '"' || (mysql && c == '`')) {
            boolean escapes = mysql ? c != '`' : c == '\'' && isEscapeString();
            skipTo(c, escapes);
        } else if (c == '$' && !mysql && !followsWord()) {
            int tagEnd = text.indexOf('$', at + 1);
            String tag = tagEnd < 0 ? "" : text.substring(at, tagEnd + 1);
            if (!tag.matches("\\$([\\p{L}_][\\p{L}\\p{N}_]*)?\\$")) {
                return false;
            }
            int end = text.indexOf(tag, tagEnd + 1);
            at = end < 0 ? text.length() : end + tag.length();
        } else {
            return false;
        }
        add(' ');
        return true;
    }

    private boolean followsWord() {
        return at > 0 && isWord(text.charAt(at - 1));
    }

    /** Only in E'…' is a backslash one for PostgreSQL. */
    private boolean isEscapeString() {
        return at > 0 && Character.toUpperCase(text.charAt(at - 1)) == 'E' && (at == 1 || !isWord(text.charAt(at - 2)));
    }

    /** A doubled quote only begins another string at once, which is skipped in turn. Of MySQL's quoted names the words count. */
    private void skipTo(char quote, boolean escapes) {
        for (at++; at < text.length() && text.charAt(at) != quote; at++) {
            if (escapes && text.charAt(at) == '\\') {
                at++;
            } else if (quote == '`') {
                add(isWord(text.charAt(at)) ? text.charAt(at) : ' ');
            }
        }
        at = Math.min(at + 1, text.length());
    }
}
