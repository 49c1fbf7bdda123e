package dev.twelvefactor.http;

import java.nio.ByteBuffer;

/** A body in chunks, and the trailers after it, as they come (RFC 9112, 7.1). The data of all chunks is moved together, into one piece. */
final class ChunkedBody {
    private static final int MAX_SIZE_DIGITS = 12;

    private enum State {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILERS,
        ENDED
    }

    private final RequestSoFar request;
    private final FieldLines trailers;
    private final ChunkExtensions extensions = new ChunkExtensions();
    private State state = State.SIZE;
    private int sizeDigits;
    /** Of the chunk. */
    private long remaining;
    /** Of all chunks whose size has come. */
    private long bytes;
    /** Of the last scan. */
    private int dataBytes;

    ChunkedBody(RequestSoFar request, FieldLines trailers) {
        this.request = request;
        this.trailers = trailers;
    }

    void begin() {
        state = State.SIZE;
        sizeDigits = 0;
        extensions.restart();
        remaining = 0;
        bytes = 0;
    }

    boolean ended() {
        return state == State.ENDED;
    }

    /** How many bytes of data stand at the start of what was scanned last. */
    int dataBytes() {
        return dataBytes;
    }

    /** Reads on, up to its end or to what is wrong with it; the index behind what belongs to it. */
    int scan(ByteBuffer from, int start, int to) {
        int i = start;
        dataBytes = 0;
        while (i < to && state != State.ENDED && request.refusal() == null) {
            switch (state) {
                case DATA -> {
                    int some = (int) Math.min(remaining, to - i);
                    move(from, i, start + dataBytes, some);
                    dataBytes += some;
                    i += some;
                    remaining -= some;
                    if (remaining == 0) {
                        state = State.DATA_CR;
                    }
                }
                case SIZE, DATA_CR -> i = lineEnd(from, i, to);
                case TRAILERS -> {
                    i = trailers.scan(from, i, to);
                    if (trailers.ended()) {
                        state = State.ENDED;
                    }
                }
                default -> step(from.get(i++) & 0xff);
            }
        }
        return i;
    }

    /** One step; or several, where the line that a chunk usually has is here: chunks of one byte have more of these lines than data. */
    private int lineEnd(ByteBuffer from, int start, int to) {
        int i = start;
        if (state == State.DATA_CR && isLineEnd(from, i, to)) {
            state = State.SIZE;
            sizeDigits = 0;
            i += 2;
        }
        if (state == State.SIZE && sizeDigits == 0 && isLineEnd(from, i + 1, to) && Grammar.isHex(from.get(i))) {
            size(from.get(i));
            sizeEnds();
            return i + 3;
        }
        if (i == start) {
            step(from.get(i++) & 0xff);
        }
        return i;
    }

    private static boolean isLineEnd(ByteBuffer bytes, int at, int to) {
        return at + 1 < to && bytes.get(at) == '\r' && bytes.get(at + 1) == '\n';
    }

    private static void move(ByteBuffer bytes, int from, int to, int count) {
        if (count == 1) {
            bytes.put(to, bytes.get(from));
        } else if (from != to) {
            bytes.put(to, bytes, from, count);
        }
    }

    private void step(int b) {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> {
                if (request.isLineFeed(b)) {
                    sizeEnds();
                }
            }
            case DATA_CR -> {
                if (request.is(b, '\r', "A chunk is longer than its size says.")) {
                    state = State.DATA_LF;
                }
            }
            default -> {
                if (request.isLineFeed(b)) {
                    state = State.SIZE;
                    sizeDigits = 0;
                }
            }
        }
    }

    private void size(int b) {
        if (Grammar.isHex(b)) {
            if (sizeDigits++ == MAX_SIZE_DIGITS) {
                request.refuse(400, "The size of a chunk has too many digits.");
            }
            remaining = (sizeDigits == 1 ? 0 : remaining * 16) + Grammar.hexDigit(b);
        } else if (b == '\r' && sizeDigits > 0) {
            state = State.SIZE_LF;
        } else if (sizeDigits > 0 && (b == ';' || b == ' ' || b == '\t')) {
            extensions.begin();
            state = State.EXTENSION;
            extension(b);
        } else {
            request.refuse(400, "The size of a chunk is not a hexadecimal number.");
        }
    }

    private void extension(int b) {
        if (b == '\r' && extensions.mayEnd()) {
            state = State.SIZE_LF;
        } else if (!extensions.take(b)) {
            request.refuse(400, "The extensions of the chunks are not valid, or too long.");
        }
    }

    private void sizeEnds() {
        if (remaining == 0) {
            state = State.TRAILERS;
            trailers.beginTrailers();
            return;
        }
        state = State.DATA;
        bytes += remaining;
        if (bytes > request.mostBodyBytes()) {
            request.tooLarge();
        }
    }
}
