package dev.twelvefactor.app;

import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The variables that every app reads, beside those of the server and the log. */
record Standard(
        @Default("10s") @Doc("time for all backing services to be attached")
        Duration attachTimeout,

        @Default("25s") @Doc("time for the whole drain after SIGTERM")
        Duration drainTimeout,

        @Doc("time to go on accepting after SIGTERM; 0s, on Kubernetes 5s")
        Optional<Duration> drainDelay,

        @Doc("name of the release, for the log; the platform's, or derived from build and config")
        Optional<String> releaseId,

        @Doc("who runs admin tasks, for the audit event; the operating system's user")
        Optional<String> adminActor,

        @Doc("a .env file to read, in development") Optional<Path> dotenv) {

    private static final Duration ON_KUBERNETES = Duration.ofSeconds(5);
    private static final Duration LONGEST = Duration.ofHours(24);

    Standard {
        within("ATTACH_TIMEOUT", attachTimeout);
        within("DRAIN_TIMEOUT", drainTimeout);
        if (drainDelay.isPresent()
                && (drainDelay.get().isNegative() || drainDelay.get().compareTo(drainTimeout) >= 0)) {
            throw new IllegalArgumentException(
                    "DRAIN_DELAY is to be shorter than DRAIN_TIMEOUT, which holds it and the requests in flight; write 0s or more");
        }
    }

    @SuppressWarnings("unchecked")
    static Standard fromComponents(Object[] values) {
        return new Standard(
                (Duration) values[0],
                (Duration) values[1],
                (Optional<Duration>) values[2],
                (Optional<String>) values[3],
                (Optional<String>) values[4],
                (Optional<Path>) values[5]);
    }

    private static void within(String name, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " is to be 1ms to 24h");
        }
    }

    Duration delay(Platform platform) {
        Duration half = Duration.ofMillis(drainTimeout.toMillis() / 2);
        Duration usual = half.compareTo(ON_KUBERNETES) < 0 ? half : ON_KUBERNETES;
        return drainDelay.orElse(platform.isKubernetes() ? usual : Duration.ZERO);
    }
}
