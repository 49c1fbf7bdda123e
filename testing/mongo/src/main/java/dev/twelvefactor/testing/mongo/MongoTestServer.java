package dev.twelvefactor.testing.mongo;

import de.bwaldvogel.mongo.MongoServer;
import dev.twelvefactor.testing.RestartableServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * A server in this JVM that speaks MongoDB's protocol and keeps its data in memory, with a user {@code app} that has a password (SCRAM-SHA-256) and a database of that name.
 * It has the common operations and indexes; it has no transactions and no change streams.
 */
public final class MongoTestServer implements RestartableServer {
    static final String USER = "app";

    private final Authenticating backend;
    private final int port;
    private final String password;
    private final Optional<ServerCertificates> certificates;
    private Optional<MongoServer> running = Optional.empty();

    private MongoTestServer(int port, String password, Optional<ServerCertificates> certificates) {
        this.backend = new Authenticating(USER, password);
        this.port = port;
        this.password = password;
        this.certificates = certificates;
    }

    /** Gives tests one server for the whole run: {@code @ExtendWith(MongoTestServer.Shared.class)}. */
    public static final class Shared extends SharedServer<MongoTestServer> {
        /** For JUnit. */
        public Shared() {
            super(MongoTestServer.class, MongoTestServer::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static MongoTestServer start() {
        return ServerSource.startBinary("MongoDB", () -> start(Optional.empty()));
    }

    /**
     * Starts one that speaks TLS.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static MongoTestServer startWith(ServerCertificates certificates) {
        return ServerSource.startBinary("MongoDB", () -> start(Optional.of(certificates)));
    }

    private static MongoTestServer start(Optional<ServerCertificates> certificates) throws IOException {
        MongoTestServer server =
                new MongoTestServer(ServerProcess.freePort(), ServerDirectory.randomHex(16), certificates);
        server.startAgain();
        return server;
    }

    @Override
    public String url() {
        return "mongodb://" + USER + ":" + password + "@127.0.0.1:" + port + "/" + USER
                + (certificates.isPresent() ? "?tls=true" : "");
    }

    @Override
    public String description() {
        return "MongoDB: its protocol in this JVM, port " + port;
    }

    /** All connections end at once. */
    @Override
    public synchronized void kill() {
        running.ifPresent(MongoServer::shutdownNow);
        running = Optional.empty();
    }

    @Override
    public synchronized void startAgain() throws IOException {
        MongoServer server = new MongoServer(backend);
        if (certificates.isPresent()) {
            enableTls(server, certificates.get());
        }
        server.bind("127.0.0.1", port);
        running = Optional.of(server);
    }

    private static void enableTls(MongoServer server, ServerCertificates certificates) throws IOException {
        try (InputStream in = Files.newInputStream(certificates.keyStore())) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, certificates.password().toCharArray());
            PrivateKey key =
                    (PrivateKey) keys.getKey("server", certificates.password().toCharArray());
            server.enableSsl(key, null, (X509Certificate) keys.getCertificate("server"));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        backend.forget();
    }

    @Override
    public String toString() {
        return description();
    }
}
