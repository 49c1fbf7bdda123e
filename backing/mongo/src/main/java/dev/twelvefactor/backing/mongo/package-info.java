/** MongoDB attached by URL, through its synchronous driver. Start at {@link dev.twelvefactor.backing.mongo.Mongo}. */
@NullMarked
package dev.twelvefactor.backing.mongo;

import org.jspecify.annotations.NullMarked;
