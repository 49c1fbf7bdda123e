package dev.twelvefactor.backing.blob;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** Blobs as files. What is being written has another name until it is whole. */
final class DirectoryStore implements BlobStore {
    private static final String UNFINISHED = ".unfinished-";

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
        Path part = root.resolve(UNFINISHED + UUID.randomUUID());
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
                if (attempt == 10) {
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
        try (Stream<Path> files =
                Files.find(root, Integer.MAX_VALUE, (path, attributes) -> attributes.isRegularFile())) {
            return files
                    .filter(file -> !String.valueOf(file.getFileName()).startsWith(UNFINISHED))
                    .map(file -> root.relativize(file).toString())
                    .filter(key -> key.startsWith(prefix))
                    .sorted(Utf8Order.INSTANCE)
                    .toList()
                    .stream()
                    .flatMap(this::blob);
        } catch (IOException | UncheckedIOException e) {
            throw new BlobException("the blobs could not be listed", e);
        }
    }

    private Stream<Blob> blob(String key) {
        try {
            return Stream.of(new Blob(key, Files.size(root.resolve(key))));
        } catch (NoSuchFileException e) {
            return Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            for (Path folder = file.getParent(); folder != null && !folder.equals(root); folder = folder.getParent()) {
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
