package dev.twelvefactor.backing.mongo;

import com.mongodb.client.MongoClient;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.ServiceProvider;
import dev.twelvefactor.config.ServiceUrl;
import java.util.Set;

/** For {@link dev.twelvefactor.backing.Attachment#of(ServiceUrl, Class)}: a client. */
public final class MongoProvider implements ServiceProvider<MongoClient> {
    /** For the service loader. */
    public MongoProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("mongodb", "mongodb+srv");
    }

    @Override
    public Class<MongoClient> client() {
        return MongoClient.class;
    }

    @Override
    public Connector<MongoClient> connector(ServiceUrl url) {
        return new MongoConnector<>(MongoAddress.of(url), client -> client) {};
    }
}
