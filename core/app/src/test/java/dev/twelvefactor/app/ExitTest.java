package dev.twelvefactor.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.http.Request;
import dev.twelvefactor.http.Response;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which status a process ends with that is not left to end by itself. The drain has an hour, so what waits for its deadline fails. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExitTest {
    private final List<Process> processes = new ArrayList<>();

    /** What the processes run. */
    static final class Exiting {
        private Exiting() {}

        record Settings(@Default("0s") Duration hook, boolean signalled, boolean silent, boolean ending) {
            Settings {
                if (!hook.isZero()) {
                    Runtime.getRuntime().addShutdownHook(new Thread(() -> sleep(hook)));
                }
                if (signalled) {
                    signalItself();
                }
                if (ending) {
                    exitMeanwhile();
                }
            }
        }

        record Exit(int status) {}

        public static void main(String[] args) {
            CountDownLatch working = new CountDownLatch(1);
            TwelveFactorApp.run(
                    args,
                    App.of("exiting", Settings.class)
                            .web((settings, wiring, routes) -> {
                                if (settings.silent()) {
                                    signalItself();
                                    new CountDownLatch(1).await();
                                }
                                routes.get("/exit", request -> exit(request, working));
                                routes.nonBlocking(group -> group.get("/exit-now", request -> exit(request, working)));
                                routes.get("/slow", request -> {
                                    working.countDown();
                                    sleep(Duration.ofMillis(700));
                                    return Response.text("slow");
                                });
                            })
                            .worker("exit", (settings, wiring, jobs) -> jobs.repeat("exit", () -> exit(4))
                                    .repeat("other", () -> true))
                            .admin(
                                    "exit",
                                    "Call System.exit",
                                    Exit.class,
                                    (settings, options, wiring) -> exit(options.status()))
                            .admin("work", "Work", NoOptions.class, (settings, options, wiring) -> {
                                System.out.println("working");
                                new CountDownLatch(1).await();
                            }));
        }

        private static Response exit(Request request, CountDownLatch working) throws InterruptedException {
            working.await();
            exit(Integer.parseInt(request.query("status").orElseThrow()));
            return Response.text("never");
        }

        private static boolean exit(int status) {
            System.exit(status);
            return true;
        }

        private static void sleep(Duration time) {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Returns when the end of the JVM has begun; it ends when this thread calls {@code System.exit} too. */
        private static void exitMeanwhile() {
            CountDownLatch begun = new CountDownLatch(1);
            Thread owner = Thread.currentThread();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                begun.countDown();
                while (Arrays.stream(owner.getStackTrace())
                        .noneMatch(frame -> frame.getClassName().equals("java.lang.Shutdown"))) {
                    sleep(Duration.ofMillis(10));
                }
            }));
            new Thread(() -> exit(6)).start();
            try {
                begun.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Returns when the signal has been taken. */
        private static void signalItself() {
            try {
                int unused = new ProcessBuilder(
                                "kill", Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
            while (Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("halt-watchdog"))) {
                Thread.onSpinWait();
            }
        }
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Exiting.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PORT",
                        "0",
                        "BIND_ADDRESS",
                        "127.0.0.1",
                        "DRAIN_TIMEOUT",
                        "1h",
                        "SIGNALLED",
                        "false",
                        "SILENT",
                        "false",
                        "ENDING",
                        "false"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    @AfterEach
    void killsWhatIsLeft() {
        processes.forEach(Process::destroyForcibly);
    }

    /** A process of its own, with all that it writes. */
    private record Ended(int status, List<JsonNode> events) {
        JsonNode event(String start) {
            return events.stream()
                    .filter(event -> event.get("message").asString().startsWith(start))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no event \"" + start + "\" in " + events));
        }
    }

    private static Ended end(Process process) throws Exception {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            List<JsonNode> events = lines.lines()
                    .filter(line -> line.startsWith("{"))
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), events);
        }
    }

    private static JsonNode awaitEvent(Process process, String message) throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.contains("\"message\":\"" + message + "\"")) {
                return JsonMapper.shared().readTree(line);
            }
        }
        throw new AssertionError("the process ended without " + message);
    }

    private static Socket get(int port, String path) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static Map<String, String> hook(String time) {
        return Map.of("HOOK", time);
    }

    @Test
    void ends_with_the_status_of_a_call_of_exit_however_long_foreign_shutdown_hooks_take() throws Exception {
        Process slowest = start(hook("3s"), "admin", "exit", "--status", "3");
        Process zero = start(hook("600ms"), "admin", "exit", "--status", "0");
        Process worker = start(hook("600ms"), "worker", "exit");
        Process three = start(hook("100ms"), "admin", "exit", "--status", "3");
        assertThat(end(slowest).status()).isEqualTo(3);
        assertThat(end(zero).status()).isZero();
        assertThat(end(worker).status()).isEqualTo(4);
        Ended ended = end(three);
        assertThat(ended.status()).isEqualTo(3);
        JsonNode audit = ended.event("the task exit has ended: exited");
        assertThat(audit.get("outcome").asString()).isEqualTo("exited");
        assertThat(audit.has("status")).isFalse();
        assertThat(ended.event("stopped").get("cause").asString()).isEqualTo("a call of System.exit");
    }

    @Test
    void does_not_wait_for_a_handler_that_calls_exit_but_for_all_others() throws Exception {
        Process process = start(hook("600ms"));
        int port = awaitEvent(process, "ready").get("port").asInt();
        try (Socket exit = get(port, "/exit?status=5");
                Socket slow = get(port, "/slow")) {
            assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("slow");
            assertThat(end(process).status()).isEqualTo(5);
            assertThat(exit.isConnected()).isTrue();
        }
    }

    @Test
    void ends_with_its_own_status_after_a_signal_however_long_foreign_shutdown_hooks_take() throws Exception {
        Process web = start(hook("1s"));
        Process task = start(hook("1s"), "admin", "work");
        Process stuck = start(hook("1h"));
        for (Process process : List.of(web, stuck)) {
            assertThat(awaitEvent(process, "ready")).isNotNull();
            process.toHandle().destroy();
        }
        assertThat(awaitEvent(task, "working")).isNotNull();
        task.toHandle().destroy();
        assertThat(end(web).status()).isZero();
        assertThat(end(stuck).status()).isZero();
        assertThat(end(task).status()).isEqualTo(143);
    }

    @Test
    void ends_with_143_and_its_audit_event_when_the_signal_comes_before_the_task_begins() throws Exception {
        Map<String, String> signalled = Map.of("SIGNALLED", "true");
        Process task = start(signalled, "admin", "work");
        Process console = start(signalled, "admin", "console", "--eval", "System.exit(0)");
        for (Process process : List.of(task, console)) {
            Ended ended = end(process);
            assertThat(ended.status()).isEqualTo(143);
            JsonNode audit = ended.event("the task ");
            assertThat(audit.get("outcome").asString()).isEqualTo("cut_short");
            assertThat(audit.get("status").asInt()).isEqualTo(143);
        }
    }

    @Test
    void ends_in_order_if_exit_is_called_before_anything_has_begun() throws Exception {
        Map<String, String> ending = Map.of("ENDING", "true");
        Process web = start(ending);
        Process task = start(ending, "admin", "work");
        Ended ended = end(web);
        assertThat(ended.status()).isEqualTo(6);
        assertThat(ended.events())
                .noneMatch(event -> event.get("level").asString().equals("ERROR"));
        ended = end(task);
        assertThat(ended.status()).isEqualTo(6);
        assertThat(ended.event("the task work has ended: exited").has("status")).isFalse();
    }

    @Test
    void halts_what_only_prints_at_the_signal() throws Exception {
        Process help = start(Map.of("SIGNALLED", "true"), "admin", "config");
        try (InputStream out = help.getInputStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        }
        assertThat(help.waitFor()).isEqualTo(143);
    }

    @Test
    void ends_a_check_at_the_signal_with_what_it_knows() throws Exception {
        Process check = start(Map.of("SILENT", "true", "ATTACH_TIMEOUT", "1h"), "admin", "check");
        try (InputStream out = check.getInputStream()) {
            assertThat(new String(out.readAllBytes(), StandardCharsets.UTF_8))
                    .contains("not all that web attaches was attached when the check was cut short", "XII-tasks");
        }
        assertThat(check.waitFor()).isEqualTo(143);
    }
}
