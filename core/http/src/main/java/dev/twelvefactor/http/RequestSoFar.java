package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What the parts of a request that is being read have in common: its limits, what it is by now, and what is wrong with it. */
final class RequestSoFar {
    final Framing.Limits limits;

    /** Of the part that is being read. */
    final Gathered text = new Gathered();

    private String method = "";
    private String target = "";
    private int headBytes;
    private long mostBodyBytes = -1;
    private Framing.@Nullable Refusal refusal;

    RequestSoFar(Framing.Limits limits) {
        this.limits = limits;
    }

    void restart() {
        method = "";
        target = "";
        headBytes = 0;
        mostBodyBytes = -1;
    }

    /** The method, if it has come. */
    String method() {
        return method;
    }

    void method(String known) {
        method = known;
    }

    /** The target, if it has come. */
    String target() {
        return target;
    }

    void target(String known) {
        target = known;
    }

    /** Goes on over bytes that decide nothing, all at once, as far as the limits go. */
    int run(ByteBuffer bytes, int from, int to, boolean[] same, boolean kept) {
        int end = Math.min(to, from + limits.headBytes() - headBytes);
        int i = from;
        while (i < end && same[bytes.get(i) & 0xff]) {
            i++;
        }
        if (kept) {
            text.add(bytes, from, i);
        }
        headBytes += i - from;
        return i;
    }

    /** One more byte belongs to the head. */
    void count() {
        headBytes++;
        if (headBytes > limits.headBytes()) {
            refuse(431, "The head of the request is larger than " + limits.headBytes() + " bytes.");
        }
    }

    long mostBodyBytes() {
        if (mostBodyBytes < 0) {
            mostBodyBytes = limits.body().bytes(method, target);
        }
        return mostBodyBytes;
    }

    void tooLarge() {
        refuse(413, "The body is larger than " + mostBodyBytes() + " bytes.");
    }

    /** Whether the second byte of the end of a line is what it has to be; else it is refused. */
    boolean isLineFeed(int b) {
        return is(b, '\n', "A line does not end with CR LF.");
    }

    /** Whether a byte is what it has to be; else the request is refused. */
    boolean is(int b, int wanted, String otherwise) {
        if (b != wanted) {
            refuse(400, otherwise);
        }
        return b == wanted;
    }

    /** What was wrong first counts. */
    void refuse(int status, String detail) {
        if (refusal == null) {
            refusal = new Framing.Refusal(status, detail);
        }
    }

    /** What is wrong, if anything is. */
    Framing.@Nullable Refusal refusal() {
        return refusal;
    }
}
