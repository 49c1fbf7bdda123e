package dev.twelvefactor.app;

import dev.twelvefactor.app.Check.Finding;
import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import dev.twelvefactor.http.HttpSettings;
import dev.twelvefactor.logging.LogFormat;
import dev.twelvefactor.logging.LogSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Factors V, VII and IX to XI: how the process stands in its platform. */
final class RunChecks {
    /** What Heroku gives a process between SIGTERM and SIGKILL, and Kubernetes unless it is told otherwise. */
    private static final Duration USUAL_GRACE = Duration.ofSeconds(30);

    private RunChecks() {}

    static List<Finding> of(App<?> app, EnvConfig config, Environment environment, Platform platform, Build build) {
        List<Finding> findings = new ArrayList<>();
        findings.add(release(platform, build, config));
        if (app.web().isPresent()) {
            findings.add(config.find(HttpSettings.class)
                    .map(RunChecks::port)
                    .orElseGet(() -> Finding.broken(
                            "VII-port",
                            "not known while the configuration is invalid",
                            "mend III-config-valid first")));
        }
        findings.add(drain(config.find(Standard.class), platform));
        findings.add(dotenv(environment, platform));
        findings.add(format(config.find(LogSettings.class), platform));
        return findings;
    }

    private static Finding release(Platform platform, Build build, EnvConfig config) {
        String id = "V-release";
        return Release.of(platform, build, config, Set.of())
                .map(release -> Finding.ok(id, "release " + release.id() + ", named by " + release.origin()))
                .orElseGet(() -> Finding.broken(
                        id, "there is no release without a valid configuration", "mend III-config-valid first"));
    }

    private static Finding port(HttpSettings http) {
        String id = "VII-port";
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            InetAddress address = InetAddress.getByName(http.bindAddress());
            socket.bind(new InetSocketAddress(address, http.port().number()));
            return address.isLoopbackAddress()
                    ? Finding.broken(
                            id,
                            "BIND_ADDRESS " + http.bindAddress() + " is for this machine alone: no router reaches it",
                            "remove BIND_ADDRESS; 0.0.0.0 is the default")
                    : Finding.ok(id, "PORT " + http.port() + " on " + http.bindAddress() + " can be bound");
        } catch (IOException e) {
            return Finding.broken(
                    id,
                    "PORT " + http.port() + " on " + http.bindAddress() + " cannot be bound: " + e.getMessage(),
                    "end what has it, or set another PORT");
        }
    }

    private static Finding drain(Optional<Standard> standard, Platform platform) {
        String id = "IX-drain";
        Duration timeout = standard.map(Standard::drainTimeout).orElse(Duration.ZERO);
        return platform.isKnown() && timeout.compareTo(USUAL_GRACE) >= 0
                ? Finding.broken(
                        id,
                        "DRAIN_TIMEOUT is " + timeout.toSeconds() + "s, and the platform kills after "
                                + USUAL_GRACE.toSeconds() + "s unless it is told otherwise",
                        "write less, such as the default of 25s")
                : Finding.ok(id, "SIGTERM leaves " + timeout.toSeconds() + "s to finish what is in hand");
    }

    private static Finding dotenv(Environment environment, Platform platform) {
        String id = "X-no-dotenv";
        return platform.isKnown() && environment.has("DOTENV")
                ? Finding.broken(
                        id,
                        "DOTENV names a file of settings on a platform that has an environment",
                        "remove DOTENV there, and set the variables themselves")
                : Finding.ok(id, "the configuration comes from the environment alone");
    }

    private static Finding format(Optional<LogSettings> log, Platform platform) {
        String id = "XI-format";
        return platform.isKnown() && log.isPresent() && log.get().logFormat() == LogFormat.TEXT
                ? Finding.broken(
                        id,
                        "LOG_FORMAT is text, whose events no platform can read",
                        "remove LOG_FORMAT; json is the default")
                : Finding.ok(id, "events are written to stdout for the platform");
    }
}
