package dev.twelvefactor.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process reads from an environment whose bytes are not what the JVM takes them for. */
@Timeout(60)
class EnvironmentBytesTest {
    record Settings(@Default("") String name, Optional<Secret> apiToken) {}

    /** Prints what it has read. */
    static final class Reader {
        private Reader() {}

        public static void main(String[] arguments) {
            EnvConfig config = EnvConfig.read(List.of(Settings.class), Environment.system());
            String text = config.problems().isEmpty()
                    ? config.get(Settings.class).name()
                    : String.join(
                            "\n",
                            config.problems().stream().map(Problem::toString).toList());
            System.out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** What it reads when a shell has made its environment: these are {@code printf}'s escapes. */
    private static String read(String assignments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "export " + assignments + "; exec \"$0\" -XX:TieredStopAtLevel=1 -cp \"$1\" \"$2\"",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        System.getProperty("java.class.path"),
                        Reader.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void reads_utf_8_whatever_the_locale_is() throws Exception {
        assertThat(read("LC_ALL=C NAME=\"$(printf 'J\\303\\274rgen \\357\\277\\275')\""))
                .isEqualTo("Jürgen \ufffd");
    }

    @Test
    void reports_a_variable_that_is_not_utf_8_by_its_name_alone() throws Exception {
        assertThat(read("LC_ALL=C.UTF-8 API_TOKEN=\"$(printf 'hunter\\377')\""))
                .isEqualTo(
                        "API_TOKEN has bytes that are not UTF-8; write it in UTF-8 (environment variable API_TOKEN)");
        assertThat(read("LC_ALL=C NAME=\"$(printf 'J\\374rgen')\" API_TOKEN_FILE=\"$(printf '/x/\\377')\""))
                .isEqualTo("""
                        NAME has bytes that are not UTF-8; write it in UTF-8 (environment variable NAME)
                        API_TOKEN_FILE has bytes that are not UTF-8; write it in UTF-8 \
                        (environment variable API_TOKEN_FILE)""");
    }

    @Test
    void reports_a_name_of_a_dotenv_file_that_is_not_utf_8() throws Exception {
        assertThat(read("DOTENV=\"$(printf '/x/\\377')\""))
                .isEqualTo("DOTENV has bytes that are not UTF-8; write it in UTF-8 (environment variable DOTENV)");
    }

    @Test
    void takes_no_notice_of_a_variable_that_nothing_reads() throws Exception {
        assertThat(read("NAME=Ada OTHER=\"$(printf '\\377')\"")).isEqualTo("Ada");
    }

    private static byte[] environ(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void keeps_what_only_the_locale_can_decode() {
        KernelEnvironment read = KernelEnvironment.of(
                Map.of("A", "J\u00fcrgen", "B", "J\u00c3\u00bcrgen"), environ("A=J\u00fcrgen\0B=J\u00c3\u00bcrgen\0"));
        assertThat(read.variables()).isEqualTo(Map.of("A", "J\u00fcrgen", "B", "J\u00fcrgen"));
        assertThat(read.undecodable()).isEmpty();
    }

    @Test
    void takes_the_first_of_two_entries_as_the_jvm_does() {
        KernelEnvironment read = KernelEnvironment.of(
                Map.of("A", "one\ufffd", "B", ""), environ("=x\0A=one\377\0A=two\0nothing\0B=\0C=c\0"));
        assertThat(read.variables()).isEqualTo(Map.of("A", "one\ufffd", "B", ""));
        assertThat(read.undecodable()).containsExactly("A");
    }
}
