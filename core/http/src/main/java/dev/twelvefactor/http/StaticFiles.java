package dev.twelvefactor.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Files of a directory, or resources of the class path, with an entity tag, one range, and the compressed variants ({@code app.js.br}, {@code app.js.gz})
 * that lie beside them. What begins with a dot is not there.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13">RFC 9110, 13 and 14</a>
 */
final class StaticFiles implements Handler {
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

    private final StaticSource source;

    private StaticFiles(StaticSource source) {
        this.source = source;
    }

    static StaticFiles ofDirectory(Path directory) {
        return ofDirectory(directory, System::nanoTime);
    }

    static StaticFiles ofDirectory(Path directory, LongSupplier nanoTime) {
        return new StaticFiles(new DirectorySource(directory, new FileHashes(nanoTime)));
    }

    static StaticFiles ofClassPath(ClassLoader loader, String folder) {
        return new StaticFiles(new ClassPathSource(loader, folder, new FileHashes(System::nanoTime)));
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        String path = request.path("path");
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty() || segment.startsWith(".") || segment.indexOf('\\') >= 0 || segment.indexOf(0) >= 0) {
                return Response.notFound();
            }
        }
        if (!source.has(path)) {
            return Response.notFound();
        }
        Response head = Response.status(200)
                .withHeader("Vary", "Accept-Encoding")
                .withHeader("Cache-Control", "no-cache")
                .withHeader("Content-Type", type(path))
                .withHeader("Accept-Ranges", "bytes");
        String accepted = request.list("Accept-Encoding");
        for (String encoding : List.of("br", "gzip")) {
            if (Gzip.accepts(accepted, encoding)) {
                Optional<StaticFile> variant = source.open(path + ENCODINGS.get(encoding));
                if (variant.isPresent()) {
                    return answer(
                            request, variant.get(), "-" + encoding, head.withHeader("Content-Encoding", encoding));
                }
            }
        }
        Optional<StaticFile> plain = source.open(path);
        return plain.isPresent() ? answer(request, plain.get(), "", head) : Response.notFound();
    }

    /** The file is closed here, or with the body: when that has been written, or when nothing comes of it. */
    private static Response answer(Request request, StaticFile file, String variant, Response head) throws IOException {
        Optional<String> tag = file.hash().map(hash -> '"' + hash + variant + '"');
        Response tagged = tag.map(value -> head.withHeader("ETag", value)).orElse(head);
        Selection selection = Selection.of(request, tag, file.length());
        boolean written = !request.method().equals("HEAD") && selection.status() < 300;
        if (!written) {
            file.close();
        }
        return switch (selection.status()) {
            case 304 -> tagged.withStatus(304);
            case 412 -> Response.problem(412, "The file is none of those that If-Match names.");
            case 416 ->
                Response.problem(416, "The file has " + file.length() + " bytes.")
                        .withHeader("Content-Range", "bytes */" + file.length());
            default -> {
                Sending sending = new Sending(file, selection.start(), selection.length());
                Body body = written
                        ? new Body.Stream(selection.length(), sending, new CloseOnce(sending))
                        : new Body.Stream(selection.length(), out -> {});
                yield selection.status() == 200
                        ? tagged.withBody(body)
                        : tagged.withStatus(206)
                                .withHeader("Content-Range", selection.contentRange(file.length()))
                                .withBody(body);
            }
        };
    }

    /** Writes a part of a file, and closes it. */
    private record Sending(StaticFile file, long start, long length) implements LocalWriter, Closeable {
        private static final int PIECE = 16 * 1024;

        @Override
        public void write(OutputStream out) throws IOException {
            try (InputStream in = file.from(start)) {
                byte[] piece = new byte[PIECE];
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

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static String type(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(extension, "application/octet-stream");
    }
}
