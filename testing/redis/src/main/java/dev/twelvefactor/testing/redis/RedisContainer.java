package dev.twelvefactor.testing.redis;

import dev.twelvefactor.testing.ContainerHost;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;

/** Redis in a container; {@code REDIS_IMAGE} names another image. */
final class RedisContainer {
    private static final int PORT = 6379;

    private RedisContainer() {}

    static RedisServer start() throws IOException, InterruptedException {
        String image = ContainerHost.image("REDIS_IMAGE", "redis:7");
        String password = ServerDirectory.randomHex(16);
        int port = ServerProcess.freePort();
        return new RedisServer(
                "redis://:" + password + "@127.0.0.1:" + port + "/0",
                "Redis: container of " + image + ", port " + port,
                ContainerHost.start(
                        image,
                        PORT,
                        port,
                        container -> container.withCommand(
                                "redis-server",
                                "--bind",
                                "0.0.0.0",
                                "--save",
                                "",
                                "--appendonly",
                                "yes",
                                "--requirepass",
                                password),
                        () -> RedisBinary.answers(port, password)));
    }
}
