/** Blobs in a directory or in S3, attached by URL. Start at {@link dev.twelvefactor.backing.blob.Blobs}. */
@NullMarked
package dev.twelvefactor.backing.blob;

import org.jspecify.annotations.NullMarked;
