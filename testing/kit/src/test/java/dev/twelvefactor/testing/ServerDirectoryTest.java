package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ServerDirectoryTest {
    /** What a test JVM does: a directory, and a "server" that lives in it and ignores SIGTERM. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws Exception {
            ServerDirectory directory = ServerDirectory.create("holder");
            Process server = startServer(directory);
            System.out.println(directory.path() + " " + server.pid());
            Thread.sleep(60_000);
        }
    }

    private static Process startServer(ServerDirectory directory) throws IOException {
        Path work = Files.createDirectories(directory.path().resolve("server"));
        directory.stopWith("server/pid", 1, "TERM", "KILL");
        Process server = new ProcessBuilder("sh", "-c", "trap '' TERM; echo $$ > pid; while :; do sleep 1; done")
                .directory(work.toFile())
                .start();
        while (!Files.exists(work.resolve("pid")) || Files.size(work.resolve("pid")) == 0) {
            Thread.onSpinWait();
        }
        return server;
    }

    private static void awaitGone(Path path) {
        while (Files.exists(path)) {
            Thread.onSpinWait();
        }
    }

    private static boolean runs(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/stat");
        return Files.exists(Path.of("/proc/self"))
                ? Files.exists(status) && !Files.readString(status).contains(") Z ")
                : ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Test
    void stops_the_server_and_removes_everything_when_it_is_closed() throws Exception {
        ServerDirectory directory = ServerDirectory.create("orderly");
        Process server = startServer(directory);
        directory.close();
        assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(directory.path()).doesNotExist();
    }

    @Test
    void does_the_same_when_the_jvm_is_killed() throws Exception {
        Process jvm = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            String[] said = String.valueOf(lines.readLine()).split(" ");
            long server = Long.parseLong(said[1]);
            assertThat(runs(server)).isTrue();
            jvm.toHandle().destroyForcibly();
            awaitGone(Path.of(said[0]));
            assertThat(runs(server)).isFalse();
        }
    }
}
