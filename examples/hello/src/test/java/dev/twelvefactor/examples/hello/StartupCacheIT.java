package dev.twelvefactor.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.testing.AppProcess;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code admin startup-cache} of the shaded jar, and what its launcher does where the cache fits and where it does not. */
@Timeout(300)
class StartupCacheIT {
    private static final Path HOME = Path.of(System.getProperty("java.home"));

    @TempDir
    private static Path made;

    @TempDir
    private Path temporary;

    private Path folder;

    @BeforeAll
    static void make() throws Exception {
        Files.copy(Path.of("target", "hello.jar"), made.resolve("hello.jar"), StandardCopyOption.COPY_ATTRIBUTES);
        makeIn(made);
    }

    private static void makeIn(Path folder) throws IOException, InterruptedException {
        Path out = Files.createTempFile("startup-cache", ".out");
        Process process = new ProcessBuilder(
                        HOME.resolve("bin/java").toString(),
                        "-jar",
                        folder.resolve("hello.jar").toString(),
                        "admin",
                        "startup-cache")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(240, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out);
        Files.delete(out);
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said)
                .isEqualTo(
                        "Start the app by %s/run: its cache, startup.cache, has %d MB and is for Java %s in this place\n",
                        folder.toRealPath(),
                        Files.size(folder.resolve("startup.cache")) / 1_000_000,
                        System.getProperty("java.runtime.version"));
    }

    /** A test that changes something has files of its own; the jar alone stays where the cache was made. */
    @BeforeEach
    void keep() throws IOException {
        folder = made;
        for (String name : List.of("run", "startup.cache")) {
            Files.copy(made.resolve(name), temporary.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private void answersAndIsSilent(String javaOptions, Path home) throws Exception {
        try (AppProcess app = AppProcess.program(folder.resolve("run"))
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("PATH", System.getenv("PATH"))
                .env("JAVA_HOME", home.toString())
                .env("JAVA_OPTS", javaOptions)
                .start()) {
            HttpRequest request = HttpRequest.newBuilder(app.awaitReady()).build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("Hello, World!");
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.events())
                    .extracting(event -> event.get("message"))
                    .startsWith("ready")
                    .endsWith("stopped");
            assertThat(app.stderr()).isEmpty();
        }
    }

    /** How many of the classes that a start loads came out of a cache of ours. */
    private long fromCache(Path home) throws Exception {
        Path loaded = temporary.resolve("loaded");
        Files.deleteIfExists(loaded);
        answersAndIsSilent("-Xlog:class+load:file=" + loaded, home);
        try (Stream<String> lines = Files.lines(loaded)) {
            return lines.filter(line -> line.contains(" dev.twelvefactor.") && line.contains("shared objects file"))
                    .count();
        }
    }

    private void putBack() throws IOException {
        for (String name : List.of("run", "startup.cache")) {
            Files.copy(
                    temporary.resolve(name),
                    made.resolve(name),
                    StandardCopyOption.COPY_ATTRIBUTES,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Test
    void starts_from_the_cache() throws Exception {
        assertThat(fromCache(HOME)).isGreaterThan(200);
    }

    @Test
    void starts_in_silence_without_a_cache() throws Exception {
        try {
            Files.delete(made.resolve("startup.cache"));
            assertThat(fromCache(HOME)).isZero();
        } finally {
            putBack();
        }
    }

    @Test
    void starts_in_silence_with_half_a_cache() throws Exception {
        try {
            byte[] whole = Files.readAllBytes(made.resolve("startup.cache"));
            Files.write(made.resolve("startup.cache"), java.util.Arrays.copyOf(whole, whole.length / 2));
            assertThat(fromCache(HOME)).isZero();
        } finally {
            putBack();
        }
    }

    @Test
    void starts_in_silence_with_a_cache_of_another_jar() throws Exception {
        Path jar = made.resolve("hello.jar");
        FileTime time = Files.getLastModifiedTime(jar);
        try {
            Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
            assertThat(fromCache(HOME)).isZero();
        } finally {
            Files.setLastModifiedTime(jar, time);
        }
    }

    @Test
    void starts_in_silence_with_a_cache_of_another_java() throws Exception {
        Path other = Files.createDirectory(temporary.resolve("java"));
        Files.createSymbolicLink(other.resolve("bin"), HOME.resolve("bin"));
        Files.writeString(other.resolve("release"), "JAVA_RUNTIME_VERSION=\"11.0.1+13\"\n");
        assertThat(fromCache(other)).isZero();
    }

    @Test
    void starts_in_silence_with_a_garbage_collector_that_is_not_the_cache_s() throws Exception {
        answersAndIsSilent("-XX:+UseZGC", HOME);
    }

    @Test
    void replaces_what_an_earlier_one_has_made() throws Exception {
        folder = Files.createDirectory(temporary.resolve("twice"));
        Files.copy(made.resolve("hello.jar"), folder.resolve("hello.jar"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(folder.resolve("run"), "old");
        Files.writeString(folder.resolve("startup.cache"), "old");
        makeIn(folder);
        assertThat(fromCache(HOME)).isGreaterThan(200);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("hello.jar", "run", "startup.cache");
        }
    }

    @Test
    void leaves_the_place_as_it_was_when_it_is_interrupted() throws Exception {
        folder = Files.createDirectory(temporary.resolve("interrupted"));
        Files.copy(made.resolve("hello.jar"), folder.resolve("hello.jar"));
        try (AppProcess command = AppProcess.jar(folder.resolve("hello.jar"), "admin", "startup-cache")
                .start()) {
            awaitFolder();
            command.terminate();
            assertThat(command.awaitExit()).isEqualTo(143);
            assertThat(command.stderr())
                    .containsExactly("The start-up cache was not made: the command was interrupted");
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("hello.jar");
        }
    }

    private void awaitFolder() throws IOException, InterruptedException {
        long count = 1;
        while (count == 1) {
            TimeUnit.MILLISECONDS.sleep(20);
            try (Stream<Path> files = Files.list(folder)) {
                count = files.count();
            }
        }
    }
}
