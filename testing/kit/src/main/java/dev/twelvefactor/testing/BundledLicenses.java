package dev.twelvefactor.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.opentest4j.AssertionFailedError;

/**
 * The licence and notice texts of the libraries that are packed into one jar. Most licences demand that their text comes with
 * every copy (Apache License 2.0, section 4; MIT and BSD too), and a build that packs many jars into one keeps only one of the
 * files that have the same name.
 *
 * <pre>{@code
 * BundledLicenses.assertComplete(Path.of("target/app.jar"), Path.of("target/app/lib"));
 * }</pre>
 */
public final class BundledLicenses {
    /** Where libraries keep such texts: at the top, in {@code META-INF}, or in a folder of licences there. */
    private static final Predicate<String> IS_TEXT = Pattern.compile(
                    "(META-INF/)?[^/]*(LICEN[CS]E|NOTICE|COPYING)[^/]*|META-INF/licen[cs]es?/.*",
                    Pattern.CASE_INSENSITIVE)
            .asMatchPredicate();

    private BundledLicenses() {}

    /**
     * Passes if a jar contains each licence and notice text of the jars in a folder, under whatever name.
     *
     * @param jar the jar with everything
     * @param libraries the folder with the jars that were packed into it
     * @throws AssertionFailedError if a text is missing, with the name of each and of its library; or if no library has a text
     */
    public static void assertComplete(Path jar, Path libraries) {
        Set<String> bundled = new HashSet<>(texts(jar, name -> true).values());
        List<String> found = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Path library : jarsIn(libraries)) {
            texts(library, IS_TEXT).forEach((name, text) -> {
                String both = library.getFileName() + ": " + name;
                found.add(both);
                if (!bundled.contains(text)) {
                    missing.add(both);
                }
            });
        }
        if (found.isEmpty()) {
            throw new AssertionFailedError("No jar in " + libraries + " has a licence text.");
        }
        if (!missing.isEmpty()) {
            throw new AssertionFailedError(
                    jar.getFileName() + " lacks licence texts of its libraries:\n" + String.join("\n", missing));
        }
    }

    private static List<Path> jarsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> texts(Path jar, Predicate<String> wanted) {
        Map<String, String> texts = new TreeMap<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (JarEntry entry : file.stream().toList()) {
                String name = entry.getName();
                if (!entry.isDirectory() && !name.endsWith(".class") && wanted.test(name)) {
                    try (InputStream bytes = file.getInputStream(entry)) {
                        texts.put(name, new String(bytes.readAllBytes(), StandardCharsets.ISO_8859_1));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
