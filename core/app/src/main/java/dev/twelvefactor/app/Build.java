package dev.twelvefactor.app;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
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
 * @param problem why nothing is known of it, if that is not what development is like
 */
record Build(
        String version,
        Optional<String> commit,
        boolean dirty,
        Optional<Instant> time,
        Optional<String> content,
        Optional<String> problem) {
    private static final int SHORT = 12;
    private static final String FILE = "file";
    private static final Build UNKNOWN = unknown(Optional.empty());

    /** The build that a class comes from; unknown where that cannot be read. */
    static Build of(Class<?> home) {
        CodeSource source = home.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location == null) {
            return unknown("the class loader does not say where its classes come from");
        }
        if (!location.getProtocol().equals(FILE)) {
            // The rest of the address may have a password in it.
            return unknown(
                    "its classes come from a URL with the scheme " + location.getProtocol() + ", not from a jar file");
        }
        try {
            return of(path(location));
        } catch (URISyntaxException | IllegalArgumentException e) {
            return unknown("its classes come from a file URL that is no path of this machine");
        }
    }

    /** The path that a class loader means: not every class loader encodes it. */
    private static Path path(URL location) throws URISyntaxException {
        URI uri;
        try {
            uri = location.toURI();
        } catch (URISyntaxException e) {
            uri = new URI(FILE, null, location.getPath(), null);
        }
        return Path.of(uri);
    }

    private static Build of(Path path) {
        if (Files.isDirectory(path) || path.toString().endsWith(".java")) {
            // Compiled classes or a source: development, in which there is no build yet.
            return UNKNOWN;
        }
        if (!Files.exists(path)) {
            return unknown(path + " is not there any more");
        }
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            return of(jar);
        } catch (IOException | RuntimeException e) {
            return unknown(path + " cannot be read as a jar (" + e.getClass().getSimpleName() + ")");
        }
    }

    /** A build of which nothing is known, and why. */
    static Build unknown(String problem) {
        return unknown(Optional.of(problem));
    }

    private static Build unknown(Optional<String> problem) {
        return new Build("unknown", Optional.empty(), false, Optional.empty(), Optional.empty(), problem);
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
                commit.isEmpty() || dirty ? Optional.of(content(jar)) : Optional.empty(),
                Optional.empty());
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
