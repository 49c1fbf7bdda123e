package dev.twelvefactor.testing.s3;

import dev.twelvefactor.testing.HostedServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.util.Optional;

/** A server that speaks the protocol of S3, in a JVM of its own, with one bucket, whose objects are files of a directory that goes away with it. */
public final class S3Server extends HostedServer {
    static final String BUCKET = "app";

    S3Server(String url, String description, Host host) {
        super(url, description, host);
    }

    /** Gives tests one server for the whole run: {@code @ExtendWith(S3Server.Shared.class)}. */
    public static final class Shared extends SharedServer<S3Server> {
        /** For JUnit. */
        public Shared() {
            super(S3Server.class, S3Server::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static S3Server start() {
        return ServerSource.startBinary("S3", () -> S3ProxyProcess.start(Optional.empty()));
    }

    /**
     * Starts one that speaks TLS.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if it cannot be started here
     */
    public static S3Server startWith(ServerCertificates certificates) {
        return ServerSource.startBinary("S3", () -> S3ProxyProcess.start(Optional.of(certificates)));
    }
}
