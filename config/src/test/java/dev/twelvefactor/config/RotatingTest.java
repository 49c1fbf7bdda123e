package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values of files that change while the process runs. */
class RotatingTest {
    @TempDir
    private Path directory = Path.of("");

    record Settings(RotatingSecret token, ServiceUrl databaseUrl, Secret fixed) {}

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private Settings bind() throws IOException {
        return EnvConfig.bind(
                Settings.class,
                Environment.of(Map.of(
                        "TOKEN_FILE", file("token", "first\n").toString(),
                        "DATABASE_URL_FILE",
                                file("url", "postgres://u:first@h/d").toString(),
                        "FIXED_FILE", file("fixed", "first").toString())));
    }

    /** Another file in its place, as a platform does it: never half of one. */
    private void replace(String name, String text) throws IOException {
        Files.move(file(name + ".new", text), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void follow_the_file_once_it_is_another() throws IOException {
        Settings settings = bind();
        assertThat(settings.token().current().reveal()).isEqualTo("first");
        replace("token", "second\n");
        replace("url", "postgres://u:second@h/d");
        replace("fixed", "second");
        assertThat(settings.token().current().reveal()).isEqualTo("second");
        assertThat(settings.databaseUrl().current().password()).contains(Secret.of("second"));
        assertThat(settings.databaseUrl().password()).contains(Secret.of("first"));
        assertThat(settings.fixed().reveal()).isEqualTo("first");
        assertThat(settings.toString()).doesNotContain("first", "second");
    }

    @Test
    void follow_a_link_that_is_turned_round() throws IOException {
        Files.createDirectory(directory.resolve("v1"));
        Files.createDirectory(directory.resolve("v2"));
        Files.writeString(directory.resolve("v1/token"), "one");
        Files.writeString(directory.resolve("v2/token"), "two");
        Path data = Files.createSymbolicLink(directory.resolve("data"), Path.of("v1"));
        record Linked(RotatingSecret token) {}
        Linked linked = EnvConfig.bind(Linked.class, Environment.of(Map.of("TOKEN_FILE", data + "/token")));
        assertThat(linked.token().current().reveal()).isEqualTo("one");
        Path next = Files.createSymbolicLink(directory.resolve("next"), Path.of("v2"));
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE);
        assertThat(linked.token().current().reveal()).isEqualTo("two");
    }

    @Test
    void keep_what_they_have_while_the_file_is_missing_blank_or_no_url() throws IOException {
        Settings settings = bind();
        Files.delete(directory.resolve("token"));
        assertThat(settings.token().current().reveal()).isEqualTo("first");
        replace("token", " \n");
        assertThat(settings.token().current().reveal()).isEqualTo("first");
        replace("url", "nonsense");
        assertThat(settings.databaseUrl().current().password()).contains(Secret.of("first"));
        replace("token", "third");
        replace("url", "postgres://u:third@h/d");
        assertThat(settings.token().current().reveal()).isEqualTo("third");
        assertThat(settings.databaseUrl().current().password()).contains(Secret.of("third"));
    }

    @Test
    @Timeout(20)
    void read_a_pipe_once() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Thread writer = new Thread(() -> {
            try {
                Files.writeString(pipe, "only once");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        record Piped(RotatingSecret token) {}
        Piped piped = EnvConfig.bind(Piped.class, Environment.of(Map.of("TOKEN_FILE", pipe.toString())));
        writer.join();
        assertThat(piped.token().current().reveal()).isEqualTo("only once");
        assertThat(piped.token().current().reveal()).isEqualTo("only once");
    }

    @Test
    void are_fixed_where_the_variable_itself_holds_them() {
        record Plain(RotatingSecret token, ServiceUrl databaseUrl) {}
        Plain plain = EnvConfig.bind(
                Plain.class, Environment.of(Map.of("TOKEN", "hunter2", "DATABASE_URL", "postgres://u:p@h/d")));
        assertThat(plain.token().current().reveal()).isEqualTo("hunter2");
        assertThat(plain.databaseUrl().current()).isSameAs(plain.databaseUrl());
        assertThat(plain.toString()).doesNotContain("hunter2");
    }
}
