package dev.twelvefactor.testing;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** A container as what a server runs on; for modules that have Testcontainers on their class path. */
public final class ContainerHost implements HostedServer.Host {
    private static final Duration LONGEST_START = Duration.ofSeconds(60);

    private final GenericContainer<?> container;
    private final Callable<Boolean> ready;

    private ContainerHost(GenericContainer<?> container, Callable<Boolean> ready) {
        this.container = container;
        this.ready = ready;
    }

    /** A container that is configured but for its image and its port. */
    @FunctionalInterface
    public interface Configuration {
        /** Sets the environment and the command. */
        void apply(GenericContainer<?> container);
    }

    /** The image that a variable names, or else this one. */
    public static String image(String variable, String otherwise) {
        return Optional.ofNullable(System.getenv(variable)).orElse(otherwise);
    }

    /**
     * Starts one and waits until it is ready.
     *
     * @param port inside of the container
     * @param outerPort on this machine; it stays the same when it starts again, which Docker alone would not see to
     */
    public static ContainerHost start(
            String image, int port, int outerPort, Configuration configuration, Callable<Boolean> ready)
            throws IOException, InterruptedException {
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image));
        configuration.apply(container);
        container.addExposedPort(port);
        container.setPortBindings(List.of(outerPort + ":" + port));
        container.start();
        ContainerHost host = new ContainerHost(container, ready);
        try {
            host.awaitReady();
            return host;
        } catch (IOException | InterruptedException e) {
            container.stop();
            throw e;
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + LONGEST_START.toNanos();
        while (!ServerProcess.isSo(ready)) {
            if (System.nanoTime() > end) {
                throw new IOException("it is not ready after " + LONGEST_START + ": " + container.getLogs());
            }
            Thread.sleep(50);
        }
    }

    @Override
    public void kill() {
        container.getDockerClient().killContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void startAgain() throws IOException, InterruptedException {
        container
                .getDockerClient()
                .startContainerCmd(container.getContainerId())
                .exec();
        awaitReady();
    }

    @Override
    public void close() {
        container.stop();
    }
}
