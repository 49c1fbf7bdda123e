package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.ServerDirectory;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL in a container; {@code POSTGRES_IMAGE} names another image. */
final class PostgresContainer {
    private PostgresContainer() {}

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @SuppressWarnings("resource")
    static PostgresServer start() throws IOException {
        String image = Optional.ofNullable(System.getenv("POSTGRES_IMAGE")).orElse("postgres:17");
        String password = ServerDirectory.randomHex(16);
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withUsername(PostgresServer.ROLE)
                .withPassword(password)
                .withDatabaseName(PostgresServer.ROLE);
        // Docker would give it another port at every start.
        container.setPortBindings(List.of(freePort() + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
        container.start();
        int port = container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
        return new PostgresServer(
                container.getHost(),
                port,
                password,
                "PostgreSQL: container of " + image + ", port " + port,
                new PostgresServer.Machine() {
                    @Override
                    public void stop() {
                        container.stop();
                    }

                    @Override
                    public void kill() {
                        container
                                .getDockerClient()
                                .killContainerCmd(container.getContainerId())
                                .exec();
                    }

                    @Override
                    public void startAgain() {
                        container
                                .getDockerClient()
                                .startContainerCmd(container.getContainerId())
                                .exec();
                    }
                });
    }
}
