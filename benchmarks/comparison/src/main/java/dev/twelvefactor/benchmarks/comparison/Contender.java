package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * An app of one framework, as its {@code contender.properties} describes it.
 *
 * @param id the framework's folder
 * @param app {@code web} or {@code data}
 */
record Contender(String id, String app, Path folder, Properties properties) {
    /** What all ratios are to, unless a goal says otherwise. */
    static final String LIMIT = "undertow";

    static final String OURS = "twelvefactor";

    /** All below the folder, the limit and ours first. */
    static List<Contender> find(Path contenders) throws IOException {
        List<Contender> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(contenders)) {
            for (Path folder : folders.sorted().filter(each -> !isFirst(each)).toList()) {
                addOf(folder, found);
            }
        }
        List<Contender> ordered = new ArrayList<>();
        addOf(contenders.resolve(LIMIT), ordered);
        addOf(contenders.resolve(OURS), ordered);
        ordered.addAll(found);
        return List.copyOf(ordered);
    }

    private static boolean isFirst(Path folder) {
        String name = String.valueOf(folder.getFileName());
        return name.equals(LIMIT) || name.equals(OURS);
    }

    private static void addOf(Path framework, List<Contender> found) throws IOException {
        for (String app : List.of("web", "data")) {
            Path file = framework.resolve(app).resolve("contender.properties");
            if (Files.exists(file)) {
                Properties properties = new Properties();
                try (Reader reader = Files.newBufferedReader(file)) {
                    properties.load(reader);
                }
                found.add(new Contender(
                        String.valueOf(framework.getFileName()),
                        app,
                        framework.resolve(app).toAbsolutePath().normalize(),
                        properties));
            }
        }
    }

    String name() {
        return required("name");
    }

    String version() {
        return required("version");
    }

    Path jar() {
        return folder.resolve(required("jar"));
    }

    boolean runsOn(Jdk jdk) {
        return jdk.feature() >= Integer.parseInt(required("minimum.jdk"));
    }

    /** The ways that it answers the same: those beside the plain one have their name in front of the path. */
    List<String> variants() {
        String variants = text("variants");
        return variants.isEmpty() ? List.of(Entrant.PLAIN) : List.of(variants.split(",", -1));
    }

    /** Whether it has an access log that can be left on or off. */
    boolean logsAccess() {
        return !text(Entrant.QUIET).isEmpty() || !text(Entrant.ACCESS).isEmpty();
    }

    /** The environment of {@code quiet} or {@code access}. */
    Map<String, String> environment(String mode) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String pair : text(mode).split(" ", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                environment.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return environment;
    }

    /** The bytes that are deployed; a start-up cache is made where it is used. */
    long size() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve(required("size")))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith("startup."))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** The command that makes a start-up cache, blank where there is none; {@code cache.train.17} is for that JDK only. */
    String training(Jdk jdk) {
        return forJdk("cache.train", jdk);
    }

    List<String> cacheFlags(Jdk jdk) {
        return List.of(forJdk("cache.flags", jdk).split(" ", -1));
    }

    /** What starts it with its cache, if that is not the JVM with {@link #cacheFlags}. */
    Optional<Path> launcher() {
        String run = text("cache.run");
        return run.isEmpty() ? Optional.empty() : Optional.of(folder.resolve(run));
    }

    private String forJdk(String key, Jdk jdk) {
        String own = properties.getProperty(key + "." + jdk.feature());
        return own == null ? fill(text(key), jdk) : fill(own.strip(), jdk);
    }

    private String fill(String command, Jdk jdk) {
        return command.replace("{java}", jdk.java().toString()).replace("{jar}", jar().toString());
    }

    private String text(String key) {
        return properties.getProperty(key, "").strip();
    }

    private String required(String key) {
        String value = text(key);
        if (value.isEmpty()) {
            throw new IllegalArgumentException(folder.resolve("contender.properties") + " has no \"" + key + "\"");
        }
        return value;
    }
}
