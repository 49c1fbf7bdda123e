package dev.twelvefactor.backing.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Blobs as files. What is being written has another name until it is whole. */
final class DirectoryStore implements BlobStore {
    private static final int MAX_ATTEMPTS = 1000;

    /** Whether this JVM can name files as keys are: it goes by the locale. */
    static final boolean NAMES_ARE_UTF8 = canBeNamed("\u00e4\u65e5");

    static final String ASCII_NAMES_ONLY =
            "the locale of this process cannot name files in UTF-8; set LC_ALL=C.UTF-8, or use keys in ASCII";

    private final Path root;
    private final boolean forcesFolders;

    DirectoryStore(Path root) {
        this.root = root;
        this.forcesFolders = FileSync.canForce(root);
    }

    private static boolean canBeNamed(String name) {
        try {
            Path unused = Path.of(name);
            return true;
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** Removes what processes that ended in the middle of a put have left, if nobody wrote to it since then. */
    void sweep(Instant before) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(root, BlobKey.UNFINISHED + "*")) {
            for (Path part : parts) {
                try {
                    if (Files.getLastModifiedTime(part).toInstant().isBefore(before)) {
                        Files.delete(part);
                    }
                } catch (IOException e) {
                    // Another instance swept it, or it belongs to another user.
                }
            }
        }
    }

    private Path file(String key) {
        BlobKey.checked(key);
        try {
            return root.resolve(key);
        } catch (InvalidPathException e) {
            throw new BlobException(ASCII_NAMES_ONLY, e);
        }
    }

    @Override
    public void put(String key, byte[] content, String contentType) {
        put(key, new ByteArrayInputStream(content), contentType);
    }

    @Override
    public void put(String key, InputStream content, String contentType) {
        Path file = file(key);
        Path part = root.resolve(BlobKey.UNFINISHED + UUID.randomUUID());
        try {
            try {
                write(content, part);
                move(part, file);
            } catch (IOException | RuntimeException | Error e) {
                discard(part, e);
                throw e;
            }
            for (Path folder = file.getParent();
                    forcesFolders && folder != null && folder.startsWith(root);
                    folder = folder.getParent()) {
                FileSync.force(folder);
            }
        } catch (IOException e) {
            throw new BlobException("the blob could not be put", e);
        }
    }

    /** To the disk before it gets its name: else a power failure could leave the name with half of the blob. */
    private static void write(InputStream content, Path part) throws IOException {
        Files.copy(content, part);
        FileSync.force(part);
    }

    private static void discard(Path part, Throwable failure) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** Again if the folder went away in between, with the last blob that was in it. */
    private static void move(Path part, Path file) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        for (int attempt = 1; ; attempt++) {
            try {
                Files.createDirectories(folder);
                Path unused =
                        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Whether there is such a file. That there is none is only known where the store could look. */
    private boolean isBlob(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).isRegularFile();
        } catch (NoSuchFileException e) {
            // The disk may be gone with all that is on it.
            if (!Files.readAttributes(root, BasicFileAttributes.class).isDirectory()) {
                throw e;
            }
            return false;
        } catch (IOException e) {
            if (isInBlob(file)) {
                return false;
            }
            throw e;
        }
    }

    /** Below a file there is nothing. */
    private boolean isInBlob(Path file) throws IOException {
        for (Path folder = file.getParent(); folder != null && !folder.equals(root); folder = folder.getParent()) {
            try {
                return Files.readAttributes(folder, BasicFileAttributes.class).isRegularFile();
            } catch (IOException e) {
                // The one above it may say more.
            }
        }
        return false;
    }

    @Override
    public Optional<byte[]> get(String key) {
        Path file = file(key);
        try {
            return isBlob(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (IOException e) {
            return absent(file, e);
        }
    }

    @Override
    public Optional<InputStream> stream(String key) {
        Path file = file(key);
        try {
            return isBlob(file) ? Optional.of(Files.newInputStream(file)) : Optional.empty();
        } catch (IOException e) {
            return absent(file, e);
        }
    }

    /** If it was deleted after the first look. */
    private <T> Optional<T> absent(Path file, IOException failure) {
        try {
            if (failure instanceof NoSuchFileException && !isBlob(file)) {
                return Optional.empty();
            }
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        throw new BlobException("the blob could not be read", failure);
    }

    @Override
    public Stream<Blob> list(String prefix) {
        try {
            Path start = root.toRealPath();
            BlobListing listing = new BlobListing(start, prefix);
            // As a link to a blob is one for the other methods, too: Kubernetes mounts files by links.
            Path unused =
                    Files.walkFileTree(start, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, listing);
            List<Blob> blobs = listing.blobs();
            blobs.sort(Comparator.comparing(Blob::key, Utf8Order.INSTANCE));
            return blobs.stream();
        } catch (IOException e) {
            throw new BlobException("the blobs could not be listed", e);
        }
    }

    @Override
    public boolean exists(String key) {
        Path file = file(key);
        try {
            return isBlob(file);
        } catch (IOException e) {
            throw new BlobException("the blob could not be looked for", e);
        }
    }

    @Override
    public void delete(String key) {
        Path file = file(key);
        try {
            if (isBlob(file)) {
                Files.deleteIfExists(file);
                if (forcesFolders) {
                    FileSync.force(Objects.requireNonNull(file.getParent()));
                }
            }
        } catch (IOException e) {
            throw new BlobException("the blob could not be deleted", e);
        }
        removeEmptyFolders(file);
    }

    /** A folder that is empty now, and nothing else: not a link, and not a blob by the name of one. */
    private void removeEmptyFolders(Path file) {
        try {
            for (Path folder = file.getParent();
                    folder != null && !folder.equals(root) && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
                    folder = folder.getParent()) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            // It is not empty, or not ours to remove. The blob is gone either way.
        }
    }

    @Override
    public Optional<URI> link(String key, Duration valid) {
        BlobKey.checked(key);
        return Optional.empty();
    }
}
