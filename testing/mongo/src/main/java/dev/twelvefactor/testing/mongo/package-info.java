/** A server that speaks MongoDB's protocol, for tests and development. See {@link dev.twelvefactor.testing.mongo.MongoTestServer}. */
@NullMarked
package dev.twelvefactor.testing.mongo;

import org.jspecify.annotations.NullMarked;
