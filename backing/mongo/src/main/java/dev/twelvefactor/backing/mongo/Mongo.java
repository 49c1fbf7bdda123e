package dev.twelvefactor.backing.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.config.ServiceUrl;

/**
 * MongoDB, by its synchronous driver.
 *
 * <p>URLs: {@code mongodb://user:password@host:27017,host/database} and {@code mongodb+srv://user:password@name/database}, whose hosts come from the DNS and which speaks TLS.
 *
 * <p>Parameters: MongoDB's own {@code tls}, {@code authSource} (the database of the path, or {@code admin}), {@code authMechanism}, {@code replicaSet}, {@code
 * directConnection}, {@code loadBalanced}, {@code readPreference}, {@code readPreferenceTags}, {@code maxStalenessSeconds}, {@code readConcernLevel}, {@code w}, {@code
 * journal}, {@code retryWrites}, {@code retryReads}, {@code appName}, {@code compressors}, {@code uuidRepresentation}, {@code srvMaxHosts}, {@code srvServiceName}, {@code timeoutMS}; {@code
 * connect_timeout} ({@code 2s}), {@code timeout} ({@code 10s}: how long an answer may take), {@code selection_timeout} ({@code 3s}: how long an operation waits for a server),
 * {@code pool.max} (20), {@code pool.min} (0), {@code pool.timeout} ({@code 3s}), and those of {@link dev.twelvefactor.backing.Tls}. Anything else, and a URL of another kind,
 * is a problem of the configuration.
 *
 * <p>{@code timeout} ends only the wait of the client: a write that fails with it may still take effect. {@code collection.withTimeout(…)}, or {@code timeoutMS} in the URL for all operations (and for the
 * whole life of a cursor), tells the server as well when to give up.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/connection-string/">Connection strings</a>
 */
public final class Mongo {
    private Mongo() {}

    /** The client, for all threads; a server that comes back is used again by itself. */
    public static Attachment<MongoClient> client(ServiceUrl url) {
        return Attachment.of(url, () -> new MongoConnector<>(MongoAddress.of(url), client -> client) {});
    }

    /** The database that the URL names. */
    public static Attachment<MongoDatabase> database(ServiceUrl url) {
        return Attachment.of(url, () -> {
            MongoAddress address = MongoAddress.of(url);
            String name = address.database().orElseThrow(() -> url.refused("names no database; " + MongoAddress.FORM));
            return new MongoConnector<>(address, client -> client.getDatabase(name)) {};
        });
    }
}
