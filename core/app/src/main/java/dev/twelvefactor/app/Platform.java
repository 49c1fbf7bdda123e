package dev.twelvefactor.app;

import dev.twelvefactor.config.EnvConfig;
import dev.twelvefactor.config.Environment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What platforms themselves set, to tell a process where it runs.
 *
 * @param dyno Heroku: {@code web.1}
 * @param ps Foreman and its kin: {@code web.1}
 * @param flyMachineId Fly
 * @param kubernetesServiceHost Kubernetes
 * @param hostname in a container of Kubernetes, the pod's name
 * @param herokuReleaseVersion Heroku, with dyno metadata: {@code v42}
 * @param kRevision Cloud Run and Knative: {@code shop-00042-abc}
 * @param flyImageRef Fly: {@code registry.fly.io/shop:deployment-01H…}
 */
record Platform(
        Optional<String> dyno,
        Optional<String> ps,
        Optional<String> flyMachineId,
        Optional<String> kubernetesServiceHost,
        Optional<String> hostname,
        Optional<String> herokuReleaseVersion,
        Optional<String> kRevision,
        Optional<String> flyImageRef) {
    private static final Pattern NUMBERED = Pattern.compile("[A-Za-z][\\w-]*\\.([0-9]+)");

    @SuppressWarnings("unchecked")
    static Platform fromComponents(Object[] values) {
        return new Platform(
                (Optional<String>) values[0],
                (Optional<String>) values[1],
                (Optional<String>) values[2],
                (Optional<String>) values[3],
                (Optional<String>) values[4],
                (Optional<String>) values[5],
                (Optional<String>) values[6],
                (Optional<String>) values[7]);
    }

    static Platform of(Environment environment) {
        return EnvConfig.read(List.of(Platform.class), environment)
                .find(Platform.class)
                // Something is wrong with one of them, such as a file that is not there: then nothing is known.
                .orElseGet(() -> EnvConfig.bind(Platform.class, Environment.of(Map.of())));
    }

    boolean isKubernetes() {
        return kubernetesServiceHost.isPresent();
    }

    /** Whether any of them is there: a process that nobody has started by hand. */
    boolean isKnown() {
        return isKubernetes() || dyno.isPresent() || flyMachineId.isPresent() || kRevision.isPresent();
    }

    /** The release, where the platform counts them and every change of the configuration is one. */
    Optional<Release> release() {
        return herokuReleaseVersion
                .map(version -> new Release(version, "HEROKU_RELEASE_VERSION", Optional.empty()))
                .or(() -> kRevision.map(revision -> new Release(revision, "K_REVISION", Optional.empty())));
    }

    /** The tag of the image, where the platform makes one for each deployment. */
    Optional<String> image() {
        return flyImageRef.map(image -> image.substring(image.lastIndexOf(':') + 1));
    }

    /** Which of the processes of one type this is: a number or a name; 1 where nobody says. */
    String instance() {
        return number(dyno)
                .or(() -> number(ps))
                .or(() -> flyMachineId)
                .or(() -> isKubernetes() ? hostname : Optional.empty())
                .orElse("1");
    }

    private static Optional<String> number(Optional<String> numbered) {
        return numbered.map(NUMBERED::matcher).filter(Matcher::matches).map(found -> found.group(1));
    }
}
