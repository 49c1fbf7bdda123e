/** A server that speaks the protocol of S3, for tests and development. See {@link dev.twelvefactor.testing.s3.S3Server}. */
@NullMarked
package dev.twelvefactor.testing.s3;

import org.jspecify.annotations.NullMarked;
