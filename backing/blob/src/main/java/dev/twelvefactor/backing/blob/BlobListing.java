package dev.twelvefactor.backing.blob;

import dev.twelvefactor.backing.blob.BlobStore.Blob;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the blobs of a directory. It fails where it cannot look: a list that left something out would be taken for all there is. */
final class BlobListing extends SimpleFileVisitor<Path> {
    /** Of a disk's file system, and not for other users than root. */
    private static final String LOST_AND_FOUND = "lost+found";

    private final Path start;
    private final String prefix;
    private final List<Blob> blobs = new ArrayList<>();

    BlobListing(Path start, String prefix) {
        this.start = start;
        this.prefix = prefix;
    }

    List<Blob> blobs() {
        return blobs;
    }

    private String key(Path file) {
        return start.relativize(file).toString();
    }

    private boolean mayHold(Path folder) {
        String inside = key(folder) + "/";
        return folder.equals(start) || inside.startsWith(prefix) || prefix.startsWith(inside);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
        return mayHold(folder) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        String key = key(file);
        if (!DirectoryStore.NAMES_ARE_UTF8 && key.indexOf('\uFFFD') >= 0) {
            throw new IOException(DirectoryStore.ASCII_NAMES_ONLY);
        }
        if (key.startsWith(prefix) && BlobKey.isOne(key)) {
            try {
                add(
                        key,
                        attributes.isSymbolicLink()
                                ? Files.readAttributes(file, BasicFileAttributes.class)
                                : attributes);
            } catch (NoSuchFileException e) {
                // A link to what is not there.
            }
        }
        return FileVisitResult.CONTINUE;
    }

    private void add(String key, BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            blobs.add(new Blob(key, attributes.size()));
        }
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        boolean isGone = e instanceof NoSuchFileException;
        // A link to a folder that it stands in: what is in there has shorter keys.
        boolean isLoop = e instanceof FileSystemLoopException;
        boolean isLostAndFound = e instanceof AccessDeniedException && key(file).equals(LOST_AND_FOUND);
        if ((isGone && !file.equals(start)) || isLoop || isLostAndFound || !mayHold(file)) {
            return FileVisitResult.CONTINUE;
        }
        throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
        if (e != null && !(e instanceof NoSuchFileException)) {
            throw e;
        }
        return FileVisitResult.CONTINUE;
    }
}
