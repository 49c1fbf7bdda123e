/** A real MariaDB for tests and development. See {@link dev.twelvefactor.testing.mariadb.MariaDbServer}. */
@NullMarked
package dev.twelvefactor.testing.mariadb;

import org.jspecify.annotations.NullMarked;
