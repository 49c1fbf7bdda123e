package dev.twelvefactor.http;

import java.nio.ByteBuffer;

/** A body in chunks, and the trailers behind it, as they come (RFC 9112, 7.1). */
final class ChunkedBody {
    private static final int MOST_SIZE_DIGITS = 12;
    /** Of all extensions of all chunks of one request; nobody uses them. */
    private static final int LONGEST_EXTENSIONS = 4096;

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
    private State state = State.SIZE;
    private int sizeDigits;
    private int extensionBytes;
    /** Of the chunk. */
    private long remaining;
    /** Of all chunks whose size has come. */
    private long bytes;

    ChunkedBody(RequestSoFar request, FieldLines trailers) {
        this.request = request;
        this.trailers = trailers;
    }

    void begin() {
        state = State.SIZE;
        sizeDigits = 0;
        extensionBytes = 0;
        remaining = 0;
        bytes = 0;
    }

    boolean ended() {
        return state == State.ENDED;
    }

    /** Reads on, up to its end or to what is wrong with it; the index behind what belongs to it. */
    int scan(ByteBuffer from, int start, int to) {
        int i = start;
        while (i < to && state != State.ENDED && request.refusal() == null) {
            switch (state) {
                case DATA -> {
                    int some = (int) Math.min(remaining, to - i);
                    i += some;
                    remaining -= some;
                    if (remaining == 0) {
                        state = State.DATA_CR;
                    }
                }
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
            if (sizeDigits++ == MOST_SIZE_DIGITS) {
                request.refuse(400, "The size of a chunk has too many digits.");
            }
            remaining = (sizeDigits == 1 ? 0 : remaining * 16) + Character.digit(b, 16);
        } else if (b == '\r' && sizeDigits > 0) {
            state = State.SIZE_LF;
        } else if (b == ';' && sizeDigits > 0) {
            state = State.EXTENSION;
        } else {
            request.refuse(400, "The size of a chunk is not a hexadecimal number.");
        }
    }

    private void extension(int b) {
        if (b == '\r') {
            state = State.SIZE_LF;
        } else if ((b < ' ' && b != '\t') || b >= 0x7f || ++extensionBytes > LONGEST_EXTENSIONS) {
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
