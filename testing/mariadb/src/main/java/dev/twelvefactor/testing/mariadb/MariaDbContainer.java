package dev.twelvefactor.testing.mariadb;

import dev.twelvefactor.testing.ContainerHost;
import dev.twelvefactor.testing.ServerDirectory;
import dev.twelvefactor.testing.ServerProcess;
import java.io.IOException;

/** MariaDB in a container; {@code MARIADB_IMAGE} names another image. */
final class MariaDbContainer {
    private static final int PORT = 3306;

    private MariaDbContainer() {}

    static MariaDbServer start() throws IOException, InterruptedException {
        String image = ContainerHost.image("MARIADB_IMAGE", "mariadb:11");
        String password = ServerDirectory.randomHex(16);
        int port = ServerProcess.freePort();
        return new MariaDbServer(
                "mariadb://" + MariaDbServer.USER + ":" + password + "@127.0.0.1:" + port + "/" + MariaDbServer.USER,
                "MariaDB: container of " + image + ", port " + port,
                ContainerHost.start(
                        image,
                        PORT,
                        port,
                        container -> container
                                .withEnv("MARIADB_RANDOM_ROOT_PASSWORD", "yes")
                                .withEnv("MARIADB_DATABASE", MariaDbServer.USER)
                                .withEnv("MARIADB_USER", MariaDbServer.USER)
                                .withEnv("MARIADB_PASSWORD", password)
                                .withCommand("mariadbd"),
                        () -> MariaDbBinary.greets(port)));
    }
}
