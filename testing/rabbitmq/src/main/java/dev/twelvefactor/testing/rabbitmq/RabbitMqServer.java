package dev.twelvefactor.testing.rabbitmq;

import dev.twelvefactor.testing.HostedServer;
import dev.twelvefactor.testing.ServerCertificates;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.util.Optional;

/**
 * A RabbitMQ on a free port, with a user {@code app} that has a password and a virtual host {@code shop}: the machine's own (Debian: {@code rabbitmq-server}) with data of its
 * own, or a Docker container.
 */
public final class RabbitMqServer extends HostedServer {
    static final String USER = "app";
    static final String VIRTUAL_HOST = "shop";

    private final Optional<Integer> tlsPort;

    RabbitMqServer(String url, String description, Host host, Optional<Integer> tlsPort) {
        super(url, description, host);
        this.tlsPort = tlsPort;
    }

    /** Gives tests one RabbitMQ for the whole run: {@code @ExtendWith(RabbitMqServer.Shared.class)}. */
    public static final class Shared extends SharedServer<RabbitMqServer> {
        /** For JUnit. */
        public Shared() {
            super(RabbitMqServer.class, RabbitMqServer::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public static RabbitMqServer start() {
        return ServerSource.start(
                "RabbitMQ", System.getenv(), () -> RabbitMqBinary.start(Optional.empty()), RabbitMqContainer::start);
    }

    /**
     * Starts the machine's own, with a port for TLS beside the other.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none
     */
    public static RabbitMqServer startWith(ServerCertificates certificates) {
        return ServerSource.startBinary("RabbitMQ", () -> RabbitMqBinary.start(Optional.of(certificates)));
    }

    /** The port for TLS, if it has one. */
    public Optional<Integer> tlsPort() {
        return tlsPort;
    }
}
