package dev.twelvefactor.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Resources of a folder of the class path. Those in a jar are the same for as long as the process runs, so each is hashed once; those in a directory are
 * files like others, which a developer changes while the process runs.
 */
final class ClassPathSource implements StaticSource {
    private static final int MAX_KNOWN = 10_000;

    private final ClassLoader loader;
    private final String folder;
    private final FileHashes hashes;
    private final Map<String, ContentHash> packed = RecentlyUsed.map(MAX_KNOWN);

    ClassPathSource(ClassLoader loader, String folder, FileHashes hashes) {
        this.loader = loader;
        this.folder = folder;
        this.hashes = hashes;
    }

    @Override
    public boolean has(String path) throws IOException {
        return file(path).isPresent() || packed(path).isPresent();
    }

    @Override
    public Optional<StaticFile> open(String path) throws IOException, InterruptedException {
        Optional<Path> file = file(path);
        if (file.isPresent()) {
            Path real = file.get().toRealPath();
            return Optional.of(hashes.open(real, () -> Files.newByteChannel(real)));
        }
        return packed(path).map(hash -> new Packed(path, hash));
    }

    private Optional<Path> file(String path) throws IOException {
        URL resource = loader.getResource(folder + "/" + path);
        try {
            if (resource != null) {
                return isFile(resource) ? regular(Path.of(resource.toURI())) : Optional.empty();
            }
            // A class loader does not find a name that the locale cannot write, as LC_ALL=C cannot write one beyond
            // ASCII.
            URL directory = path.chars().anyMatch(c -> c > 0x7f) ? loader.getResource(folder) : null;
            return directory != null && isFile(directory)
                    ? regular(DirectorySource.resolve(Path.of(directory.toURI()), path))
                    : Optional.empty();
        } catch (URISyntaxException e) {
            throw new IOException("the class loader gives an address that is no URI", e);
        }
    }

    private static boolean isFile(URL resource) {
        return resource.getProtocol().equals("file");
    }

    private static Optional<Path> regular(Path file) {
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    /** The hash of a resource that is not a file. */
    private Optional<ContentHash> packed(String path) throws IOException {
        ContentHash known = packed.get(path);
        if (known != null) {
            return Optional.of(known);
        }
        URL resource = loader.getResource(folder + "/" + path);
        if (resource == null || isFile(resource)) {
            return Optional.empty();
        }
        URLConnection connection = uncached(resource);
        try (InputStream in = connection.getInputStream()) {
            if (connection instanceof JarURLConnection jar && jar.getJarEntry().isDirectory()) {
                return Optional.empty();
            }
            ContentHash hash = ContentHash.of(in, Long.MAX_VALUE);
            packed.put(path, hash);
            return Optional.of(hash);
        }
    }

    /** Kept open by a cache of the JDK's, the jar could not be closed by its class loader. */
    private static URLConnection uncached(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    private final class Packed implements StaticFile {
        private final String path;
        private final ContentHash hash;

        private Packed(String path, ContentHash hash) {
            this.path = path;
            this.hash = hash;
        }

        @Override
        public long length() {
            return hash.length();
        }

        @Override
        public Optional<String> hash() {
            return Optional.of(hash.text());
        }

        @Override
        public InputStream from(long start) throws IOException {
            URL resource = loader.getResource(folder + "/" + path);
            if (resource == null) {
                throw new IOException("the resource " + folder + "/" + path + " has gone");
            }
            InputStream in = uncached(resource).getInputStream();
            in.skipNBytes(start);
            return in;
        }

        @Override
        public void close() {
            // It is opened when it is sent.
        }
    }
}
