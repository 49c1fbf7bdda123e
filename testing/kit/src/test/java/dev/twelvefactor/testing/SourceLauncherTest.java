package dev.twelvefactor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code java Hello.java}: the shortest way to an app. */
@Timeout(90)
class SourceLauncherTest {
    @Test
    void runs_an_app_from_its_source(@TempDir Path folder) throws Exception {
        Path source = Files.writeString(folder.resolve("Hello.java"), """
                import dev.twelvefactor.app.App;
                import dev.twelvefactor.app.TwelveFactorApp;
                import dev.twelvefactor.http.Response;

                class Hello {
                  public static void main(String[] args) {
                    TwelveFactorApp.run(
                        args, App.of("hello").web(routes -> routes.get("/", request -> Response.text("Hello"))));
                  }
                }
                """);
        try (AppProcess app = AppProcess.program(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString())
                .env("PORT", "0")
                .env("BIND_ADDRESS", "127.0.0.1")
                .start()) {
            var unused = app.awaitReady();
            app.terminate();
            assertThat(app.awaitExit()).isZero();
            assertThat(app.events())
                    .allSatisfy(event -> assertThat(event).containsEntry("version", "unknown"))
                    .noneMatch(event -> event.get("level").equals("WARN"));
        }
    }
}
