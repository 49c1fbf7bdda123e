package dev.twelvefactor.app;

import dev.twelvefactor.app.StartupCache.NotMadeException;
import java.io.File;
import java.io.IOException;
import java.lang.StackWalker.StackFrame;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An app as it lies on a disk: one jar, or jars beside each other.
 *
 * @param folder of the first jar, its real path
 * @param jars the class path, in its order, which a cache depends on
 * @param main the class that the JVM was started with
 */
record JarLayout(Path folder, List<Path> jars, String main) {
    /** To be asked for on the thread that runs {@code main}. */
    static JarLayout ofThisProcess() throws NotMadeException, IOException {
        String main = StackWalker.getInstance()
                .walk(frames -> frames.reduce((above, below) -> below))
                .map(StackFrame::getClassName)
                .orElseThrow();
        return of(System.getProperty("java.class.path"), main);
    }

    static JarLayout of(String classPath, String main) throws NotMadeException, IOException {
        List<Path> given = new ArrayList<>();
        for (String entry : classPath.split(Pattern.quote(File.pathSeparator), -1)) {
            Path path = Path.of(entry).toAbsolutePath().normalize();
            if (Files.isDirectory(path)) {
                throw new NotMadeException("A start-up cache is made of jars alone, and the class path has the folder "
                        + path + "; build the app's jar, and run the command from that");
            }
            given.add(path);
        }
        Path folder = given.get(0).resolveSibling("");
        Path real = folder.toRealPath();
        List<Path> jars = given.stream()
                .map(jar -> jar.startsWith(folder) ? real.resolve(folder.relativize(jar)) : jar)
                .toList();
        return new JarLayout(real, jars, main);
    }

    /** What {@code java} is to run: as a jar if it is one, since the manifest says more than where {@code main} is. */
    List<String> program() throws IOException {
        return isOneJar() ? List.of("-jar", classPath()) : List.of("-cp", classPath(), main);
    }

    boolean isOneJar() throws IOException {
        if (jars.size() > 1) {
            return false;
        }
        try (JarFile jar = new JarFile(jars.get(0).toFile())) {
            Manifest manifest = jar.getManifest();
            return manifest != null && main.equals(manifest.getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
        }
    }

    /** Every jar that classes come from: those too that others name in their manifests. */
    List<Path> read() throws IOException {
        Deque<Path> open = new ArrayDeque<>(jars);
        Set<Path> read = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            Path jar = open.removeFirst();
            if (Files.isRegularFile(jar) && read.add(jar)) {
                open.addAll(named(jar));
            }
        }
        return List.copyOf(read);
    }

    private static List<Path> named(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String others =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return others == null
                    ? List.of()
                    : Stream.of(others.strip().split("\\s+", -1))
                            .map(other -> Path.of(jar.toUri().resolve(other)))
                            .toList();
        }
    }

    String classPath() {
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
