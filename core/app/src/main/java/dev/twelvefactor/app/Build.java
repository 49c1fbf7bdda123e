package dev.twelvefactor.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Which build this is, as the manifest of the app's jar tells it.
 *
 * @param version {@code Implementation-Version}; {@code unknown} if nothing tells
 * @param commit {@code Build-Commit}: what was built
 * @param dirty {@code Build-Dirty}: whether the build had changes that its commit has not
 * @param time {@code Build-Time}: when that commit was made
 * @param content tells this build from others that have no commit of their own
 */
record Build(String version, Optional<String> commit, boolean dirty, Optional<Instant> time, Optional<String> content) {
    private static final int SHORT = 12;
    private static final Build UNKNOWN =
            new Build("unknown", Optional.empty(), false, Optional.empty(), Optional.empty());

    /** The build that a class comes from. */
    static Build of(Class<?> home) {
        CodeSource source = home.getProtectionDomain().getCodeSource();
        try {
            if (source != null
                    && Files.isRegularFile(Path.of(source.getLocation().toURI()))) {
                try (JarFile jar =
                        new JarFile(Path.of(source.getLocation().toURI()).toFile(), false)) {
                    return of(jar);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return UNKNOWN;
    }

    private static Build of(JarFile jar) throws IOException {
        if (jar.getManifest() == null) {
            return UNKNOWN;
        }
        Attributes attributes = jar.getManifest().getMainAttributes();
        Optional<String> commit = value(attributes.getValue("Build-Commit"));
        boolean dirty = Boolean.parseBoolean(attributes.getValue("Build-Dirty"));
        return new Build(
                value(attributes.getValue(Attributes.Name.IMPLEMENTATION_VERSION))
                        .orElse("unknown"),
                commit,
                dirty,
                value(attributes.getValue("Build-Time")).flatMap(Build::instant),
                commit.isEmpty() || dirty ? Optional.of(content(jar)) : Optional.empty());
    }

    private static Optional<String> value(@Nullable String attribute) {
        return Optional.ofNullable(attribute).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            // The manifest is the app's own: what it calls a time may be none.
            return Optional.empty();
        }
    }

    /** By the checksums that the jar has of its entries. */
    private static String content(JarFile jar) {
        CRC32 all = new CRC32();
        jar.stream()
                .sorted(Comparator.comparing(JarEntry::getName))
                .forEach(entry -> all.update((entry.getName() + entry.getCrc()).getBytes(StandardCharsets.UTF_8)));
        return String.format("%08x", all.getValue());
    }

    /** The commit as events show it: short, and marked if it is not all that was built. */
    Optional<String> shownCommit() {
        return commit.map(hash -> hash.substring(0, Math.min(SHORT, hash.length())) + (dirty ? "-dirty" : ""));
    }

    /** What tells this build from any other. */
    String id() {
        String named = shownCommit().orElse(version);
        return content.map(crc -> named + "-" + crc).orElse(named);
    }

    /** For {@code --version}. */
    String sentence() {
        return version
                + shownCommit().map(hash -> ", commit " + hash).orElse("")
                + time.map(at -> " of " + at).orElse("");
    }
}
