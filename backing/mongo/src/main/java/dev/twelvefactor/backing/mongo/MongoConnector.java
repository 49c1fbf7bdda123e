package dev.twelvefactor.backing.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ServerDescription;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.NetworkFailures;
import java.io.IOException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bson.Document;

/**
 * A client of the driver, in which nothing waits for 30 s. Each that is made is a class of its own, which tells what {@code T} is; the console declares its variable with that.
 *
 * @param <T> what of it the app works with
 */
abstract class MongoConnector<T> implements Connector<T> {
    private static final int CHECK_SECONDS = 2;
    private static final int UNAUTHORIZED = 13;

    private final MongoAddress address;
    private final Function<MongoClient, T> view;
    private final Map<T, Opened> opened = Collections.synchronizedMap(new IdentityHashMap<>());

    /**
     * What belongs to a client.
     *
     * @param poolMost how many connections it may have to a server
     */
    private record Opened(MongoClient client, PoolGauges gauges, int poolMost) {
        boolean isPoolFull() {
            return gauges.isFull(poolMost);
        }
    }

    MongoConnector(MongoAddress address, Function<MongoClient, T> view) {
        this.address = address;
        this.view = view;
    }

    @Override
    public T open(String name) throws IOException {
        PoolGauges gauges = new PoolGauges();
        MongoClientSettings settings = address.settings(name, gauges);
        MongoClient client = MongoClients.create(settings);
        try {
            ping(client);
            lookAround(client);
            T seen = view.apply(client);
            opened.put(
                    seen,
                    new Opened(
                            client, gauges, settings.getConnectionPoolSettings().getMaxSize()));
            return seen;
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public void check(T seen) throws IOException {
        Opened of = opened.get(seen);
        if (of == null) {
            return;
        }
        if (of.isPoolFull()) {
            askMonitors(of.client());
            return;
        }
        try {
            ping(of.client());
        } catch (MongoSocketReadException e) {
            // A server that was restarted ended the connection: whether it is there again, another one tells.
            ping(of.client());
        } catch (IOException e) {
            if (!of.isPoolFull()) {
                throw e;
            }
            askMonitors(of.client());
        }
    }

    /** What the driver's monitors know, which have connections of their own: that the app uses all of the pool's is no outage. */
    private static void askMonitors(MongoClient client) throws IOException {
        ClusterDescription cluster = client.getClusterDescription();
        if (cluster.getServerDescriptions().stream().noneMatch(ServerDescription::isOk)) {
            throw new IOException(reason(cluster, new MongoTimeoutException("no server is known to be there")));
        }
    }

    private void ping(MongoClient client) throws IOException {
        try {
            Document unused = client.getDatabase(address.database().orElse("admin"))
                    .withTimeout(CHECK_SECONDS, TimeUnit.SECONDS)
                    .runCommand(new Document("ping", 1));
        } catch (MongoTimeoutException e) {
            throw new IOException(reason(client.getClusterDescription(), e));
        }
    }

    /** Asks for what everybody may who is logged in, and nobody else: a ping is for all. */
    private void lookAround(MongoClient client) {
        Document unused = client.getDatabase(address.database().orElse("admin"))
                .runCommand(new Document("listCollections", 1)
                        .append("nameOnly", true)
                        .append("authorizedCollections", true)
                        .append("filter", new Document("name", "none")));
    }

    /** What happened to the attempts to connect in the meantime: a time-out by itself has no cause. */
    private static Throwable reason(ClusterDescription cluster, MongoTimeoutException timeout) {
        MongoException lookup = cluster.getSrvResolutionException();
        if (lookup != null) {
            return lookup;
        }
        return cluster.getServerDescriptions().stream()
                .map(ServerDescription::getException)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(timeout);
    }

    @Override
    public void close(T seen) {
        Opened of = opened.remove(seen);
        if (of != null) {
            of.client().close();
        }
    }

    @Override
    public Map<String, Double> gauges(T seen) {
        Opened of = opened.get(seen);
        return of == null ? Map.of() : of.gauges().read(of.poolMost());
    }

    @Override
    public List<String> warnings() {
        return address.isTls() ? address.tls().warnings() : List.of();
    }

    @Override
    public boolean isUnavailable(Throwable failure) {
        return failure instanceof MongoTimeoutException
                || failure instanceof MongoSocketException
                || failure instanceof MongoNotPrimaryException
                || failure instanceof MongoNodeIsRecoveringException
                || failure instanceof MongoConnectionPoolClearedException
                || failure instanceof MongoServerUnavailableException;
    }

    @Override
    public Failure explain(Exception failure) {
        for (Throwable cause : NetworkFailures.causes(failure)) {
            if (cause instanceof MongoSecurityException && !(cause.getCause() instanceof MongoSocketException)) {
                return Failure.permanent(
                        "the user \"" + address.url().user().orElse("") + "\" or its password was refused");
            }
            if (cause instanceof MongoCommandException command && command.getErrorCode() == UNAUTHORIZED) {
                return Failure.permanent("the server wants a login; write mongodb://user:password@host/database");
            }
            if (cause instanceof MongoConfigurationException
                    && String.valueOf(cause.getMessage()).contains("SRV")) {
                return Failure.passing("the name service has no SRV record for this host");
            }
            if (cause instanceof MongoTimeoutException) {
                return Failure.passing("no server answers there in time");
            }
            if (cause instanceof MongoSocketReadException
                    && String.valueOf(cause.getMessage()).contains("end of stream")) {
                return Failure.passing("the server ends connections at once (if it wants TLS, add tls=true)");
            }
        }
        return NetworkFailures.explain(failure).orElse(Failure.passing("the server did not answer as MongoDB in time"));
    }
}
