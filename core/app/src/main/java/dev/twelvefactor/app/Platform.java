package dev.twelvefactor.app;

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
 */
record Platform(
        Optional<String> dyno,
        Optional<String> ps,
        Optional<String> flyMachineId,
        Optional<String> kubernetesServiceHost,
        Optional<String> hostname) {
    private static final Pattern NUMBERED = Pattern.compile("[A-Za-z][\\w-]*\\.([0-9]+)");

    static final Platform UNKNOWN =
            new Platform(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    boolean isKubernetes() {
        return kubernetesServiceHost.isPresent();
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
