/** The library, with PostgreSQL and Redis. */
@org.jspecify.annotations.NullMarked
package dev.twelvefactor.contenders.twelvefactor.data;
