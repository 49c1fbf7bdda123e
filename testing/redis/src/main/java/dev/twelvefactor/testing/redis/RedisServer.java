package dev.twelvefactor.testing.redis;

import dev.twelvefactor.testing.HostedServer;
import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import java.util.List;

/** A Redis on a free port, with a password: unpacked from Maven Central, or a Docker container. */
public final class RedisServer extends HostedServer {
    RedisServer(String url, String description, Host host) {
        super(url, description, host);
    }

    /** Gives tests one Redis for the whole run: {@code @ExtendWith(RedisServer.Shared.class)}. */
    public static final class Shared extends SharedServer<RedisServer> {
        /** For JUnit. */
        public Shared() {
            super(RedisServer.class, RedisServer::start);
        }
    }

    /**
     * Starts one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public static RedisServer start() {
        return ServerSource.start("Redis", System.getenv(), () -> RedisBinary.start(List.of()), RedisContainer::start);
    }

    /**
     * Starts one, out of Maven Central, with more lines in its {@code redis.conf}: {@code cluster-enabled yes}, {@code tls-port …}, {@code requirepass} with a password in the place of a random
     * one.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public static RedisServer startWith(String... directives) {
        return ServerSource.startBinary("Redis", () -> RedisBinary.start(List.of(directives)));
    }

    /**
     * Starts a sentinel that watches this server as the master {@code name}; it is closed with its own {@link #close}.
     *
     * @throws dev.twelvefactor.testing.ServerUnavailableException if there is none for this machine
     */
    public RedisServer startSentinel(String name) {
        return ServerSource.startBinary("Redis Sentinel", () -> RedisBinary.startSentinel(name, url()));
    }
}
