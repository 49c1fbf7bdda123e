package dev.twelvefactor.backing.blob;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Blobs as objects of a bucket. */
final class S3Store implements BlobStore {
    /** Larger ones go in parts of this size, of which one is in memory; S3 takes none below 5 MiB and 10,000 of them at the most. */
    private static final int PART = 8 << 20;

    private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(5);

    private final S3Address address;
    private final SdkHttpClient http;
    private final S3Client client;
    private final S3Presigner presigner;

    S3Store(S3Address address) {
        this.address = address;
        this.http = address.http();
        this.client = address.client(http);
        this.presigner = address.presigner();
    }

    private interface Call<T> {
        T make() throws IOException;
    }

    /** The SDK throws others than its own, too: IllegalArgumentException for an answer that is not HTTP, which a caller would take for a wrong key. */
    private static <T> T done(String what, Call<T> call) {
        try {
            return call.make();
        } catch (IOException | SdkException | IllegalArgumentException e) {
            throw new BlobException(what, e);
        }
    }

    private String object(String key) {
        return address.prefix() + BlobKey.checked(key);
    }

    /** Asks for a part of the bucket's list. Another server than S3 that answers "fine" would not name the bucket. */
    void look(Duration limit) throws IOException {
        try {
            String bucket = client.listObjectsV2(list -> list.bucket(address.bucket())
                            .prefix(address.prefix())
                            .encodingType(EncodingType.URL)
                            .maxKeys(1)
                            .overrideConfiguration(override -> override.apiCallTimeout(limit)))
                    .name();
            if (!address.bucket().equals(bucket)) {
                throw new IOException("not S3");
            }
        } catch (IllegalArgumentException e) {
            // What the HTTP client says of an answer that is no HTTP.
            throw new IOException("not HTTP", e);
        }
    }

    @Override
    public void put(String key, byte[] content, String contentType) {
        String object = object(key);
        Object unused = done(
                "the blob could not be put",
                () -> client.putObject(
                        put -> put.bucket(address.bucket())
                                .key(object)
                                .contentType(contentType)
                                .overrideConfiguration(
                                        override -> override.apiCallTimeout(address.callTimeout(content.length))),
                        RequestBody.fromBytes(content)));
    }

    @Override
    public void put(String key, InputStream content, String contentType) {
        String object = object(key);
        byte[] first = done("the blob could not be read", () -> content.readNBytes(PART));
        if (first.length < PART) {
            put(key, first, contentType);
        } else {
            done("the blob could not be put", () -> {
                upload(object, first, content, contentType);
                return object;
            });
        }
    }

    private void upload(String object, byte[] first, InputStream rest, String contentType) throws IOException {
        String upload = client.createMultipartUpload(
                        create -> create.bucket(address.bucket()).key(object).contentType(contentType))
                .uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (byte[] part = first; part.length > 0; part = rest.readNBytes(PART)) {
                parts.add(uploaded(object, upload, parts.size() + 1, part));
            }
            client.completeMultipartUpload(complete -> complete.bucket(address.bucket())
                    .key(object)
                    .uploadId(upload)
                    .multipartUpload(all -> all.parts(parts)));
        } catch (IOException | RuntimeException | Error e) {
            abort(object, upload, e);
            throw e;
        }
    }

    /** What is left of an upload costs money until somebody finds it. An interrupted thread could send nothing. */
    private void abort(String object, String upload, Throwable failure) {
        boolean interrupted = Thread.interrupted();
        try {
            client.abortMultipartUpload(abort -> abort.bucket(address.bucket())
                    .key(object)
                    .uploadId(upload)
                    .overrideConfiguration(override -> override.apiCallTimeout(ABORT_TIMEOUT)));
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private CompletedPart uploaded(String object, String upload, int number, byte[] content) {
        String tag = client.uploadPart(
                        part -> part.bucket(address.bucket())
                                .key(object)
                                .uploadId(upload)
                                .partNumber(number)
                                .overrideConfiguration(
                                        override -> override.apiCallTimeout(address.callTimeout(content.length))),
                        RequestBody.fromBytes(content))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /** By a stream, so that the time that a call may take does not include the way of the bytes. */
    @Override
    public Optional<byte[]> get(String key) {
        Optional<InputStream> content = stream(key);
        return done("the blob could not be read", () -> {
            if (content.isEmpty()) {
                return Optional.empty();
            }
            try (InputStream in = content.get()) {
                return Optional.of(in.readAllBytes());
            }
        });
    }

    @Override
    public Optional<InputStream> stream(String key) {
        String object = object(key);
        return done("the blob could not be read", () -> {
            try {
                ResponseInputStream<GetObjectResponse> content =
                        client.getObject(get -> get.bucket(address.bucket()).key(object));
                Long length = content.response().contentLength();
                return Optional.of(length == null ? content : new WholeStream(content, length));
            } catch (NoSuchKeyException e) {
                return Optional.empty();
            }
        });
    }

    @Override
    public Stream<Blob> list(String prefix) {
        Iterator<S3Object> objects = done("the blobs could not be listed", () -> client.listObjectsV2Paginator(
                        list -> list.bucket(address.bucket())
                                .prefix(address.prefix() + prefix)
                                // Others may have put keys that XML cannot carry.
                                .encodingType(EncodingType.URL))
                .contents()
                .iterator());
        Iterator<S3Object> told = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return done("the blobs could not be listed", objects::hasNext);
            }

            @Override
            public S3Object next() {
                return done("the blobs could not be listed", objects::next);
            }
        };
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(told, Spliterator.ORDERED), false)
                .map(object -> new Blob(object.key().substring(address.prefix().length()), object.size()))
                // Others put objects there, too, such as those that stand for folders.
                .filter(blob -> BlobKey.isOne(blob.key()));
    }

    @Override
    public boolean exists(String key) {
        String object = object(key);
        return done("the blob could not be looked for", () -> {
            try {
                Object unused =
                        client.headObject(head -> head.bucket(address.bucket()).key(object));
                return true;
            } catch (NoSuchKeyException e) {
                // This answer has no body that tells a missing key from a missing bucket.
                look(address.callTimeout());
                return false;
            }
        });
    }

    @Override
    public void delete(String key) {
        String object = object(key);
        Object unused = done(
                "the blob could not be deleted",
                () -> client.deleteObject(
                        delete -> delete.bucket(address.bucket()).key(object)));
    }

    @Override
    public Optional<URI> link(String key, Duration valid) {
        String object = object(key);
        if (!exists(key)) {
            return Optional.empty();
        }
        try {
            return Optional.of(presigner
                    .presignGetObject(
                            link -> link.signatureDuration(valid).getObjectRequest(get -> get.bucket(address.bucket())
                                    .key(object)))
                    .url()
                    .toURI());
        } catch (SdkException | URISyntaxException e) {
            throw new BlobException("the blob could not be linked", e);
        }
    }

    void close() {
        client.close();
        presigner.close();
        http.close();
    }
}
