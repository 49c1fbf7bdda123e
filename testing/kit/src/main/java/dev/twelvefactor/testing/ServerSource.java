package dev.twelvefactor.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * Where a test's server comes from: an executable out of Maven Central, or a Docker container. {@code TEST_SERVERS} ({@code binary} or {@code docker})
 * decides; unset, it is the executable, and Docker where that does not run.
 */
public enum ServerSource {
    /** An executable out of Maven Central. */
    BINARY,
    /** A container, by Testcontainers. */
    DOCKER;

    /**
     * Starts a server from the source that the environment names, and says in one line on stderr which it was.
     *
     * @throws ServerUnavailableException if it cannot be had on this machine; a test is skipped by that name
     */
    public static <T extends TestServer> T start(
            String name, Map<String, String> environment, Callable<T> binary, Callable<T> docker) {
        String wanted = environment.getOrDefault("TEST_SERVERS", "").strip().toUpperCase(Locale.ROOT);
        if (!wanted.isEmpty() && !wanted.equals("BINARY") && !wanted.equals("DOCKER")) {
            throw new IllegalArgumentException(
                    "TEST_SERVERS is binary or docker, not " + wanted.toLowerCase(Locale.ROOT));
        }
        if (wanted.equals("DOCKER")) {
            return said(attempt(name, docker));
        }
        try {
            return said(attempt(name, binary));
        } catch (ServerUnavailableException e) {
            if (wanted.equals("BINARY") || !daemonMayAnswer(environment)) {
                throw e;
            }
            try {
                return said(attempt(name, docker));
            } catch (ServerUnavailableException alsoNot) {
                e.addSuppressed(alsoNot);
                throw e;
            }
        }
    }

    /**
     * Starts a server for which there is no container, whatever the environment names.
     *
     * @throws ServerUnavailableException if it cannot be had on this machine; a test is skipped by that name
     */
    public static <T extends TestServer> T startBinary(String name, Callable<T> binary) {
        return said(attempt(name, binary));
    }

    /** Without a daemon Testcontainers only says so at length. */
    private static boolean daemonMayAnswer(Map<String, String> environment) {
        return environment.containsKey("DOCKER_HOST") || Files.exists(Path.of("/var/run/docker.sock"));
    }

    private static <T extends TestServer> T said(T server) {
        System.err.println(server.description());
        return server;
    }

    private static <T> T attempt(String name, Callable<T> start) {
        try {
            return start.call();
        } catch (Exception e) {
            throw new ServerUnavailableException(name + " cannot be started here: " + e.getMessage(), e);
        }
    }
}
