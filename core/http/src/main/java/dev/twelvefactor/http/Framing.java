package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where one request ends and the next begins, by the letter of RFC 9112: it reads the bytes of a connection before the server's parser does and refuses
 * what two parsers could read in two ways. Never repairs, never guesses: what is refused ends the connection. {@code docs/framing.md} lists the rules.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
final class Framing {
    private static final int MOST_EMPTY_LINES = 4;

    private enum Part {
        EMPTY_LINES,
        EMPTY_LINE_LF,
        REQUEST_LINE,
        FIELDS,
        FIXED_BODY,
        CHUNKED_BODY,
        ENDED
    }

    /** Why a request is not taken. */
    record Refusal(int status, String detail) {
        Response response() {
            Response problem = Response.problem(status, detail);
            return status == 503 ? problem.withHeader("Retry-After", "1") : problem;
        }
    }

    /** The largest head, target, number of fields, and body. */
    record Limits(int headBytes, int targetBytes, int fields, BodyLimit body) {}

    /** The largest body, in bytes, of a request for a target. */
    interface BodyLimit {
        long bytes(String method, String target);
    }

    private final RequestSoFar request;
    private final RequestLine line;
    private final FieldLines fields;
    private final ChunkedBody chunks;
    private Part part = Part.EMPTY_LINES;
    private int emptyLines;
    private int skipped;
    /** Of a body of a known length. */
    private long remaining;

    Framing(Limits limits) {
        this.request = new RequestSoFar(limits);
        this.line = new RequestLine(request);
        this.fields = new FieldLines(request);
        this.chunks = new ChunkedBody(request, fields);
    }

    /** For the next request of the connection, when this one is whole. */
    void restart() {
        part = Part.EMPTY_LINES;
        emptyLines = 0;
        skipped = 0;
        request.restart();
        line.restart();
        fields.restart();
    }

    /**
     * Reads on, up to the end of the request or to what is wrong with it; before a body in chunks it stops once. The data of chunks is moved together, to where
     * this piece of them begins: {@link #dataBytes} of it.
     *
     * @return the index behind the last byte that belongs to this request
     */
    int scan(ByteBuffer bytes, int from, int to) {
        int i = from;
        skipped = 0;
        while (i < to && part != Part.ENDED && request.refusal() == null) {
            switch (part) {
                case REQUEST_LINE -> {
                    i = line.scan(bytes, i, to);
                    if (line.ended()) {
                        part = Part.FIELDS;
                    }
                }
                case FIELDS -> {
                    i = fields.scan(bytes, i, to);
                    if (fields.ended()) {
                        headEnds();
                        if (part == Part.CHUNKED_BODY) {
                            return i;
                        }
                    }
                }
                case FIXED_BODY -> {
                    int some = (int) Math.min(remaining, to - i);
                    i += some;
                    remaining -= some;
                    if (remaining == 0) {
                        part = Part.ENDED;
                    }
                }
                case CHUNKED_BODY -> {
                    i = chunks.scan(bytes, i, to);
                    if (chunks.ended()) {
                        part = Part.ENDED;
                    }
                }
                default -> {
                    if (beforeLine(bytes.get(i) & 0xff)) {
                        i++;
                        skipped = i - from;
                    }
                }
            }
        }
        return i;
    }

    /** RFC 9112, 2.2: an empty line before a request is skipped. Whether the byte belongs to one; else the request begins with it. */
    private boolean beforeLine(int b) {
        if (part == Part.EMPTY_LINE_LF) {
            if (request.isLineFeed(b)) {
                part = Part.EMPTY_LINES;
            }
            return true;
        }
        if (b == '\r' && emptyLines++ < MOST_EMPTY_LINES) {
            part = Part.EMPTY_LINE_LF;
            return true;
        }
        if (Grammar.isToken(b)) {
            part = Part.REQUEST_LINE;
        } else {
            request.refuse(400, "The request does not begin with a method.");
        }
        return false;
    }

    private void headEnds() {
        String length = fields.length();
        if (!fields.hasHost() && !line.http10()) {
            request.refuse(400, "The request has not exactly one valid Host.");
        } else if (fields.chunked() && (length != null || line.http10())) {
            request.refuse(400, "The request has a Transfer-Encoding with a Content-Length, or in HTTP/1.0.");
        } else if (fields.chunked()) {
            chunks.begin();
            part = Part.CHUNKED_BODY;
        } else {
            remaining = length == null ? 0 : Long.parseLong(length);
            part = remaining == 0 ? Part.ENDED : Part.FIXED_BODY;
            if (remaining > 0 && remaining > request.mostBodyBytes()) {
                request.tooLarge();
            }
        }
    }

    /** How many of the bytes of the last scan are empty lines before the request, which no parser has to see. */
    int skipped() {
        return skipped;
    }

    /** What is wrong, if anything is. */
    @Nullable
    Refusal refusal() {
        return request.refusal();
    }

    /** Whether the request is whole. */
    boolean ended() {
        return part == Part.ENDED;
    }

    /** Whether a byte of a request has come that is not whole yet. */
    boolean begun() {
        return part != Part.EMPTY_LINES && part != Part.EMPTY_LINE_LF && part != Part.ENDED;
    }

    /** Whether the head is whole, and the body is what is being read. */
    boolean inBody() {
        return part == Part.FIXED_BODY || part == Part.CHUNKED_BODY;
    }

    /** Whether what is being read is a body in chunks. */
    boolean inChunks() {
        return part == Part.CHUNKED_BODY;
    }

    /** How many bytes of data the last scan of chunks has moved together. */
    int dataBytes() {
        return chunks.dataBytes();
    }

    /** Whether the client ends the connection after this request. */
    boolean closes() {
        return fields.closes();
    }

    /** The method, if it has come. */
    String method() {
        return request.method();
    }

    /** The target, if it has come. */
    String target() {
        return request.target();
    }
}
