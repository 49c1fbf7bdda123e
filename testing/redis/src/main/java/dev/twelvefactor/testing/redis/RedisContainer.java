package dev.twelvefactor.testing.redis;

import dev.twelvefactor.testing.ServerDirectory;
import java.util.Optional;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** Redis in a container; {@code REDIS_IMAGE} names another image. */
final class RedisContainer {
    private static final int PORT = 6379;

    private RedisContainer() {}

    @SuppressWarnings("resource")
    static RedisServer start() {
        String image = Optional.ofNullable(System.getenv("REDIS_IMAGE")).orElse("redis:7");
        String password = ServerDirectory.randomHex(16);
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                .withExposedPorts(PORT)
                .withCommand("redis-server", "--bind", "0.0.0.0", "--save", "", "--requirepass", password);
        container.start();
        int port = container.getMappedPort(PORT);
        return new RedisServer(
                "redis://:" + password + "@" + container.getHost() + ":" + port + "/0",
                "Redis: container of " + image + ", port " + port,
                container::stop);
    }
}
