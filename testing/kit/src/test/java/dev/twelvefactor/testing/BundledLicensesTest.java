package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledLicensesTest {
    @TempDir
    private Path libraries;

    @TempDir
    private Path target;

    @BeforeEach
    void makeLibraries() throws IOException {
        jar(libraries.resolve("a-1.0.jar"), Map.of("META-INF/LICENSE", "of a", "META-INF/NOTICE.txt", "a says"));
        jar(libraries.resolve("b-1.0.jar"), Map.of("META-INF/LICENSE", "of b", "b/License.class", "no text"));
        jar(libraries.resolve("c-1.0.jar"), Map.of("META-INF/licenses/d/COPYING", "of d", "LICENCE.md", "of c"));
        jar(libraries.resolve("e-1.0.jar"), Map.of("e/data.txt", "has no text"));
    }

    private static Path jar(Path path, Map<String, String> entries) throws IOException {
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(path))) {
            for (var entry : new TreeMap<>(entries).entrySet()) {
                jar.putNextEntry(new JarEntry(entry.getKey()));
                jar.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return path;
    }

    @Test
    void passes_for_a_jar_with_each_text_under_whatever_name() throws IOException {
        Path jar = jar(
                target.resolve("app.jar"),
                Map.of("1", "of a", "2", "a says", "3", "of b", "META-INF/licenses/c", "of c", "x/4", "of d"));
        assertThatCode(() -> BundledLicenses.assertComplete(jar, libraries)).doesNotThrowAnyException();
    }

    @Test
    void names_each_text_that_is_missing_and_its_library() throws IOException {
        Path jar = jar(target.resolve("app.jar"), Map.of("META-INF/LICENSE", "of a"));
        assertThatThrownBy(() -> BundledLicenses.assertComplete(jar, libraries))
                .isInstanceOf(AssertionError.class)
                .hasMessage("""
                        app.jar lacks licence texts of its libraries:
                        a-1.0.jar: META-INF/NOTICE.txt
                        b-1.0.jar: META-INF/LICENSE
                        c-1.0.jar: LICENCE.md
                        c-1.0.jar: META-INF/licenses/d/COPYING""");
    }

    @Test
    void does_not_pass_for_a_folder_without_a_text() throws IOException {
        Path jar = jar(target.resolve("app.jar"), Map.of());
        assertThatThrownBy(() -> BundledLicenses.assertComplete(jar, target))
                .isInstanceOf(AssertionError.class)
                .hasMessage("No jar in " + target + " has a licence text.");
    }
}
