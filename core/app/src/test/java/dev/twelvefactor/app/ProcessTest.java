package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.http.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/** How processes of an app end, whoever ends them. */
@Timeout(60)
class ProcessTest {
    /** What the processes run. */
    static final class Misbehaving {
        private Misbehaving() {}

        public static void main(String[] args) {
            TwelveFactorApp.run(
                    args,
                    App.of("misbehaving")
                            .web(routes -> routes.get("/", request -> Response.text("")))
                            .admin(
                                    "print",
                                    "Print no end of line",
                                    NoOptions.class,
                                    (none, options, wiring) -> System.out.print("last words"))
                            .admin(
                                    "ask",
                                    "Read a line of stdin",
                                    NoOptions.class,
                                    (none, options, wiring) -> System.out.println(
                                            new Scanner(System.in, StandardCharsets.UTF_8).nextLine()))
                            .admin("ignore", "Never end, whoever says so", NoOptions.class, (none, options, wiring) -> {
                                System.out.println("waiting");
                                while (true) {
                                    LockSupport.park();
                                    boolean unused = Thread.interrupted();
                                }
                            })
                            .admin(
                                    "stop",
                                    "Wait, and complain of the end",
                                    NoOptions.class,
                                    (none, options, wiring) -> {
                                        try {
                                            System.out.println("waiting");
                                            new CountDownLatch(1).await();
                                        } finally {
                                            complain();
                                        }
                                    }));
        }

        private static void complain() {
            throw new IllegalStateException("rolled back at row 17");
        }
    }

    private static Process start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    private static Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Misbehaving.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LOG_LEVEL", "info");
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static List<String> messages(Process process) throws IOException {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            return lines.lines()
                    .filter(line -> line.startsWith("{"))
                    .map(line -> JsonMapper.shared().readTree(line))
                    .map(event -> event.get("message").asString() + " "
                            + event.path("stack_trace").asString(""))
                    .toList();
        }
    }

    @Test
    void says_that_there_is_no_stdin_when_a_task_fails_for_want_of_it() throws Exception {
        Process process = start("admin", "ask");
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(ExitStatus.FAILED);
        assertThat(output)
                .contains("ask failed: java.util.NoSuchElementException: No line found")
                .contains(
                        "It had read stdin to its end. Where there is none to read, as in a one-off process of a platform,"
                                + " give it what it asks for by its options.");
    }

    @Test
    void reads_stdin_when_there_is_one() throws Exception {
        Process process = start("admin", "ask");
        try (OutputStream in = process.getOutputStream()) {
            in.write("yes\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(messages(process)).contains("yes ");
        assertThat(process.waitFor()).isEqualTo(ExitStatus.OK);
    }

    @Test
    void ends_with_143_a_task_that_never_ends_when_told_to_and_names_where_it_is_stuck() throws Exception {
        Process process = start(Map.of("DRAIN_TIMEOUT", "2s"), "admin", "ignore");
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.contains("\"waiting\"")) {
            line = lines.readLine();
        }
        process.toHandle().destroy();
        String output = String.join("\n", lines.lines().toList());
        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(output).contains("the task ignore has ended: cut_short", "LockSupport.park");
    }

    @Test
    void keeps_what_was_printed_without_an_end_of_line() throws Exception {
        Process process = start("admin", "print");
        assertThat(messages(process)).contains("last words ");
        assertThat(process.waitFor()).isEqualTo(ExitStatus.OK);
    }

    @Test
    void says_what_a_task_said_that_was_cut_short() throws Exception {
        Process process = start("admin", "stop");
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        while (line != null && !line.contains("\"waiting\"")) {
            line = lines.readLine();
        }
        process.toHandle().destroy();
        assertThat(String.join("\n", lines.lines().toList())).contains("rolled back at row 17");
        assertThat(process.waitFor()).isEqualTo(143);
    }
}
