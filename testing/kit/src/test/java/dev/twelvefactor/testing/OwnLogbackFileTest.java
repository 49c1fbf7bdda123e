package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An app that has a logback file of its own keeps what that says. */
@Timeout(60)
class OwnLogbackFileTest {
    @Test
    void writes_as_the_file_says_and_swallows_nothing_that_is_printed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("mine.xml"), """
                <configuration>
                  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>mine %level %msg %kvp%n</pattern></encoder>
                  </appender>
                  <root level="INFO"><appender-ref ref="out"/></root>
                </configuration>
                """);
        try (AppProcess app = AppProcess.main(OutputTest.Rude.class)
                .jvm("-Dlogback.configurationFile=" + file)
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .env("START", "prints")
                .start()) {
            app.awaitLine(line -> line.contains("mine INFO ready"));
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.stdout())
                    .contains("a line", "mine WARN by java.util.logging ")
                    .anyMatch(line -> line.startsWith("mine INFO stopped"));
        }
    }
}
