package dev.twelvefactor.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * Compresses what is text, for clients that take it: {@code routes.filter(new Gzip())}. Opt-in, since the platform's edge often does it already, and since the
 * length of a compressed page that holds both a secret and what a client has sent tells of the secret (BREACH).
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3">RFC 9110, 8.4.1.3</a>
 */
public final class Gzip implements Filter {
    /** What fits one packet gains nothing. */
    private static final int SMALLEST = 1400;

    private static final Pattern TEXT = Pattern.compile(
            "(?i)(text/(?!event-stream).*|application/([a-z.+-]*\\+)?(json|xml)|application/javascript|image/svg\\+xml)(;.*)?");

    /** An entity tag, a range and an offer of ranges stand for the bytes as they are. */
    private static final List<String> STANDS_FOR_BYTES =
            List.of("Content-Encoding", "ETag", "Content-Range", "Accept-Ranges");

    /** A filter that compresses. */
    public Gzip() {}

    @Override
    public Response handle(Request request, Handler next) throws Exception {
        Response response = next.handle(request);
        boolean text = response.header("Content-Type")
                .filter(type -> TEXT.matcher(type).matches())
                .isPresent();
        if (!text
                || STANDS_FOR_BYTES.stream()
                        .anyMatch(name -> response.header(name).isPresent())) {
            return response;
        }
        Response varying = response.withHeader("Vary", "Accept-Encoding");
        boolean large = !(response.body() instanceof Body.Bytes whole) || whole.bytes().length >= SMALLEST;
        if (!large || !accepts(request.list("Accept-Encoding"), "gzip")) {
            return varying;
        }
        return varying.withBody(compressed(response.body())).withHeader("Content-Encoding", "gzip");
    }

    private static Body compressed(Body body) throws IOException {
        if (body instanceof Body.Bytes whole) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(whole.bytes().length / 2);
            try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
                gzip.write(whole.bytes());
            }
            return new Body.Bytes(bytes.toByteArray());
        }
        if (body instanceof Body.Stream stream) {
            return stream.encoded(out -> {
                GZIPOutputStream gzip = new GZIPOutputStream(out, true);
                stream.writer().write(gzip);
                gzip.finish();
            });
        }
        return body;
    }

    /** Whether an {@code Accept-Encoding} names this coding, and not with the weight 0. */
    static boolean accepts(String accepted, String encoding) {
        int start = 0;
        while (start < accepted.length()) {
            int comma = accepted.indexOf(',', start);
            int end = comma < 0 ? accepted.length() : comma;
            if (names(accepted.substring(start, end), encoding)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    private static boolean names(String item, String encoding) {
        int semicolon = item.indexOf(';');
        String coding = semicolon < 0 ? item : item.substring(0, semicolon);
        return coding.strip().equalsIgnoreCase(encoding)
                && (semicolon < 0 || hasWeight(item.substring(semicolon + 1).strip()));
    }

    /** Whether {@code q=…} is not zero: one of its digits is not. */
    private static boolean hasWeight(String parameter) {
        return parameter.regionMatches(true, 0, "q=", 0, 2) && parameter.chars().anyMatch(c -> c >= '1' && c <= '9');
    }
}
