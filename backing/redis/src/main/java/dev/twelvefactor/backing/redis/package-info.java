/** Redis attached by URL, through Lettuce. Start at {@link dev.twelvefactor.backing.redis.Redis}. */
@NullMarked
package dev.twelvefactor.backing.redis;

import org.jspecify.annotations.NullMarked;
