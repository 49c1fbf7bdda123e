package dev.twelvefactor.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds a value and may be changed while the process runs, as a platform does that rotates secrets (Kubernetes swaps a link). What cannot be read, or is
 * blank, in the middle of a change say, leaves the value as it was.
 */
final class NamedFile {
    private final String name;
    private String text;
    private Stamp stamp;

    /** What differs when the file is another, or has other contents. */
    private record Stamp(
            FileTime changed, long size, @Nullable Object key) {}

    NamedFile(String name, String text) {
        this.name = name;
        this.text = text;
        this.stamp = stamp();
    }

    private Stamp stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(Path.of(name), BasicFileAttributes.class);
            return new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException | RuntimeException e) {
            // A look at the contents, at the next chance, finds out.
            return new Stamp(FileTime.fromMillis(0), -1, null);
        }
    }

    /** The value as it is now: a look at the file's attributes, and at its contents if those have changed. */
    synchronized String text() {
        Stamp now = stamp();
        if (!now.equals(stamp) && now.size() >= 0) {
            try {
                String read = Environment.readValue(name);
                if (!read.isBlank()) {
                    text = read;
                    stamp = now;
                }
            } catch (Environment.UnreadableException e) {
                // It is tried again at the next call.
                return text;
            }
        }
        return text;
    }
}
