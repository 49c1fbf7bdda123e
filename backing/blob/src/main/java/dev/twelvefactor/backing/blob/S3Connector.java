package dev.twelvefactor.backing.blob;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.NetworkFailures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** A bucket as a service. */
final class S3Connector implements Connector<BlobStore> {
    private static final Duration CHECK = Duration.ofSeconds(2);

    private final S3Address address;

    S3Connector(S3Address address) {
        this.address = address;
    }

    @Override
    public BlobStore open(String name) throws IOException {
        S3Store store = new S3Store(address);
        try {
            store.look(address.callTimeout());
            return store;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    @Override
    public void check(BlobStore store) throws IOException {
        ((S3Store) store).look(CHECK);
    }

    @Override
    public void close(BlobStore store) {
        ((S3Store) store).close();
    }

    @Override
    public List<String> warnings() {
        return address.isTls() ? address.tls().warnings() : List.of();
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return (failure instanceof SdkClientException && !(failure instanceof AbortedException))
                || (failure instanceof AwsServiceException service && service.statusCode() >= 500);
    }

    @Override
    public Failure explain(Exception failure) {
        for (Throwable cause : NetworkFailures.causes(failure)) {
            if (cause instanceof S3Exception service) {
                return explain(service);
            }
            if (cause instanceof ApiCallTimeoutException || cause instanceof ApiCallAttemptTimeoutException) {
                return Failure.passing("no server answers there in time");
            }
            if (String.valueOf(cause.getMessage()).contains("Unexpected end of file from server")) {
                return Failure.passing(
                        "the server ended the connection without an answer (if it wants TLS, write s3: in the place of s3+http:)");
            }
            if (String.valueOf(cause.getMessage()).contains("Unable to load credentials")) {
                return Failure.passing(
                        "the URL has no key, and this machine has none either; write s3://key:secret@host/bucket");
            }
        }
        return NetworkFailures.explain(failure).orElse(Failure.passing("the server did not answer as S3"));
    }

    private Failure explain(S3Exception failure) {
        String code = failure.awsErrorDetails() == null
                ? ""
                : String.valueOf(failure.awsErrorDetails().errorCode());
        String key = address.url().current().user().orElse("");
        return switch (code) {
            case "NoSuchBucket" -> Failure.permanent("the server has no bucket \"" + address.bucket() + "\"");
            case "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
                Failure.permanent("the key \"" + key + "\" or its secret was refused");
            case "AccessDenied", "AllAccessDisabled" ->
                Failure.permanent("the key \"" + key + "\" may not list the bucket \"" + address.bucket() + "\"");
            case "RequestTimeTooSkewed" -> Failure.passing("the clocks of this machine and of the server differ");
            default ->
                failure.statusCode() / 100 == 3 || code.equals("AuthorizationHeaderMalformed")
                        ? Failure.permanent("the bucket is in another region; name it with region")
                        : Failure.passing("the server answered with status " + failure.statusCode());
        };
    }
}
