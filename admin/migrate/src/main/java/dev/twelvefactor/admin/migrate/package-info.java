/** Schema migrations as an admin task. See {@link dev.twelvefactor.admin.migrate.Migrate}. */
@NullMarked
package dev.twelvefactor.admin.migrate;

import org.jspecify.annotations.NullMarked;
