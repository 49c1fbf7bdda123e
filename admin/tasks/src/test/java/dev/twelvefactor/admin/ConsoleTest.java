package dev.twelvefactor.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.twelvefactor.backing.Attached;
import dev.twelvefactor.backing.Attachment;
import dev.twelvefactor.backing.Connector;
import dev.twelvefactor.backing.Wiring;
import dev.twelvefactor.config.Secret;
import dev.twelvefactor.config.ServiceUrl;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ConsoleTest {
    private static final ConsoleOptions STDIN = new ConsoleOptions(Optional.empty(), Optional.empty(), false);
    private static final Settings SETTINGS = new Settings(
            ServiceUrl.parse("memory://app:hunter2@host/notes"),
            Secret.of("hunter2"),
            Duration.ofMinutes(30),
            new Limits(7, Colour.RED),
            Optional.of(new Limits(8, Colour.RED)),
            List.of(Colour.RED));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> opened = new ArrayList<>();
    private Console.Declaration declaration = wiring -> {};
    private Record settings = SETTINGS;

    /** As an app has it: nothing of it is public. */
    record Settings(
            ServiceUrl notesUrl,
            Secret key,
            Duration ttl,
            Limits limits,
            Optional<Limits> others,
            List<Colour> colours) {}

    record Limits(int most, Colour colour) {}

    enum Colour {
        RED
    }

    /** Opens maps that hold their own name; the one called {@code away} cannot be opened. */
    private final class Memory implements Connector<Map<String, String>> {
        @Override
        public Map<String, String> open(String name) throws IOException {
            if (name.equals("away")) {
                throw new IOException("nobody is there");
            }
            opened.add(name);
            return new HashMap<>(Map.of("name", name));
        }

        @Override
        public void check(Map<String, String> client) {}

        @Override
        public void close(Map<String, String> client) {}
    }

    /** Leaves open what it gives. */
    private record Open<T>(T client) implements Connector<T> {
        @Override
        public T open(String name) {
            return client;
        }

        @Override
        public void check(T client) {}

        @Override
        public void close(T client) {}
    }

    private Attachment<Map<String, String>> memory() {
        return Attachment.of(SETTINGS.notesUrl(), Memory::new);
    }

    private static final class Opening implements Wiring {
        @Override
        public <T> Attached<T> attach(String name, Attachment<T> attachment) {
            return new Attached<>() {
                @Override
                public String name() {
                    return name;
                }

                @Override
                public T get() {
                    try {
                        return attachment.connector().get().open(name);
                    } catch (Exception e) {
                        throw attachment.url().refused(e.getMessage());
                    }
                }
            };
        }
    }

    private boolean run(ConsoleOptions options, InputStream in, boolean interactive) throws InterruptedException {
        return new Console(settings, declaration, Opening::new)
                .run(options, in, interactive, new PrintStream(out, true), new PrintStream(err, true));
    }

    private boolean script(String... lines) throws InterruptedException {
        return run(STDIN, bytes(lines), false);
    }

    private static InputStream bytes(String... lines) {
        return new ByteArrayInputStream((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void prints_the_value_of_an_expression_as_it_is_and_nothing_of_what_is_no_expression() throws Exception {
        boolean fine = script(
                "int x = 2;",
                "x",
                "x = 3",
                "x + 1; \"é \\\"quoted\\\"\"",
                "new int[][] {{1, 2}, {3}}",
                "(Object) null",
                "void nothing() {}",
                "nothing()",
                "Optional.of(Path.of(\"a\"))",
                "System.out.println(\"printed\")",
                "// only a comment");

        assertThat(err()).isEmpty();
        assertThat(fine).isTrue();
        assertThat(out()).isEqualTo("2\n4\né \"quoted\"\n[[1, 2], [3]]\nnull\nOptional[a]\nprinted\n");
        assertThat(System.out).isNotInstanceOf(ByteArrayOutputStream.class);
    }

    @Test
    void reads_a_file_or_an_option_in_place_of_stdin(@TempDir Path directory) throws Exception {
        Path file =
                Files.writeString(directory.resolve("a.jsh"), "int twice(int n) {\n\n  return 2 * n;\n}\ntwice(21)");

        assertThat(run(new ConsoleOptions(Optional.empty(), Optional.of(file), false), bytes("1"), false))
                .isTrue();
        assertThat(run(
                        new ConsoleOptions(Optional.of("var a = 1; a\na + 1"), Optional.empty(), false),
                        bytes("1"),
                        false))
                .isTrue();
        assertThat(out()).isEqualTo("42\n1\n2\n");
        assertThat(err()).isEmpty();
    }

    @Test
    void takes_code_from_one_place_that_is_there(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("none.jsh");

        assertThat(run(new ConsoleOptions(Optional.empty(), Optional.of(file), false), bytes("1"), false))
                .isFalse();
        assertThat(err()).isEqualTo("The console has nothing to read: the file " + file + " does not exist.\n");
        assertThatThrownBy(() -> new ConsoleOptions(Optional.of("1"), Optional.of(file), false))
                .hasMessage("--eval and --file are two sources of code; write one of them");
    }

    @Test
    void has_the_settings_of_a_record_that_is_not_public_with_their_secrets_masked() throws Exception {
        boolean fine = script(
                "settings",
                "settings.ttl().toMinutes()",
                "settings.limits().most() + settings.others().get().most()",
                "Enum<?> colour = settings.limits().colour(); colour",
                "settings.colours().size()",
                "settings.key().reveal()");

        assertThat(err()).isEmpty();
        assertThat(fine).isTrue();
        assertThat(out()).isEqualTo("""
                        Settings[notesUrl=memory://app:***@host/notes, key=***, ttl=PT30M, limits=Limits[most=7, colour=RED], \
                        others=Optional[Limits[most=8, colour=RED]], colours=[RED]]
                        30
                        15
                        RED
                        1
                        hunter2
                        """);
    }

    @Test
    void has_the_settings_themselves_if_their_record_is_public() throws Exception {
        settings = STDIN;

        assertThat(script("ConsoleOptions own = settings", "own.sandbox()"))
                .as(err())
                .isTrue();
        assertThat(out()).isEqualTo("false\n");
    }

    @Test
    void has_each_attachment_under_its_name_with_the_type_that_it_declares() throws Exception {
        declaration = wiring -> {
            wiring.attach("notes", memory());
            wiring.attach("read-replica", memory());
            wiring.attach("settings", memory());
        };

        assertThat(script("String name = notes.get(\"name\"); name", "readReplica.get(\"name\").length()", "settings_"))
                .as(err())
                .isTrue();
        assertThat(out()).isEqualTo("notes\n12\n{name=settings}\n");
    }

    @Test
    void has_an_attachment_that_leaves_its_type_open_as_what_it_is_in_public() throws Exception {
        CharSequence hidden = new CharSequence() {
            @Override
            public int length() {
                return 5;
            }

            @Override
            public char charAt(int index) {
                return 'x';
            }

            @Override
            public CharSequence subSequence(int start, int end) {
                return this;
            }
        };
        declaration = wiring -> {
            wiring.attach("text", Attachment.of(SETTINGS.notesUrl(), () -> new Open<>(hidden)));
            wiring.attach("list", Attachment.of(SETTINGS.notesUrl(), () -> new Open<>(List.of(1))));
        };

        assertThat(script("text.length()", "list.size()")).as(err()).isTrue();
        assertThat(out()).isEqualTo("5\n1\n");
    }

    @Test
    void opens_what_a_snippet_mentions_and_that_once() throws Exception {
        declaration = wiring -> {
            assertThat(wiring.attach("notes", memory()).get()).hasToString("notes");
            assertThat(wiring.attach("others", memory()).get()).isNotEqualTo("others");
            wiring.attach("never", memory()).get();
        };

        assertThat(script("1", "int n() { return notes.size(); }", "n() + notes.size()", "// others", "others.size()"))
                .as(err())
                .isTrue();
        assertThat(out()).isEqualTo("1\n2\n1\n");
        assertThat(opened).containsExactly("notes", "others");
    }

    @Test
    void gives_the_wiring_a_client_that_opens_when_it_is_used() throws Exception {
        declaration = wiring -> {
            Attached<Map<String, String>> notes = wiring.attach("notes", memory());
            notes.get().put("by", "the wiring");
        };

        assertThat(script("notes.get(\"by\")")).as(err()).isTrue();
        assertThat(out()).isEqualTo("the wiring\n");
        assertThat(opened).containsExactly("notes");
    }

    @Test
    void goes_without_a_service_that_is_away_and_names_it_when_it_is_asked_for() throws Exception {
        declaration = wiring -> {
            wiring.attach("away", memory());
            wiring.attach("notes", memory());
        };

        assertThat(script("notes.size()", "away.size()", "notes.size()")).isFalse();
        assertThat(out()).isEqualTo("1\n");
        assertThat(err())
                .isEqualTo(SETTINGS.notesUrl().refused("nobody is there").getMessage() + "\n" + """
                        stdin:2: cannot find symbol
                          symbol:   variable away
                        away.size()
                        ^^^^
                        """);
    }

    @Test
    void has_what_was_attached_before_the_wiring_failed() throws Exception {
        declaration = wiring -> {
            wiring.attach("notes", memory());
            throw new IOException("no disk");
        };

        assertThat(script("notes.size()")).isTrue();
        assertThat(err())
                .isEqualTo("The wiring of the app failed, so what it attaches after that is not here: no disk\n");
    }

    @Test
    void ends_a_script_at_the_first_error_and_shows_its_line() throws Exception {
        assertThat(script("1", "", "void f() {", "  int n = \"text\";", "}", "2"))
                .isFalse();
        assertThat(out()).isEqualTo("1\n");
        assertThat(err()).isEqualTo("""
                        stdin:4: incompatible types: java.lang.String cannot be converted to int
                          int n = "text";
                                  ^^^^^^
                        """);
    }

    @Test
    void shows_an_exception_with_the_lines_that_it_went_through() throws Exception {
        boolean fine = script(
                "void f(int n) {",
                "  throw new IllegalStateException(\"n is \" + n, new Error());",
                "}",
                "1; f(2)",
                "2");

        assertThat(fine).isFalse();
        assertThat(out()).isEqualTo("1\n");
        assertThat(err()).isEqualTo("""
                        stdin:4: java.lang.IllegalStateException: n is 2
                            at f (stdin:2)
                            at stdin:4
                        caused by: java.lang.Error
                            at f (stdin:2)
                            at stdin:4
                        """);
    }

    @Test
    void fails_with_a_value_that_cannot_be_shown() throws Exception {
        assertThat(script("new Object() { public String toString() { throw new Error(\"shy\"); } }"))
                .isFalse();
        assertThat(err()).startsWith("stdin:1: java.lang.Error: shy\n");
    }

    @Test
    void lets_a_declaration_wait_for_what_it_needs_but_not_beyond_the_end() throws Exception {
        assertThat(script("int f() { return g(); }", "int g() { return 4; }", "f()"))
                .as(err())
                .isTrue();
        assertThat(out()).isEqualTo("4\n");

        assertThat(script("int f() {", "  return g();", "}")).isFalse();
        assertThat(err()).isEqualTo("""
                        stdin:1: this needs method g(), which was not declared
                        int f() {
                          return g();
                        }
                        """);
        err.reset();
        assertThat(script("int f() { return g(); }", "f()")).isFalse();
        assertThat(err()).startsWith("stdin:2: this needs method g(), which was not declared\n    at f (stdin:1)\n");
    }

    @Test
    void takes_an_unfinished_snippet_at_the_end_for_the_error_that_it_is() throws Exception {
        assertThat(script("int f() {")).isFalse();
        assertThat(err()).startsWith("stdin:1: reached end of file while parsing\n");
    }

    @Test
    void ends_at_exit_and_knows_no_other_command() throws Exception {
        assertThat(script("1", "/exit", "2")).isTrue();
        assertThat(script("/vars", "3")).isFalse();
        assertThat(out()).isEqualTo("1\n");
        assertThat(err()).isEqualTo("stdin:1: there is no /vars; write Java, or /exit to end the console\n");
    }

    @Test
    void asks_a_person_for_more_and_goes_on_after_an_error() throws Exception {
        declaration = wiring -> wiring.attach("notes", memory());

        assertThat(run(STDIN, bytes("1 +", "1", "nope; 5", "/vars", "2"), true)).isTrue();
        assertThat(out()).isEqualTo("> ... 2\n> > > 2\n> ");
        assertThat(err()).isEqualTo("""
                        Here are settings, notes; /exit ends the console.
                        stdin:3: cannot find symbol
                          symbol:   variable nope
                        nope;
                        ^^^^
                        stdin:4: there is no /vars; write Java, or /exit to end the console
                        """);
    }

    @Test
    void is_interrupted_while_it_waits_for_a_line() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        InputStream silent = new InputStream() {
            @Override
            public int read() throws IOException {
                return read(new byte[1], 0, 1);
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                reading.countDown();
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }
        };

        assertThat(interrupted(silent, reading)).isInstanceOf(InterruptedException.class);
        assertThat(err()).isEmpty();
    }

    @Test
    void is_interrupted_in_a_snippet_whatever_that_makes_of_it() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        declaration = wiring -> wiring.attach("running", Attachment.of(SETTINGS.notesUrl(), () -> new Open<>(running)));
        InputStream snippet = bytes(
                "try { running.countDown(); Thread.sleep(60_000); } catch (InterruptedException e) { throw new Error(e); }");

        assertThat(interrupted(snippet, running)).isInstanceOf(InterruptedException.class);
        assertThat(err()).isEmpty();
    }

    private Throwable interrupted(InputStream in, CountDownLatch busy) throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        Thread console = new Thread(() -> {
            try {
                run(STDIN, in, false);
                ended.complete(new AssertionError("it ended by itself"));
            } catch (Throwable e) {
                ended.complete(e);
            }
        });
        console.start();
        busy.await();
        console.interrupt();
        return ended.get();
    }
}
