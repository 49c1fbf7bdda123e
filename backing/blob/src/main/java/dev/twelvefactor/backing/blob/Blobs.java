package dev.twelvefactor.backing.blob;

import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.config.ServiceUrl;

/**
 * Blobs in a directory or in S3: the URL alone decides which.
 *
 * <ul>
 *   <li>{@code file:///var/lib/shop}: a directory, which is made if it is not there. For development and tests, and for disks that all instances share. A put is on
 *       the disk when it returns.
 *   <li>{@code s3://key:secret@s3.eu-central-1.amazonaws.com/bucket/prefix}, and {@code s3+http:} without TLS for a server of one's own. The prefix, if there is one, is in
 *       front of every key. Without key and secret they are what the AWS SDK finds, as the role of the machine. Parameters: {@code region} (that of Amazon's host, or {@code
 *       us-east-1}), {@code connect_timeout} ({@code 2s}), {@code timeout} ({@code 5s}: until an answer begins or goes on, or an upload goes on),
 *       {@code call_timeout} ({@code 10s}: a whole call but for the reading of a blob; a put has one second more for each 64 KiB), and those of {@link dev.twelvefactor.backing.Tls}.
 * </ul>
 *
 * <p>Anything else, and a URL of another kind, is a problem of the configuration.
 */
public final class Blobs {
    private Blobs() {}

    /** A store for all threads. */
    public static Attachment<BlobStore> store(ServiceUrl url) {
        return Attachment.of(url, () -> connector(url));
    }

    static Connector<BlobStore> connector(ServiceUrl url) {
        return switch (url.scheme()) {
            case "file" -> new DirectoryConnector(DirectoryConnector.path(url));
            case "s3", "s3+http" -> new S3Connector(S3Address.of(url));
            default ->
                throw url.refused("has the scheme " + url.scheme()
                        + "; write file:///path, s3://key:secret@host/bucket, or s3+http: without TLS");
        };
    }
}
