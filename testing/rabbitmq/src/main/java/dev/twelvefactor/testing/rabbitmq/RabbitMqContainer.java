package dev.twelvefactor.testing.rabbitmq;

import dev.twelvefactor.testing.ContainerHost;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;
import java.util.Optional;

/** RabbitMQ in a container; {@code RABBITMQ_IMAGE} names another image. */
final class RabbitMqContainer {
    private static final int PORT = 5672;

    private RabbitMqContainer() {}

    static RabbitMqServer start() throws IOException, InterruptedException {
        String image = ContainerHost.image("RABBITMQ_IMAGE", "rabbitmq:3");
        String password = ServerDirectory.randomHex(16);
        int port = ServerProcess.freePort();
        return new RabbitMqServer(
                "amqp://" + RabbitMqServer.USER + ":" + password + "@127.0.0.1:" + port + "/"
                        + RabbitMqServer.VIRTUAL_HOST,
                "RabbitMQ: container of " + image + ", port " + port,
                ContainerHost.start(
                        image,
                        PORT,
                        port,
                        container -> container
                                .withEnv("RABBITMQ_DEFAULT_USER", RabbitMqServer.USER)
                                .withEnv("RABBITMQ_DEFAULT_PASS", password)
                                .withEnv("RABBITMQ_DEFAULT_VHOST", RabbitMqServer.VIRTUAL_HOST)
                                .withCommand("rabbitmq-server"),
                        () -> RabbitMqBinary.answers(port)),
                Optional.empty());
    }
}
