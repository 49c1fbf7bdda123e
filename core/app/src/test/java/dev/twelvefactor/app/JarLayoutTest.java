package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an app lies, and the launcher that starts it there. */
@Timeout(60)
class JarLayoutTest {
    private static final String MAIN = "shop.Main";

    @TempDir
    private Path temporary;

    private Path folder;
    private Path cache;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectories(temporary.toRealPath().resolve("it's a $HOME"));
        cache = Files.writeString(folder.resolve("startup.cache"), "12345");
    }

    private static Path jar(Path path, Map<String, String> attributes) throws IOException {
        Files.createDirectories(path.resolveSibling(""));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.forEach((name, value) -> manifest.getMainAttributes().putValue(name, value));
        new JarOutputStream(Files.newOutputStream(path), manifest).close();
        return path;
    }

    private JarLayout twoJars() throws Exception {
        Path app = jar(folder.resolve("app.jar"), Map.of("Main-Class", MAIN));
        Path library = jar(folder.resolve("lib/a.jar"), Map.of("Class-Path", "b.jar c%20d.jar"));
        jar(folder.resolve("lib/b.jar"), Map.of());
        jar(folder.resolve("lib/c d.jar"), Map.of());
        Path other = jar(temporary.toRealPath().resolve("other.jar"), Map.of());
        return JarLayout.of(app + ":" + library + ":" + other, MAIN);
    }

    /** What the launcher hands to a java that prints it, line by line. */
    private List<String> started(JarLayout layout, String release, Map<String, String> environment) throws Exception {
        return started(layout, release, environment, () -> {});
    }

    private interface Change {
        void make() throws IOException;
    }

    private List<String> started(JarLayout layout, String release, Map<String, String> environment, Change change)
            throws Exception {
        Path home = temporary.resolve("java");
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), release);
        script(home.resolve("bin/java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Path launcher = script(folder.resolve("run"), Launcher.script(layout, cache));
        change.make();
        ProcessBuilder builder =
                new ProcessBuilder(launcher.toString(), "worker", "two words").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", home.toString());
        builder.environment().remove("JAVA_OPTS");
        builder.environment().putAll(environment);
        Process process = builder.start();
        List<String> lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return lines;
    }

    private static Path script(Path path, String text) throws IOException {
        Files.writeString(path, text);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String ownRelease() throws IOException {
        return Files.readString(Path.of(System.getProperty("java.home"), "release"));
    }

    @Test
    void starts_the_jars_in_their_order_without_a_cache_that_is_not_there() throws Exception {
        assertThat(started(twoJars(), ownRelease(), Map.of(), () -> Files.delete(cache)))
                .containsExactly(
                        "-Xlog:disable",
                        "-Xlog:all=warning:stderr",
                        "-XX:+DisplayVMOutputToStderr",
                        "-cp",
                        folder + "/app.jar:" + folder + "/lib/a.jar:" + temporary.toRealPath() + "/other.jar",
                        MAIN,
                        "worker",
                        "two words");
    }

    @Test
    void starts_one_jar_as_a_jar() throws Exception {
        Path app = jar(folder.resolve("app.jar"), Map.of("Main-Class", MAIN));
        assertThat(started(JarLayout.of(app.toString(), MAIN), ownRelease(), Map.of()))
                .containsSequence("-jar", folder + "/app.jar", "worker");
        assertThat(started(JarLayout.of(app.toString(), "shop.Other"), ownRelease(), Map.of()))
                .containsSequence("-cp", folder + "/app.jar", "shop.Other", "worker");
    }

    @Test
    void hands_on_a_cache_to_the_java_that_made_it() throws Exception {
        assertThat(started(twoJars(), ownRelease(), Map.of()))
                .containsOnlyOnce((StartupCache.isAheadOfTime() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=")
                        + folder
                        + "/startup.cache");
    }

    @Test
    void keeps_back_a_cache_that_is_not_the_one_that_was_made() throws Exception {
        assertThat(started(twoJars(), ownRelease(), Map.of(), () -> Files.writeString(cache, "123")))
                .noneMatch(line -> line.contains("startup.cache"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app.jar", "lib/a.jar", "lib/c d.jar"})
    void keeps_back_the_cache_of_a_jar_that_was_replaced(String name) throws Exception {
        Change later = () -> Files.setLastModifiedTime(folder.resolve(name), FileTime.from(Instant.EPOCH));
        assertThat(started(twoJars(), ownRelease(), Map.of(), later)).noneMatch(line -> line.contains("startup.cache"));
    }

    @Test
    void keeps_the_cache_from_another_java() throws Exception {
        assertThat(started(twoJars(), "JAVA_RUNTIME_VERSION=\"11.0.1+13\"\n", Map.of()))
                .noneMatch(line -> line.contains("startup.cache"));
    }

    @Test
    void lets_java_opts_have_the_last_word() throws Exception {
        assertThat(started(twoJars(), ownRelease(), Map.of("JAVA_OPTS", "-Xmx64m  -Dx=*")))
                .containsSequence("-Xmx64m", "-Dx=*", "-cp");
    }

    @Test
    void is_itself_through_a_link() throws Exception {
        Path launcher = script(folder.resolve("run"), Launcher.script(twoJars(), cache));
        Path link = Files.createSymbolicLink(temporary.resolve("link"), launcher);
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", "PATH=$1:$PATH; exec link", "sh", temporary.toString());
        builder.environment().put("JAVA_HOME", "/nowhere");
        Process process = builder.redirectErrorStream(true).start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("/nowhere/bin/java");
        assertThat(process.waitFor()).isEqualTo(127);
        assertThat(link).isSymbolicLink();
    }

    @Test
    void refuses_what_is_no_jar() {
        assertThatThrownBy(() -> JarLayout.of("app.jar:" + folder, MAIN))
                .hasMessage("A start-up cache is made of jars alone, and the class path has the folder " + folder
                        + "; build the app's jar, and run the command from that");
    }
}
