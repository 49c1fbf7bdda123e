package dev.twelvefactor.testing.redis;

import dev.twelvefactor.testing.ServerSource;
import dev.twelvefactor.testing.SharedServer;
import dev.twelvefactor.testing.TestServer;

/** A Redis in memory, on a free port, with a password: unpacked from Maven Central, or a Docker container. */
public final class RedisServer implements TestServer {
    private final String url;
    private final String description;
    private final Runnable stop;

    RedisServer(String url, String description, Runnable stop) {
        this.url = url;
        this.description = description;
        this.stop = stop;
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
        return ServerSource.start("Redis", System.getenv(), RedisBinary::start, RedisContainer::start);
    }

    @Override
    public String url() {
        return url;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        stop.run();
    }

    @Override
    public String toString() {
        return description;
    }
}
