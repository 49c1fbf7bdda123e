package dev.twelvefactor.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.twelvefactor.lifecycle.Lifecycle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process that has run out of file descriptors. */
@Timeout(120)
class DescriptorsTest {
    private static final Pattern PORT = Pattern.compile("(?m)^port (\\d+)$");
    private static final int LIMIT = 200;
    private static final String DEAF = "backing off for 16000 milliseconds";

    @TempDir
    private Path directory;

    /** The process: a server until its input ends. */
    public static void main(String[] args) throws IOException {
        Lifecycle lifecycle = new Lifecycle(Duration.ofSeconds(5), Duration.ZERO);
        RunningServer server = new RunningServer(
                new Routes().get("/", request -> Response.text("in")),
                Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"),
                lifecycle);
        System.out.println("port " + server.port());
        int end = System.in.read();
        assertThat(end).isEqualTo(-1);
        lifecycle.drain();
    }

    private static int port(Process process, Path log) throws IOException, InterruptedException {
        Matcher line = PORT.matcher("");
        while (!line.find()) {
            assertThat(process.waitFor(50, TimeUnit.MILLISECONDS))
                    .as(Files.readString(log))
                    .isFalse();
            line.reset(Files.readString(log));
        }
        return Integer.parseInt(line.group(1));
    }

    /** Long enough for XNIO to reach a pause of 16 s. */
    private static void awaitDeafness(Process process, Path log) throws IOException, InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(7).toNanos();
        while (!Files.readString(log).contains(DEAF) && System.nanoTime() - end < 0) {
            assertThat(process.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
        }
        assertThat(Files.readString(log)).contains("Too many open files");
    }

    @Test
    void accepts_again_soon_after_descriptors_are_free() throws Exception {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n " + LIMIT + " && exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DescriptorsTest.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            int port = port(process, log);
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < LIMIT; i++) {
                clients.add(new RawClient(port));
            }
            awaitDeafness(process, log);
            for (RawClient client : clients) {
                client.close();
            }
            try (RawClient client = new RawClient(port)) {
                client.timeout(Duration.ofSeconds(10));
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                client.readUntil("\r\n\r\nin");
            }
        } finally {
            process.getOutputStream().close();
            process.destroyForcibly();
        }
    }
}
