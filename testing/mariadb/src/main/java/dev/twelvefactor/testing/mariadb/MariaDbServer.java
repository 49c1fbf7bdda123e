package dev.twelvefactor.testing.mariadb;

import dev.twelvefactor.testing.HostedServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.util.Optional;

/**
 * A MariaDB on a free port, with a user {@code app} that has a password and a database of that name: the machine's own {@code mariadbd} (Debian: {@code mariadb-server}) with
 * data of its own, or a Docker container.
 */
public final class MariaDbServer extends HostedServer {
    static final String USER = "app";

    MariaDbServer(String url, String description, Host host) {
        super(url, description, host);
    }

    /** Gives tests one MariaDB for the whole run: {@code @ExtendWith(MariaDbServer.Shared.class)}. */
    public static final class Shared extends SharedServer<MariaDbServer> {
        /** For JUnit. */
        public Shared() {
            super(MariaDbServer.class, MariaDbServer::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public static MariaDbServer start() {
        return ServerSource.start(
                "MariaDB", System.getenv(), () -> MariaDbBinary.start(Optional.empty()), MariaDbContainer::start);
    }

    /**
     * Starts the machine's own, with TLS for those who ask for it.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none
     */
    public static MariaDbServer startWith(ServerCertificates certificates) {
        return ServerSource.startBinary("MariaDB", () -> MariaDbBinary.start(Optional.of(certificates)));
    }
}
