package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a head, or the trailers behind chunks, as they come (RFC 9112, 5). All are checked; kept is what decides where the request ends.
 */
final class FieldLines {
    private static final int MOST_LENGTH_DIGITS = 15;

    /** The fields that matter for where a request ends and what it holds; what the others say is checked, and not kept. */
    private static final List<String> FIELDS =
            List.of("host", "content-length", "transfer-encoding", "expect", "connection", "content-type");

    private enum State {
        NAME_OR_END,
        NAME,
        BEFORE_VALUE,
        VALUE,
        VALUE_LF,
        END_LF,
        ENDED
    }

    private final RequestSoFar request;
    private State state = State.NAME_OR_END;
    private boolean trailers;
    private int count;
    /** One of {@link #FIELDS}, or empty. */
    private String name = "";

    private int hosts;
    private @Nullable String length;
    private boolean chunked;
    private boolean closes;
    private boolean typed;

    /** A client says the same host again and again. */
    private String validHost = "";

    FieldLines(RequestSoFar request) {
        this.request = request;
    }

    void restart() {
        state = State.NAME_OR_END;
        trailers = false;
        count = 0;
        hosts = 0;
        length = null;
        chunked = false;
        closes = false;
        typed = false;
    }

    /** What comes now stands behind the body, and must not say what belongs in the head. */
    void beginTrailers() {
        state = State.NAME_OR_END;
        trailers = true;
    }

    /** Whether the empty line behind them has come. */
    boolean ended() {
        return state == State.ENDED;
    }

    boolean hasHost() {
        return hosts > 0;
    }

    /** The digits of the Content-Length, if there is one. */
    @Nullable
    String length() {
        return length;
    }

    boolean chunked() {
        return chunked;
    }

    /** Whether the client ends the connection after this request: one of the options of {@code Connection} is {@code close} (RFC 9112, 9.6). */
    boolean closes() {
        return closes;
    }

    /** Reads on, up to their end or to what is wrong with them; the index behind what belongs to them. */
    int scan(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && state != State.ENDED && request.refusal() == null) {
            if (state == State.NAME) {
                i = request.run(bytes, i, to, Grammar.TOKEN, true);
            } else if (state == State.VALUE) {
                i = request.run(bytes, i, to, Grammar.VALUE, !name.isEmpty());
            }
            if (i < to) {
                step(bytes.get(i++) & 0xff);
                request.count();
            }
        }
        return i;
    }

    private void step(int b) {
        switch (state) {
            case NAME_OR_END -> nameOrEnd(b);
            case NAME -> name(b);
            case BEFORE_VALUE, VALUE -> value(b);
            case VALUE_LF -> endOfLine(b, State.NAME_OR_END);
            default -> endOfLine(b, State.ENDED);
        }
    }

    private void endOfLine(int b, State next) {
        if (request.isLineFeed(b)) {
            state = next;
        }
    }

    private void nameOrEnd(int b) {
        if (b == '\r') {
            state = State.END_LF;
        } else if (b == ' ' || b == '\t') {
            request.refuse(400, "A header field goes on in a second line.");
        } else if (count == request.limits.fields()) {
            request.refuse(431, "The request has more than " + request.limits.fields() + " header fields.");
        } else {
            count++;
            request.text.clear();
            state = State.NAME;
            name(b);
        }
    }

    private void name(int b) {
        Gathered text = request.text;
        if (b == ':' && text.length() > 0) {
            String known = text.oneOf(FIELDS);
            name = known == null ? "" : known;
            text.clear();
            state = State.BEFORE_VALUE;
        } else if (!Grammar.isToken(b)) {
            request.refuse(400, "The name of a header field has a character that no name has.");
        } else {
            text.add(b);
        }
    }

    private void value(int b) {
        if (b == '\r') {
            if (!name.isEmpty()) {
                field();
            }
            request.text.clear();
            state = State.VALUE_LF;
        } else if (state == State.BEFORE_VALUE && (b == ' ' || b == '\t')) {
            // Optional white space in front is no part of the value.
            return;
        } else if (!Grammar.VALUE[b]) {
            request.refuse(400, "A header field has a control character in its value.");
        } else {
            state = State.VALUE;
            if (!name.isEmpty()) {
                request.text.add(b);
            }
        }
    }

    private void field() {
        if (name.equals("expect")) {
            if (!value().equalsIgnoreCase("100-continue")) {
                request.refuse(417, "Nothing but 100-continue can be expected here.");
            }
        } else if (trailers) {
            request.refuse(400, "A trailer has a field that belongs in the head.");
        } else if (name.equals("host")) {
            host();
        } else if (name.equals("connection")) {
            closes |= Grammar.lists(value(), "close");
        } else if (name.equals("content-length")) {
            length(value());
        } else if (name.equals("content-type")) {
            contentType();
        } else {
            transferEncoding(value());
        }
    }

    private String value() {
        return request.text.toString().strip();
    }

    private void host() {
        hosts++;
        if (!request.text.is(validHost)) {
            String host = value();
            validHost = Grammar.isHost(host) ? host : "";
        }
        if (hosts > 1 || validHost.isEmpty()) {
            request.refuse(400, "The request has not exactly one valid Host.");
        }
    }

    /** Of two, one reader takes the first and another the last (RFC 9110, 8.3). */
    private void contentType() {
        if (typed) {
            request.refuse(400, "The request has more than one Content-Type.");
        } else if (!request.text.isAscii()) {
            request.refuse(400, "The Content-Type has a character that is not ASCII.");
        }
        typed = true;
    }

    private void length(String value) {
        if (length != null || !Grammar.isDigits(value)) {
            request.refuse(400, "The Content-Length is not one number.");
        } else if (value.length() > MOST_LENGTH_DIGITS) {
            request.tooLarge();
        } else {
            length = value;
        }
    }

    private void transferEncoding(String value) {
        if (chunked || !value.equalsIgnoreCase("chunked")) {
            boolean unknown = !chunked && Grammar.isToken(value);
            request.refuse(unknown ? 501 : 400, "The only Transfer-Encoding here is chunked, once.");
        } else {
            chunked = true;
        }
    }
}
