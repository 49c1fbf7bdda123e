package dev.twelvefactor.app;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Fingerprint;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which release a process belongs to: a build together with a configuration.
 *
 * @param id what it is called
 * @param origin who called it so
 * @param config what of the configuration tells it from others, if that was asked for
 * @see <a href="https://12factor.net/build-release-run">The twelve-factor app, V: build, release, run</a>
 */
record Release(String id, String origin, Optional<Fingerprint> config) {
    /** What may differ between the processes of one release, or is the release's name. */
    private static final Set<String> OF_A_PROCESS = Set.of("PORT", "RELEASE_ID", "DOTENV", "ADMIN_ACTOR");

    /**
     * Named by the operator, or by the platform, or else derived from what was built and how it is configured.
     *
     * @param ofATask variables that only a task reads, and no other process of the release
     */
    static Optional<Release> of(Platform platform, Build build, EnvConfig config, Set<String> ofATask) {
        Optional<Release> named = config.find(Standard.class)
                .flatMap(Standard::releaseId)
                .map(id -> new Release(id, "RELEASE_ID", Optional.empty()))
                .or(platform::release);
        if (named.isPresent()) {
            return named;
        }
        if (!config.problems().isEmpty()) {
            // What is not valid is never released.
            return Optional.empty();
        }
        Set<String> except = new HashSet<>(OF_A_PROCESS);
        except.addAll(ofATask);
        Fingerprint fingerprint = config.fingerprint(except);
        return Optional.of(platform.image()
                .map(image -> new Release(
                        image + "-" + fingerprint.digest(),
                        "FLY_IMAGE_REF and the configuration",
                        Optional.of(fingerprint)))
                .orElseGet(() -> new Release(
                        build.id() + "-" + fingerprint.digest(),
                        "the build and the configuration",
                        Optional.of(fingerprint))));
    }

    /** What {@code admin release} prints. */
    String text(Build build) {
        StringBuilder text = new StringBuilder(id + "\n\nnamed by " + origin + "\nbuild " + build.sentence() + "\n");
        config.ifPresent(fingerprint -> {
            text.append("configuration ").append(fingerprint.digest()).append(", of:\n");
            fingerprint.covered().forEach(name -> text.append("  ")
                    .append(name)
                    .append(
                            fingerprint.withoutSecrets().contains(name)
                                    ? " (without its secret, too short to be hidden in a digest)"
                                    : "")
                    .append('\n'));
        });
        return text.toString();
    }
}
