package dev.twelvefactor.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Files of a directory. A link that leads out of the directory, or to what a request cannot name because it begins with a dot, leads nowhere, even if it takes
 * the place of a file while that is opened.
 */
final class DirectorySource implements StaticSource {
    private static final Set<OpenOption> READ_NO_LINK = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    /** How often a file may be replaced while it is opened. */
    private static final int MAX_ATTEMPTS = 30;

    private final Path directory;
    private final FileHashes hashes;

    DirectorySource(Path directory, FileHashes hashes) {
        this.directory = directory.toAbsolutePath();
        this.hashes = hashes;
        if (!Files.isDirectory(this.directory)) {
            throw new UncheckedIOException(
                    "there is no directory " + directory, new NoSuchFileException(directory.toString()));
        }
    }

    /** The file of a path in a directory. The names of files are UTF-8, in whatever locale the process runs. */
    static Path resolve(Path directory, String path) {
        try {
            return directory.resolve(path);
        } catch (InvalidPathException e) {
            // The locale cannot write the name, as LC_ALL=C cannot write one beyond ASCII. A URI gives the bytes as
            // they are.
            String encoded = Arrays.stream(path.split("/", -1))
                    .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20"))
                    .collect(Collectors.joining("/"));
            String base = directory.toUri().toString();
            return Path.of(URI.create(base.endsWith("/") ? base + encoded : base + "/" + encoded));
        }
    }

    @Override
    public boolean has(String path) throws IOException {
        return locate(path).isPresent();
    }

    /** Where a file is, without links. The directory may be a link itself, which leads elsewhere when a volume is renewed. */
    private record Location(Path root, Path file) {}

    private Optional<Location> locate(String path) throws IOException {
        try {
            Path root = directory.toRealPath();
            Path file = resolve(root, path);
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            Path real = file.toRealPath();
            return real.startsWith(root) && !isHidden(root.relativize(real))
                    ? Optional.of(new Location(root, real))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether a name on the way begins with a dot: a link to {@code .env} or into {@code .git} must not publish it. A directory whose name begins with two is
     * not hidden: in a ConfigMap's volume, Kubernetes keeps the files in {@code ..2026_12_01_08_00_00} and links to them.
     */
    private static boolean isHidden(Path relative) {
        int last = relative.getNameCount() - 1;
        for (int i = 0; i <= last; i++) {
            String name = relative.getName(i).toString();
            if (name.startsWith(".") && (i == last || !name.startsWith(".."))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public Optional<StaticFile> open(String path) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Optional<Location> location = locate(path);
            if (location.isEmpty()) {
                return Optional.empty();
            }
            try {
                Path file = location.get().file();
                return Optional.of(hashes.open(file, () -> open(location.get())));
            } catch (AccessDeniedException e) {
                throw e;
            } catch (FileSystemException e) {
                // A link, another file or nothing at all has taken its place since it was located.
                if (attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static SeekableByteChannel open(Location location) throws IOException {
        try (DirectoryStream<Path> root = Files.newDirectoryStream(location.root())) {
            if (root instanceof SecureDirectoryStream<Path> secure) {
                return open(secure, location.root().relativize(location.file()));
            }
        } catch (AccessDeniedException e) {
            // A directory whose names cannot be read may still have files that can.
        }
        return openByPath(location.file());
    }

    /** Goes from directory to directory by what was opened, and follows no link on the way. */
    private static SeekableByteChannel open(SecureDirectoryStream<Path> directory, Path relative) throws IOException {
        if (relative.getNameCount() > 1) {
            try (SecureDirectoryStream<Path> next =
                    directory.newDirectoryStream(relative.getName(0), LinkOption.NOFOLLOW_LINKS)) {
                return open(next, relative.subpath(1, relative.getNameCount()));
            }
        }
        try {
            return directory.newByteChannel(relative, READ_NO_LINK);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // So the JDK says that it is a link.
            throw (FileSystemException) new FileSystemException(relative.toString(), null, e.getMessage()).initCause(e);
        }
    }

    private static SeekableByteChannel openByPath(Path file) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(file);
        try {
            if (!file.toRealPath().equals(file)) {
                throw new FileSystemException(file.toString(), null, "a link took its place while it was opened");
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        return channel;
    }
}
