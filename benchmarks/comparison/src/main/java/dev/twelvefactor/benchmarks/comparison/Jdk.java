package dev.twelvefactor.benchmarks.comparison;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** A JDK that contenders run on. */
record Jdk(Path home, String version) {
    static Jdk at(Path home) throws IOException {
        Properties release = new Properties();
        try (Reader reader = Files.newBufferedReader(home.resolve("release"))) {
            release.load(reader);
        }
        return new Jdk(home, release.getProperty("JAVA_VERSION", "").replace("\"", ""));
    }

    int feature() {
        return Runtime.Version.parse(version).feature();
    }

    Path java() {
        return home.resolve("bin").resolve("java");
    }

    /** What raw.csv calls it. */
    String label() {
        return Integer.toString(feature());
    }
}
