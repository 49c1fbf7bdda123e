package dev.twelvefactor.app;

import dev.twelvefactor.admin.ConsoleOptions;
import dev.twelvefactor.admin.NoOptions;
import dev.twelvefactor.config.CommandLine;
import dev.twelvefactor.config.Default;
import dev.twelvefactor.config.Doc;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The admin tasks that every app has. */
enum BuiltIn {
    CONFIG("config", "Show the configuration: values, origins, problems; no secrets", ConfigOptions.class),
    CHECK("check", "Examine the app, factor by factor, and say how to mend what is found", CheckOptions.class),
    RELEASE("release", "Show which release this is, and what makes it so", NoOptions.class),
    CONSOLE("console", "Run Java with the app's settings and services, from stdin or a file", ConsoleOptions.class),
    STARTUP_CACHE(
            StartupCache.TASK,
            "Make a start-up cache for this JVM, and a launcher that uses it, beside the jar",
            StartupCacheOptions.class);

    private final String title;
    private final String description;
    private final Class<? extends Record> options;

    BuiltIn(String title, String description, Class<? extends Record> options) {
        this.title = title;
        this.description = description;
        this.options = options;
    }

    /** The options of {@code admin config}. */
    record ConfigOptions(
            @Default("report")
            @Doc("what is printed: the values of now, or the variables for a .env.example, a document, a tool")
            ConfigFormat format) {}

    /** What {@code admin config} prints. */
    enum ConfigFormat {
        REPORT,
        DOTENV,
        MARKDOWN,
        SCHEMA
    }

    /** The options of {@code admin check}. */
    record CheckOptions(
            @Doc("for a program: one JSON object") boolean json) {}

    /** The options of {@code admin startup-cache}. */
    record StartupCacheOptions(
            @Doc("be the process that is learned from: for the command's own use")
            boolean training) {}

    static Optional<BuiltIn> named(String name) {
        return Arrays.stream(values()).filter(task -> task.title.equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(BuiltIn::title).toList();
    }

    /** Whether it works on something for a while before it prints. */
    boolean takesTime() {
        return this == CHECK || this == STARTUP_CACHE;
    }

    String title() {
        return title;
    }

    String description() {
        return description;
    }

    Class<? extends Record> options() {
        return options;
    }

    Record options(List<String> arguments) {
        return CommandLine.bind(options, arguments);
    }
}
