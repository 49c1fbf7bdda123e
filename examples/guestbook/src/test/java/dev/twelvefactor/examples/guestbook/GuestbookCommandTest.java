package dev.twelvefactor.examples.guestbook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ./guestbook} prints while it builds, with stand-ins for Maven and Java. */
@Timeout(60)
class GuestbookCommandTest {
    private static final String BUILDING =
            "Building the guestbook (the first time, Maven downloads what it needs) ...\n";

    @TempDir
    private Path folder;

    @BeforeEach
    void copy_the_command() throws IOException {
        Files.copy(Path.of("..", "..", "guestbook"), folder.resolve("guestbook"));
        program("java", "echo started");
    }

    private void program(String name, String script) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Process guestbook() throws IOException {
        ProcessBuilder command = new ProcessBuilder("sh", "guestbook")
                .directory(folder.toFile())
                .redirectError(folder.resolve("stderr").toFile());
        command.environment().merge("PATH", folder.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        command.environment().remove("JAVA_HOME");
        return command.start();
    }

    private static String stdout(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void prints_no_escape_codes_of_maven() throws Exception {
        program(
                "mvn",
                "printf '\\033[0m'; mkdir -p examples/guestbook/target; "
                        + "touch examples/guestbook/target/development.classpath");
        Process process = guestbook();
        assertThat(stdout(process)).isEqualTo(BUILDING + "started\n");
        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("stderr")).isEmptyFile();
    }

    @Test
    void shows_what_maven_says_if_the_build_fails() throws Exception {
        program("mvn", "echo the reason; exit 3");
        Process process = guestbook();
        assertThat(stdout(process)).isEqualTo(BUILDING);
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(folder.resolve("stderr")).hasContent("the reason");
    }
}
