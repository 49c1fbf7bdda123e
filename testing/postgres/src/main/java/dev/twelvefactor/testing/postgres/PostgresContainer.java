package dev.twelvefactor.testing.postgres;

import dev.twelvefactor.testing.ServerDirectory;
import java.util.Optional;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** PostgreSQL in a container; {@code POSTGRES_IMAGE} names another image. */
final class PostgresContainer {
    private PostgresContainer() {}

    @SuppressWarnings("resource")
    static PostgresServer start() {
        String image = Optional.ofNullable(System.getenv("POSTGRES_IMAGE")).orElse("postgres:17");
        String password = ServerDirectory.randomHex(16);
        PostgreSQLContainer container = new PostgreSQLContainer(
                        DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                .withUsername(PostgresServer.ROLE)
                .withPassword(password)
                .withDatabaseName(PostgresServer.ROLE);
        container.start();
        int port = container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
        return new PostgresServer(
                container.getHost(),
                port,
                password,
                "PostgreSQL: container of " + image + ", port " + port,
                container::stop);
    }
}
