package dev.twelvefactor.admin.migrate;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.output.ValidateOutput;
import org.flywaydb.core.internal.exception.FlywayMigrateException;

/** What keeps a database from being migrated, in sentences that say what to do. */
final class Checks {
    private static final String ACCEPT = "or accept it with \"admin migrate repair\"";

    /** How Flyway begins what has no error code of its own. */
    private static final String NO_LOCATION = "Unable to resolve location classpath:";

    private static final String BAD_NAMES = "Invalid SQL filenames found:";

    private Checks() {}

    static void requireTarget(String target, List<MigrationInfo> all) {
        List<String> known = all.stream()
                .filter(one -> one.getVersion() != null)
                .map(one -> one.getVersion().getVersion())
                .distinct()
                .toList();
        if (!known.contains(target)) {
            throw new MigrateException(
                    "there is no migration " + target + "; --target takes one of " + String.join(", ", known));
        }
    }

    /** Those that a newer release has applied and this one does not know. */
    static List<String> newer(MigrationInfoService info) {
        return Arrays.stream(info.all())
                .filter(one -> one.getState() == MigrationState.FUTURE_SUCCESS
                        || one.getState() == MigrationState.FUTURE_FAILED)
                .map(InHand::nameOf)
                .toList();
    }

    static void requireValid(Flyway flyway) {
        List<ValidateOutput> invalid = flyway.validateWithResult().invalidMigrations;
        if (!invalid.isEmpty()) {
            throw new MigrateException("the database is not what this release's migrations say:\n"
                    + invalid.stream().map(one -> "  " + sentence(one)).collect(Collectors.joining("\n")));
        }
    }

    private static String sentence(ValidateOutput one) {
        String name = one.version == null || one.version.isEmpty()
                ? "migration \"" + one.description + "\""
                : "migration " + one.version + " (" + one.description + ")";
        return switch ((CoreErrorCode) one.errorDetails.errorCode) {
            case CHECKSUM_MISMATCH ->
                name
                        + ": its script was changed after it was applied; put it back as it was and write the change as a new migration, "
                        + ACCEPT;
            case DESCRIPTION_MISMATCH, TYPE_MISMATCH ->
                name + ": its script was renamed after it was applied; give it its old name, " + ACCEPT;
            case APPLIED_VERSIONED_MIGRATION_NOT_RESOLVED ->
                name + ": it is applied and this release has no script for it; bring that back, " + ACCEPT;
            case RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED, RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED ->
                name
                        + ": it came behind a higher version that is applied, and would never run; give it a version above all others";
            case FAILED_VERSIONED_MIGRATION, FAILED_REPEATABLE_MIGRATION ->
                name
                        + ": it failed, and a part of it may be in the database; take that back, then say so with \"admin migrate repair\"";
            default -> name + ": " + one.errorDetails.errorMessage;
        };
    }

    /** Of a run that failed in no migration. */
    static String explain(FlywayException e) {
        if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
            return "the database has tables and no history of migrations (flyway_schema_history), so it was not made by this app's migrations; name an empty one, or give it a history with Flyway's \"baseline\"";
        }
        String message = String.valueOf(e.getMessage()).strip();
        if (message.startsWith(NO_LOCATION)) {
            return "the class path has no folder "
                    + message.substring(NO_LOCATION.length()).replaceFirst("[.]$", "")
                    + "; put the scripts there (src/main/resources/db/migration/V1__words.sql), or leave the task migrate out of the app";
        }
        if (message.startsWith(BAD_NAMES)) {
            return "some scripts have names that no migration has, and would never run; write V2__words.sql (a version, two underscores, words) or R__words.sql:\n"
                    // Flyway has them in the order of the file system.
                    + message.substring(BAD_NAMES.length())
                            .strip()
                            .lines()
                            .sorted()
                            .map(name -> "  " + name)
                            .collect(Collectors.joining("\n"));
        }
        return message;
    }

    /** "failed at line 3: …". */
    static String failure(FlywayException e) {
        String line = e instanceof FlywayMigrateException one && one.getLineNumber() > 0
                ? " at line " + one.getLineNumber()
                : "";
        return "failed" + line + ": " + cause(e);
    }

    private static String cause(Throwable e) {
        Throwable told = e;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            told = cause;
            if (cause instanceof SQLException) {
                break;
            }
        }
        return String.valueOf(told.getMessage())
                .strip()
                .replaceAll("\\s*\\R\\s*", "; ")
                .replaceFirst("[.]$", "");
    }
}
