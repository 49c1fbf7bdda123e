package dev.twelvefactor.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files of a directory, or resources of the class path, with an entity tag, one range, and the compressed variants ({@code app.js.br}, {@code app.js.gz})
 * that lie beside them. What begins with a dot is not there.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13">RFC 9110, 13 and 14</a>
 */
final class StaticFiles implements Handler {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
    private static final Map<String, String> ENCODINGS = Map.of("br", ".br", "gzip", ".gz");
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("jpeg", "image/jpeg"),
            Map.entry("gif", "image/gif"),
            Map.entry("webp", "image/webp"),
            Map.entry("avif", "image/avif"),
            Map.entry("ico", "image/vnd.microsoft.icon"),
            Map.entry("woff", "font/woff"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("wasm", "application/wasm"),
            Map.entry("pdf", "application/pdf"),
            Map.entry("xml", "application/xml"),
            Map.entry("webmanifest", "application/manifest+json"));

    private final Source source;

    private StaticFiles(Source source) {
        this.source = source;
    }

    /** Where the files are. */
    private interface Source {
        Optional<Found> find(String path) throws IOException;
    }

    /** One of them: its length, when it was last changed, and how it is read. */
    private record Found(long length, long changedMillis, Opener opener) {
        String tag() {
            return '"' + Long.toHexString(changedMillis) + "-" + Long.toHexString(length);
        }
    }

    private interface Opener {
        InputStream open() throws IOException;
    }

    static StaticFiles ofDirectory(Path directory) {
        Path root;
        try {
            root = directory.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no directory " + directory, e);
        }
        return new StaticFiles(path -> {
            Path file = root.resolve(path);
            // A link that leads out of the directory leads nowhere.
            if (!Files.isRegularFile(file) || !file.toRealPath().startsWith(root)) {
                return Optional.empty();
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return Optional.of(new Found(
                    attributes.size(), attributes.lastModifiedTime().toMillis(), () -> Files.newInputStream(file)));
        });
    }

    static StaticFiles ofClassPath(ClassLoader loader, String folder) {
        return new StaticFiles(path -> {
            URL resource = loader.getResource(folder + "/" + path);
            if (resource == null) {
                return Optional.empty();
            }
            URLConnection connection = resource.openConnection();
            connection.setUseCaches(false);
            if (isFolder(resource, connection)) {
                return Optional.empty();
            }
            try (InputStream unused = connection.getInputStream()) {
                return Optional.of(new Found(
                        connection.getContentLengthLong(), connection.getLastModified(), () -> open(resource)));
            }
        });
    }

    private static boolean isFolder(URL resource, URLConnection connection) throws IOException {
        if (connection instanceof JarURLConnection jar) {
            return jar.getJarEntry().isDirectory();
        }
        try {
            return resource.getProtocol().equals("file") && Files.isDirectory(Path.of(resource.toURI()));
        } catch (URISyntaxException e) {
            return true;
        }
    }

    private static InputStream open(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    @Override
    public Response handle(Request request) throws IOException {
        String path = request.path("path");
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.startsWith(".") || segment.indexOf('\\') >= 0 || segment.indexOf(0) >= 0) {
                return Response.notFound();
            }
        }
        Optional<Found> plain = source.find(path);
        if (plain.isEmpty()) {
            return Response.notFound();
        }
        String accepted = request.header("Accept-Encoding").orElse("");
        for (String encoding : List.of("br", "gzip")) {
            if (Gzip.accepts(accepted, encoding)) {
                Optional<Found> variant = source.find(path + ENCODINGS.get(encoding));
                if (variant.isPresent()) {
                    return answer(request, path, variant.get(), "-" + encoding)
                            .withHeader("Content-Encoding", encoding);
                }
            }
        }
        return answer(request, path, plain.get(), "");
    }

    private static Response answer(Request request, String path, Found file, String variant) {
        String tag = file.tag() + variant + '"';
        Response head = Response.status(200)
                .withHeader("ETag", tag)
                .withHeader("Vary", "Accept-Encoding")
                .withHeader("Cache-Control", "no-cache")
                .withHeader("Content-Type", type(path))
                .withHeader("Accept-Ranges", "bytes");
        if (matches(request.header("If-None-Match"), tag)) {
            return head.withStatus(304);
        }
        Matcher range = RANGE.matcher(request.header("Range").orElse("").strip());
        boolean current = request.header("If-Range").map(tag::equals).orElse(true);
        if (!range.matches() || !current || (range.group(1) + range.group(2)).isEmpty()) {
            return head.withBody(body(file, 0, file.length()));
        }
        long start = range.group(1).isEmpty()
                ? Math.max(0, file.length() - Long.parseLong(range.group(2)))
                : Long.parseLong(range.group(1));
        long end = range.group(1).isEmpty() || range.group(2).isEmpty()
                ? file.length()
                : Math.min(file.length(), Long.parseLong(range.group(2)) + 1);
        if (start >= end) {
            return Response.problem(416, "The file has " + file.length() + " bytes.")
                    .withHeader("Content-Range", "bytes */" + file.length());
        }
        return head.withStatus(206)
                .withHeader("Content-Range", "bytes " + start + "-" + (end - 1) + "/" + file.length())
                .withBody(body(file, start, end));
    }

    private static boolean matches(Optional<String> ifNoneMatch, String tag) {
        return ifNoneMatch
                .map(tags -> tags.strip().equals("*")
                        || List.of(tags.split(",", -1)).stream()
                                .map(one -> one.strip().replaceFirst("^W/", ""))
                                .anyMatch(tag::equals))
                .orElse(false);
    }

    private static Body body(Found file, long start, long end) {
        return new Body.Stream(end - start, out -> copy(file, start, end - start, out));
    }

    private static void copy(Found file, long start, long length, OutputStream out) throws IOException {
        try (InputStream in = file.opener().open()) {
            in.skipNBytes(start);
            byte[] piece = new byte[16 * 1024];
            long left = length;
            while (left > 0) {
                int read = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (read < 0) {
                    throw new IOException("the file has become shorter while it was sent");
                }
                out.write(piece, 0, read);
                left -= read;
            }
        }
    }

    private static String type(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, "application/octet-stream");
    }
}
