package dev.twelvefactor.admin.migrate;

import java.util.List;
import org.flywaydb.core.api.MigrationInfo;

/**
 * A migration that was begun.
 *
 * @param name of the migration, for sentences
 * @param by which process
 * @param begunAt in ISO 8601
 * @param session of the server, by its number there
 * @param partly whether some of it may be in the database
 */
record InHand(String name, String script, String by, String begunAt, long session, boolean partly) {
    private static final String MEND =
            " See which of its statements took effect and take those back; then \"admin migrate repair\" says that it is mended, and \"admin migrate\" applies it from its beginning.";

    static String nameOf(MigrationInfo migration) {
        return migration.getVersion() == null
                ? "migration " + migration.getScript()
                : "migration " + migration.getVersion() + " (" + migration.getScript() + ")";
    }

    String begun() {
        return name + ", begun at " + begunAt + " by " + by + ",";
    }

    String rolledBack(String whatHappened) {
        return begun() + " " + whatHappened + ". The database has rolled back all of it.";
    }

    /** In the database as far as it came. */
    String halfDone(String whatHappened, List<String> invalidIndexes) {
        return begun() + " " + whatHappened
                + ". It does not run in one transaction: a part of it may be in the database." + MEND
                + left(invalidIndexes);
    }

    private static String left(List<String> invalidIndexes) {
        if (invalidIndexes.isEmpty()) {
            return "";
        }
        return " Found: invalid " + (invalidIndexes.size() == 1 ? "index " : "indexes ")
                + String.join(", ", invalidIndexes) + "; take it back with DROP INDEX CONCURRENTLY "
                + invalidIndexes.get(0) + ".";
    }
}
