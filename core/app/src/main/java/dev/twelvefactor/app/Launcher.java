package dev.twelvefactor.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The script that starts an app with its start-up cache: what is not known before the start of a JVM is found by the shell, in some milliseconds. */
final class Launcher {
    /** Stdout is for events: the JVM's own warnings go to stderr. */
    static final List<String> FLAGS =
            List.of("-Xlog:disable", "-Xlog:all=warning:stderr", "-XX:+DisplayVMOutputToStderr");

    private static final String TEXT = """
            #!/bin/sh
            # Starts the app with its start-up cache where that fits, and without it where it does not. Written by "admin startup-cache".
            # JAVA_HOME says which Java, JAVA_OPTS what else the JVM is to be told.
            set -f
            self=$(readlink -f "$0") || exit 1
            here=${self%%/*}
            if [ -n "${JAVA_HOME:-}" ]; then
              java=$JAVA_HOME/bin/java
              home=$JAVA_HOME
            else
              java=$(command -v java) || { echo "there is no java here: install it, or set JAVA_HOME" >&2; exit 127; }
              home=$(readlink -f "$java")
              home=${home%%/bin/java}
            fi
            set -- ${JAVA_OPTS:-} %s "$@"
            # A JVM that is given a cache of another, or half of one, starts slower than with none, or not at all. Some take that of another jar
            # (JDK-8377932), and run what that one said.
            fits() {
              [ "$(cd "$here" && stat -L -c '%%s %%Y' %s 2>/dev/null)" = '%s' ] || return
              %s
            }
            if fits; then
              set -- %s "$@"
            fi
            exec "$java" %s "$@"
            """;

    private static final String COMPARE = """
            [ -r "$home/release" ] || return
              while read -r line; do
                [ "$line" != '%s' ] || return 0
              done <"$home/release"
              return 1""";

    private Launcher() {}

    /**
     * The text of the script.
     *
     * @param cache as it will lie beside the jar, time of its last change included
     */
    static String script(JarLayout layout, Path cache) throws IOException {
        String name = cache.getFileName().toString();
        String classPath = layout.jars().stream()
                .map(jar -> isInside(layout, jar) ? "\"$here/\"" + relative(layout, jar) : relative(layout, jar))
                .collect(Collectors.joining(":"));
        List<Path> files = new ArrayList<>(List.of(cache));
        files.addAll(layout.read());
        return TEXT.formatted(
                layout.isOneJar() ? "-jar " + classPath : "-cp " + classPath + ' ' + quoted(layout.main()),
                quoted(name)
                        + layout.read().stream()
                                .map(jar -> ' ' + relative(layout, jar))
                                .collect(Collectors.joining()),
                states(files),
                version(Path.of(System.getProperty("java.home"), "release"))
                        .map(COMPARE::formatted)
                        .orElse("return 0"),
                cacheFlags(name),
                FLAGS.stream().map(Launcher::quoted).collect(Collectors.joining(" ")));
    }

    private static String states(List<Path> files) throws IOException {
        List<String> states = new ArrayList<>();
        for (Path file : files) {
            states.add(Files.size(file) + " " + Files.getLastModifiedTime(file).to(TimeUnit.SECONDS));
        }
        return String.join("\n", states);
    }

    private static boolean isInside(JarLayout layout, Path jar) {
        return jar.startsWith(layout.folder());
    }

    private static String relative(JarLayout layout, Path jar) {
        return quoted((isInside(layout, jar) ? layout.folder().relativize(jar) : jar).toString());
    }

    /** The line by which a Java installation tells its version; one made by jlink has the shorter one alone. */
    private static Optional<String> version(Path release) throws IOException {
        if (!Files.isReadable(release)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(release);
        return lines.stream()
                .filter(line -> line.startsWith("JAVA_RUNTIME_VERSION="))
                .findFirst()
                .or(() -> lines.stream()
                        .filter(line -> line.startsWith("JAVA_VERSION="))
                        .findFirst());
    }

    private static String cacheFlags(String cache) {
        String file = "\"$here/" + cache + '"';
        return StartupCache.isAheadOfTime()
                ? "'-Xlog:aot*=off:stderr' '-Xlog:cds*=off:stderr' -XX:AOTCache=" + file
                : "'-Xlog:cds*=off:stderr' -Xshare:auto -XX:SharedArchiveFile=" + file;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
