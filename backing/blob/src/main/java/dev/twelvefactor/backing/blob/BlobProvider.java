package dev.twelvefactor.backing.blob;

import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: a store. */
public final class BlobProvider implements ServiceProvider<BlobStore> {
    /** For the service loader. */
    public BlobProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("file", "s3", "s3+http");
    }

    @Override
    public Class<BlobStore> client() {
        return BlobStore.class;
    }

    @Override
    public Connector<BlobStore> connector(ServiceUrl url) {
        return Blobs.connector(url);
    }
}
