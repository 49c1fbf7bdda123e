package dev.twelvefactor.testing;

import dev.twelvefactor.app.App;
import dev.twelvefactor.app.TwelveFactorApp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opentest4j.AssertionFailedError;

/** The {@code .env.example} that lies in a repository, and the records that it is made from: a test that keeps them together. */
public final class EnvExample {
    private EnvExample() {}

    /**
     * Passes if a file is what {@code admin config --format dotenv} prints.
     *
     * @throws AssertionFailedError if it is not, with both texts
     */
    public static void assertCurrent(App<?> app, Path file) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, false, StandardCharsets.UTF_8);
        TwelveFactorApp.execute(app, List.of("admin", "config", "--format", "dotenv"), Map.of(), print, print);
        print.flush();
        String wanted = out.toString(StandardCharsets.UTF_8);
        String found;
        try {
            found = Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!found.equals(wanted)) {
            throw new AssertionFailedError(
                    file
                            + " is not what the records say; write it anew: java -jar app.jar admin config --format dotenv >"
                            + file.getFileName(),
                    wanted,
                    found);
        }
    }
}
