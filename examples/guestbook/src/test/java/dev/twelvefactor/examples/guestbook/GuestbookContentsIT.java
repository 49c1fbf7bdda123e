package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.BundledLicenses;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the jar with everything says about its contents. */
class GuestbookContentsIT {
    private static final Path JAR = Path.of("target", "guestbook.jar");
    private static final Path LIBRARIES = Path.of("target", "app", "lib");
    private static final Path PROJECT = Path.of("..", "..");

    /** The URL of a package in CycloneDX: {@code pkg:maven/GROUP/ARTIFACT@VERSION?type=jar}. */
    private static final Pattern PACKAGE = Pattern.compile("\"purl\" : \"pkg:maven/[^/]+/([^@]+)@([^?]+)\\?type=jar\"");

    /** The text of the first is that of this project; the second demands none. */
    private static final Set<String> NEEDS_NO_TEXT = Set.of("Apache-2.0", "MIT-0");

    private static List<String> values(String json, String name) {
        return Pattern.compile("\"" + name + "\" : \"([^\"]*)\"")
                .matcher(json)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The names of the folders in {@code META-INF/licenses}. */
    private static Set<String> licenceFolders() throws IOException {
        String licences = "META-INF/licenses/";
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.startsWith(licences) && !name.endsWith("/"))
                    .map(name -> name.substring(licences.length()).replaceFirst("/.*", ""))
                    .collect(Collectors.toSet());
        }
    }

    private static String entry(String name) throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            JarEntry entry = jar.getJarEntry(name);
            assertThat(entry)
                    .as("%s in %s (mvn -o makes no bill of materials)", name, JAR)
                    .isNotNull();
            try (InputStream bytes = jar.getInputStream(entry)) {
                return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private static List<String> libraries() throws IOException {
        try (Stream<Path> files = Files.list(LIBRARIES)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void has_the_licence_texts_of_all_its_libraries() {
        BundledLicenses.assertComplete(JAR, LIBRARIES);
    }

    @Test
    void has_the_licence_and_the_notice_of_this_project() throws IOException {
        assertThat(entry("META-INF/LICENSE")).isEqualTo(Files.readString(PROJECT.resolve("LICENSE")));
        assertThat(entry("META-INF/NOTICE")).isEqualTo(Files.readString(PROJECT.resolve("NOTICE")));
    }

    @Test
    void lists_each_library_in_its_bill_of_materials() throws IOException {
        String bill = entry("META-INF/sbom/application.cdx.json");
        List<String> listed = PACKAGE.matcher(bill)
                .results()
                .map(match -> match.group(1) + "-" + match.group(2) + ".jar")
                .toList();
        assertThat(listed).containsAll(libraries()).hasSizeGreaterThan(10);
        assertThat(bill).doesNotContain("serialNumber");
    }

    @Test
    void has_a_text_for_each_library_whose_licence_is_not_that_of_this_project() throws IOException {
        Set<String> folders = licenceFolders();
        List<String> libraries = new ArrayList<>();
        List<String> without = new ArrayList<>();
        String[] parts = entry("META-INF/sbom/application.cdx.json").split("\"type\" : \"library\"", -1);
        for (String library : Arrays.asList(parts).subList(1, parts.length)) {
            List<String> licences = values(library, "id");
            if (licences.stream().noneMatch(NEEDS_NO_TEXT::contains)) {
                String name = values(library, "name").get(0);
                libraries.add(name);
                if (folders.stream().noneMatch(folder -> folder.startsWith(name) || name.startsWith(folder))) {
                    without.add(name + " " + licences);
                }
            }
        }
        assertThat(without).isEmpty();
        assertThat(libraries).contains("logback-classic", "logback-core", "postgresql", "redis-authx-core");
    }
}
