package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of a process through a shipper, as a container runtime and its agent move it: from the pipe to a file, and on from there. */
@Timeout(120)
class ShipperTest {
    private static final Path RSYSLOG = Path.of("/usr/sbin/rsyslogd");

    /** What the process runs: everything that has ever broken a shipper. */
    static final class Varied {
        private static final Logger LOG = LoggerFactory.getLogger("varied");

        private Varied() {}

        public static void main(String[] args) {
            for (int i = 0; i < 2_000; i++) {
                LOG.atInfo().addKeyValue("n", i).log("a usual event");
            }
            LOG.info("quotes \" and \\ and \u0001 and \u2028 and <xml> & %msg%");
            LOG.info("\ud83d\ude00 \u00fc\u4e2d");
            LOG.info("{\"message\":\"an event in an event\"}");
            LOG.info("<34>1 2003-10-11T22:14:15.003Z looks like syslog");
            LOG.info("x".repeat(100_000));
            LOG.error("an exception", new IllegalStateException("with\nlines"));
            LOG.info("the last");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"json", "ecs"})
    void arrives_whole_by_rsyslog(String format, @TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(RSYSLOG), "rsyslog is not installed");
        Path log = folder.resolve("app.log");
        Path arrived = folder.resolve("arrived");
        Process app = run(format, log);
        Process shipper = rsyslog(folder, log, arrived);
        try {
            assertThat(app.waitFor()).isZero();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(arrived) && Files.size(arrived) >= Files.size(log));
            assertThat(Files.readString(arrived)).isEqualTo(Files.readString(log));
            assertThat(Events.parse(Files.readAllLines(arrived))).hasSize(2_007);
        } finally {
            shipper.destroy();
            assertThat(shipper.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Process run(String format, Path log) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Varied.class.getName())
                .redirectOutput(log.toFile());
        builder.environment().clear();
        builder.environment().put("LOG_FORMAT", format);
        return builder.start();
    }

    private static Process rsyslog(Path folder, Path log, Path arrived) throws Exception {
        Path settings = folder.resolve("rsyslog.conf");
        Files.writeString(settings, """
                global(workDirectory="%1$s" maxMessageSize="1m" parser.escapeControlCharactersOnReceive="off")
                module(load="imfile" mode="inotify")
                template(name="line" type="string" string="%%msg%%\\n")
                input(type="imfile" file="%2$s" tag="app" ruleset="ship")
                ruleset(name="ship") { action(type="omfile" file="%3$s" template="line") }
                """.formatted(folder, log, arrived), StandardCharsets.UTF_8);
        return new ProcessBuilder(
                        RSYSLOG.toString(),
                        "-n",
                        "-f",
                        settings.toString(),
                        "-i",
                        folder.resolve("rsyslog.pid").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("rsyslog.out").toFile())
                .start();
    }

    @Test
    void is_one_line_an_event_for_whoever_reads_line_by_line(@TempDir Path folder) throws Exception {
        Path log = folder.resolve("app.log");
        assertThat(run("json", log).waitFor()).isZero();
        assertThat(Files.readString(log)).endsWith("\n").doesNotContain("\r", "\u2028x");
        assertThat(Events.parse(Files.readAllLines(log)).get(2_006)).containsEntry("message", "the last");
    }
}
