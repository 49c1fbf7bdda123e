package dev.twelvefactor.admin.migrate;

import dev.twelvefactor.config.Argument;
import dev.twelvefactor.config.Doc;
import java.util.Optional;

/**
 * The options of {@code admin migrate}.
 *
 * @param action empty to migrate
 * @param status to say what is applied and what is not
 * @param dryRun to show what would be run
 * @param target the last version to apply; empty for all
 */
record MigrateOptions(
        @Argument @Doc("check the applied migrations, or accept the database as it is")
        Optional<Action> action,

        @Doc("only show which migrations are applied") boolean status,
        @Doc("only show the SQL of the pending ones") boolean dryRun,
        @Doc("the last version to apply") Optional<String> target) {

    static final MigrateOptions NONE = new MigrateOptions(Optional.empty(), false, false, Optional.empty());

    /** What else can be done. */
    enum Action {
        /** Compares what is applied with this release. */
        VALIDATE,
        /** Says that a half-done migration was mended, and accepts scripts that were changed. */
        REPAIR
    }
}
