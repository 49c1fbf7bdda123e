package dev.twelvefactor.app;

import dev.twelvefactor.app.Check.Finding;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Factors I and II, and of X what is built: whether a jar tells what it is, and holds what it needs and nothing else. */
final class BuildChecks {
    private static final String SLF4J_PROVIDER = "META-INF/services/org.slf4j.spi.SLF4JServiceProvider";
    private static final String TESTING = "dev/twelvefactor/testing/AppProcess.class";
    /** What other frameworks read. */
    private static final List<String> CONFIG_FILES = List.of(
            ".env",
            "application.conf",
            "application.properties",
            "application.yml",
            "application.yaml",
            "application.json",
            "config.properties");

    private BuildChecks() {}

    /** @param loader of the app's classes */
    static List<Finding> of(Build build, String classPath, ClassLoader loader) {
        return List.of(
                commit(build),
                clean(build),
                classPath(classPath),
                configFiles(loader),
                development(loader),
                logBackend(loader));
    }

    private static Finding commit(Build build) {
        String id = "I-commit";
        return build.commit().isPresent()
                ? Finding.ok(id, "built from the commit " + build.commit().get())
                : Finding.broken(
                        id,
                        "nothing tells which commit this was built from",
                        "run it from its jar, and let the build write Build-Commit into its manifest as docs/deploy.md shows");
    }

    private static Finding clean(Build build) {
        String id = "I-clean";
        if (build.commit().isEmpty()) {
            return Finding.broken(id, "not known while no commit is", "mend I-commit first");
        }
        return build.dirty()
                ? Finding.broken(id, "built with changes that no commit has", "commit them and build again")
                : Finding.ok(id, "built without changes of its own");
    }

    private static Finding classPath(String classPath) {
        List<String> missing = Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty() && !entry.endsWith("*") && !Files.exists(Path.of(entry)))
                .map(entry -> entry + " is not there")
                .toList();
        return Finding.of(
                "II-class-path",
                missing,
                "everything on the class path is there",
                "start the app with what its build made: its own jar, or that and lib/");
    }

    private static Finding configFiles(ClassLoader loader) {
        List<String> found = CONFIG_FILES.stream()
                .filter(name -> resources(loader, name).size() > 0)
                .map(name -> name + " is in the jar")
                .toList();
        return Finding.of(
                "III-no-config-files",
                found,
                "no configuration file is in the jar",
                "declare what it says as components of the settings record, and set them in the environment");
    }

    private static Finding development(ClassLoader loader) {
        return Finding.of(
                "X-no-test-code",
                resources(loader, TESTING).isEmpty() ? List.of() : List.of("twelvefactor-testing is on the class path"),
                "no test code is on the class path",
                "give twelvefactor-testing the scope test");
    }

    private static Finding logBackend(ClassLoader loader) {
        int backends = resources(loader, SLF4J_PROVIDER).size();
        String id = "XI-one-log";
        return backends == 1
                ? Finding.ok(id, "one log takes the events of all libraries")
                : Finding.broken(
                        id,
                        backends + " providers of SLF4J are on the class path",
                        "exclude every one but logback-classic; mvn dependency:tree names them");
    }

    private static List<?> resources(ClassLoader loader, String name) {
        try {
            return Collections.list(loader.getResources(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
