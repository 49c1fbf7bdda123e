package dev.twelvefactor.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file that holds a value and may be changed while the process runs, as a platform does that rotates secrets (Kubernetes swaps a link). What cannot be read, or is
 * blank, in the middle of a change say, leaves the value as it was.
 */
final class NamedFile {
    private static final int LARGEST = 1 << 20;

    private final String name;
    private String text;
    private Stamp stamp;

    /** What differs when the file is another, or has other contents. */
    private record Stamp(
            FileTime changed, long size, @Nullable Object key) {
        static final Stamp NONE = new Stamp(FileTime.fromMillis(0), 0, null);
    }

    /** Reads it for the first time; what changes from now on is noticed. */
    NamedFile(String name) throws UnreadableException {
        this.name = name;
        this.stamp = stamp();
        this.text = readValue(name);
    }

    private Stamp stamp() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(Path.of(name), BasicFileAttributes.class);
            // A pipe can be read only once.
            return !attributes.isRegularFile()
                    ? Stamp.NONE
                    : new Stamp(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        } catch (IOException | RuntimeException e) {
            // It is missing for the moment.
            return Stamp.NONE;
        }
    }

    /** The value as it is now: a look at the file's attributes, and at its contents if those have changed. */
    synchronized String text() {
        Stamp now = stamp();
        if (!now.equals(stamp) && !now.equals(Stamp.NONE)) {
            try {
                String read = readValue(name);
                if (!read.isBlank()) {
                    text = read;
                    stamp = now;
                }
            } catch (UnreadableException e) {
                // It is tried again at the next call.
                return text;
            }
        }
        return text;
    }

    /** All of it but one trailing newline. */
    static String readValue(String path) throws UnreadableException {
        String content = read(path);
        return content.endsWith("\r\n")
                ? content.substring(0, content.length() - 2)
                : content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
    }

    /** Why it cannot be read, as what follows the name of the variable. */
    static final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return Objects.requireNonNull(super.getMessage());
        }
    }

    /** All of it. */
    static String read(String name) throws UnreadableException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(Path.of(name))) {
            bytes = in.readNBytes(LARGEST + 1);
        } catch (NoSuchFileException e) {
            throw new UnreadableException("names the file " + Shown.quoted(name) + ", which does not exist");
        } catch (IOException | RuntimeException e) {
            throw new UnreadableException("names the file " + Shown.quoted(name) + ", which cannot be read ("
                    + e.getClass().getSimpleName() + ")");
        }
        if (bytes.length > LARGEST) {
            throw new UnreadableException("names the file " + Shown.quoted(name) + ", which is larger than 1 MiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new UnreadableException("names the file " + Shown.quoted(name) + ", which is not UTF-8 text");
        }
    }
}
