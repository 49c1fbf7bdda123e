/** A real Redis for tests and development. See {@link dev.twelvefactor.testing.redis.RedisServer}. */
@NullMarked
package dev.twelvefactor.testing.redis;

import org.jspecify.annotations.NullMarked;
