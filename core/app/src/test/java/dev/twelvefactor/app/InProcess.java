package dev.twelvefactor.app;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs apps in the process of the test, and keeps what they say. */
final class InProcess {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    final Map<String, String> environment = new HashMap<>(Map.of("PORT", "0", "BIND_ADDRESS", "127.0.0.1"));

    /** What came of the last one alone. */
    int run(App<?> app, String... args) {
        out.reset();
        err.reset();
        return TwelveFactorApp.execute(
                app,
                List.of(args),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    List<JsonNode> events() {
        return out().lines().map(JsonMapper.shared()::readTree).toList();
    }

    JsonNode event(String message) {
        return events().stream()
                .filter(event -> event.get("message").asString().equals(message))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no event \"" + message + "\" in\n" + out()));
    }
}
