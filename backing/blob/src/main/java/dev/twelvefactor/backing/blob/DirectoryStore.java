package dev.twelvefactor.backing.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Blobs as files. What is being written has another name until it is whole. */
final class DirectoryStore implements BlobStore {
    private static final int MOST_ATTEMPTS = 1000;

    private final Path root;

    DirectoryStore(Path root) {
        this.root = root;
    }

    private Path file(String key) {
        return root.resolve(BlobKey.checked(key));
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
                Files.copy(content, part);
                move(part, file);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new BlobException("the blob could not be put", e);
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
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public Optional<byte[]> get(String key) {
        Path file = file(key);
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new BlobException("the blob could not be read", e);
        }
    }

    @Override
    public Optional<InputStream> stream(String key) {
        Path file = file(key);
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.newInputStream(file)) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new BlobException("the blob could not be read", e);
        }
    }

    @Override
    public Stream<Blob> list(String prefix) {
        List<Blob> blobs = new ArrayList<>();
        try {
            Path start = root.toRealPath();
            Path unused = Files.walkFileTree(start, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String key = start.relativize(file).toString();
                    if (attributes.isRegularFile() && key.startsWith(prefix) && BlobKey.isOne(key)) {
                        blobs.add(new Blob(key, attributes.size()));
                    }
                    return FileVisitResult.CONTINUE;
                }

                /** It went away in the meantime, or is not for this user, as a disk's lost+found. */
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new BlobException("the blobs could not be listed", e);
        }
        blobs.sort(Comparator.comparing(Blob::key, Utf8Order.INSTANCE));
        return blobs.stream();
    }

    @Override
    public boolean exists(String key) {
        return Files.isRegularFile(file(key));
    }

    @Override
    public void delete(String key) {
        Path file = file(key);
        try {
            if (Files.isRegularFile(file)) {
                Files.deleteIfExists(file);
            }
            // A folder that is empty now, and nothing else: not a link, and not a blob by the name of one.
            for (Path folder = file.getParent();
                    folder != null && !folder.equals(root) && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS);
                    folder = folder.getParent()) {
                Files.deleteIfExists(folder);
            }
        } catch (DirectoryNotEmptyException e) {
            return;
        } catch (IOException e) {
            throw new BlobException("the blob could not be deleted", e);
        }
    }

    @Override
    public Optional<URI> link(String key, Duration valid) {
        BlobKey.checked(key);
        return Optional.empty();
    }
}
