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

        @Doc("name of the release, for the log") Optional<String> releaseId,

        @Doc("a .env file to read, in development") Optional<Path> dotenv,

        @Doc("set by Kubernetes itself") Optional<String> kubernetesServiceHost) {

    Duration delay() {
        return drainDelay.orElse(kubernetesServiceHost.isPresent() ? Duration.ofSeconds(5) : Duration.ZERO);
    }
}
