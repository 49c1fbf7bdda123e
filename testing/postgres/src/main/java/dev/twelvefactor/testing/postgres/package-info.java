/** A real PostgreSQL for tests and development. See {@link dev.twelvefactor.testing.postgres.PostgresServer}. */
@NullMarked
package dev.twelvefactor.testing.postgres;

import org.jspecify.annotations.NullMarked;
