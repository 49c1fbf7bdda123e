package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where one request ends and the next begins, by the letter of RFC 9112: it reads the bytes of a connection before the server's parser does and refuses
 * what two parsers could read in two ways. Never repairs, never guesses: what is refused ends the connection. {@code docs/framing.md} lists the rules.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112">RFC 9112</a>
 */
final class Framing {
    private static final int LONGEST_METHOD = 32;
    private static final int MOST_LENGTH_DIGITS = 15;
    private static final int MOST_CHUNK_DIGITS = 12;
    /** Of all extensions of all chunks of one request; nobody uses them. */
    private static final int LONGEST_EXTENSIONS = 4096;

    private static final int MOST_EMPTY_LINES = 4;

    private enum State {
        BEGIN,
        BEGIN_LF,
        METHOD,
        TARGET,
        VERSION,
        HEAD_LF,
        NAME_OR_END,
        NAME,
        BEFORE_VALUE,
        VALUE,
        VALUE_LF,
        END_LF,
        FIXED_BODY,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK_SIZE_LF,
        CHUNK_DATA,
        CHUNK_DATA_CR,
        CHUNK_DATA_LF,
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

    /** The fields that matter for where a request ends; what the others say is checked, and not kept. */
    private static final List<String> FIELDS = List.of("host", "content-length", "transfer-encoding", "expect");

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

    private final Limits limits;
    private final StringBuilder text = new StringBuilder();
    private State state = State.BEGIN;
    private @Nullable Refusal refusal;
    private boolean trailers;
    private int headBytes;
    private int emptyLines;
    private int skipped;
    private int fields;
    private int targetBytes;
    private String method = "";
    private String target = "";
    private String name = "";
    private boolean http10;
    private int hosts;
    private @Nullable String length;
    private boolean chunked;
    private long remaining;
    private long chunkedBytes;
    private long mostBodyBytes = -1;
    private int chunkDigits;
    private int extensionBytes;

    /** A client says the same host again and again. */
    private String validHost = "";

    Framing(Limits limits) {
        this.limits = limits;
    }

    /** For the next request of the connection, when this one is whole. */
    void restart() {
        state = State.BEGIN;
        trailers = false;
        headBytes = 0;
        emptyLines = 0;
        skipped = 0;
        fields = 0;
        targetBytes = 0;
        method = "";
        target = "";
        name = "";
        http10 = false;
        hosts = 0;
        length = null;
        chunked = false;
        remaining = 0;
        chunkedBytes = 0;
        mostBodyBytes = -1;
        chunkDigits = 0;
        extensionBytes = 0;
    }

    /**
     * Reads on, up to the end of the request or to what is wrong with it.
     *
     * @return the index behind the last byte that belongs to this request
     */
    int scan(ByteBuffer bytes, int from, int to) {
        int i = from;
        skipped = 0;
        while (i < to && state != State.ENDED && refusal == null) {
            if (state == State.FIXED_BODY || state == State.CHUNK_DATA) {
                long some = Math.min(remaining, to - i);
                i += (int) some;
                remaining -= some;
                if (remaining == 0) {
                    state = state == State.FIXED_BODY ? State.ENDED : State.CHUNK_DATA_CR;
                }
            } else {
                i = run(bytes, i, to);
                if (i == to) {
                    break;
                }
                step(bytes.get(i++) & 0xff);
                if (state == State.BEGIN || state == State.BEGIN_LF) {
                    skipped = i - from;
                }
            }
        }
        return i;
    }

    /** The bytes that decide nothing, all at once: of a target, a name or a value, as far as the limits go. */
    private int run(ByteBuffer bytes, int from, int to) {
        boolean[] same;
        int end = Math.min(to, from + limits.headBytes() - headBytes);
        switch (state) {
            case TARGET -> {
                same = Grammar.TARGET;
                end = Math.min(end, from + limits.targetBytes() - targetBytes);
            }
            case NAME -> same = Grammar.TOKEN;
            case VALUE -> same = Grammar.VALUE;
            default -> {
                return from;
            }
        }
        boolean kept = state != State.VALUE || !name.isEmpty();
        int i = from;
        while (i < end && same[bytes.get(i) & 0xff]) {
            if (kept) {
                text.append((char) bytes.get(i));
            }
            i++;
        }
        headBytes += i - from;
        if (state == State.TARGET) {
            targetBytes += i - from;
        }
        return i;
    }

    /** How many of the bytes of the last scan are empty lines before the request, which no parser has to see. */
    int skipped() {
        return skipped;
    }

    /** What is wrong, if anything is. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /** Whether the request is whole. */
    boolean ended() {
        return state == State.ENDED;
    }

    /** Whether a byte of a request has come that is not whole yet. */
    boolean begun() {
        return state != State.BEGIN && state != State.BEGIN_LF && state != State.ENDED;
    }

    /** Whether the head is whole, and the body is what is being read. */
    boolean inBody() {
        return switch (state) {
            case FIXED_BODY, CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_DATA_CR, CHUNK_DATA_LF ->
                true;
            default -> trailers;
        };
    }

    private void step(int b) {
        switch (state) {
            case BEGIN -> begin(b);
            case BEGIN_LF -> expectLf(b, State.BEGIN);
            case METHOD -> method(b);
            case TARGET -> target(b);
            case VERSION -> version(b);
            case HEAD_LF, VALUE_LF -> expectLf(b, State.NAME_OR_END);
            case NAME_OR_END -> nameOrEnd(b);
            case NAME -> name(b);
            case BEFORE_VALUE, VALUE -> value(b);
            case END_LF -> {
                expectLf(b, State.ENDED);
                if (refusal == null && !trailers) {
                    headEnds();
                }
            }
            case CHUNK_SIZE -> chunkSize(b);
            case CHUNK_EXTENSION -> chunkExtension(b);
            case CHUNK_SIZE_LF -> {
                expectLf(b, remaining == 0 ? State.NAME_OR_END : State.CHUNK_DATA);
                trailers = remaining == 0;
                chunkedBytes += remaining;
                if (chunkedBytes > mostBodyBytes()) {
                    tooLarge();
                }
            }
            case CHUNK_DATA_CR -> expect(b, '\r', State.CHUNK_DATA_LF, "A chunk is longer than its size says.");
            case CHUNK_DATA_LF -> {
                expectLf(b, State.CHUNK_SIZE);
                chunkDigits = 0;
            }
            default -> throw new IllegalStateException(state.name());
        }
        if (!inBody() || trailers) {
            headBytes++;
            if (headBytes > limits.headBytes() && refusal == null && state != State.ENDED) {
                refuse(431, "The head of the request is larger than " + limits.headBytes() + " bytes.");
            }
        }
    }

    private void begin(int b) {
        if (b == '\r' && emptyLines++ < MOST_EMPTY_LINES) {
            // RFC 9112, 2.2: an empty line before a request is skipped.
            state = State.BEGIN_LF;
            headBytes--;
        } else if (Grammar.isToken(b)) {
            text.setLength(0);
            state = State.METHOD;
            method(b);
        } else {
            refuse(400, "The request does not begin with a method.");
        }
    }

    /** The method, if it has come. */
    String method() {
        return method;
    }

    /** The target, if it has come. */
    String target() {
        return target;
    }

    private void method(int b) {
        if (b == ' ' && text.length() > 0) {
            method = oneOf(METHODS).orElseGet(text::toString);
            text.setLength(0);
            targetBytes = 0;
            state = State.TARGET;
        } else if (!Grammar.isToken(b)) {
            refuse(400, "The method has a character that no method has.");
        } else if (text.length() == LONGEST_METHOD) {
            refuse(501, "The method is not known here.");
        } else {
            text.append((char) b);
        }
    }

    private void target(int b) {
        if (b == ' ') {
            target = text.toString();
            text.setLength(0);
            checkTarget();
            state = State.VERSION;
        } else if (!Grammar.TARGET[b]) {
            refuse(400, "The target has a character that has to be percent-encoded.");
        } else if (++targetBytes > limits.targetBytes()) {
            refuse(414, "The target is longer than " + limits.targetBytes() + " bytes.");
        } else {
            text.append((char) b);
        }
    }

    private void checkTarget() {
        if (method.equals("CONNECT")) {
            refuse(501, "CONNECT is not served here.");
        } else {
            Grammar.problemOf(target, method.equals("OPTIONS")).ifPresent(problem -> refuse(400, problem));
        }
    }

    private void version(int b) {
        if (b == '\r') {
            http10 = "HTTP/1.0".contentEquals(text);
            if (!http10 && !"HTTP/1.1".contentEquals(text)) {
                boolean other = text.toString().matches("HTTP/\\d\\.\\d");
                refuse(
                        other ? 505 : 400,
                        other ? "HTTP/1.1 is served here." : "The first line does not end with a version.");
            }
            state = State.HEAD_LF;
        } else if (b <= ' ' || b >= 0x7f || text.length() == "HTTP/1.1".length()) {
            refuse(400, "The first line does not end with a version.");
        } else {
            text.append((char) b);
        }
    }

    private void nameOrEnd(int b) {
        if (b == '\r') {
            state = State.END_LF;
        } else if (b == ' ' || b == '\t') {
            refuse(400, "A header field goes on in a second line.");
        } else if (fields == limits.fields()) {
            refuse(431, "The request has more than " + limits.fields() + " header fields.");
        } else {
            fields++;
            text.setLength(0);
            state = State.NAME;
            name(b);
        }
    }

    private void name(int b) {
        if (b == ':' && text.length() > 0) {
            name = oneOf(FIELDS).orElse("");
            text.setLength(0);
            state = State.BEFORE_VALUE;
        } else if (!Grammar.isToken(b)) {
            refuse(400, "The name of a header field has a character that no name has.");
        } else {
            text.append((char) b);
        }
    }

    private void value(int b) {
        if (b == '\r') {
            if (!name.isEmpty()) {
                field(name);
            }
            text.setLength(0);
            state = State.VALUE_LF;
        } else if (b == '\t' || b == ' ') {
            if (state == State.VALUE && !name.isEmpty()) {
                text.append((char) b);
            }
        } else if (!Grammar.VALUE[b]) {
            refuse(400, "A header field has a control character in its value.");
        } else {
            state = State.VALUE;
            if (!name.isEmpty()) {
                text.append((char) b);
            }
        }
    }

    /** One of {@link #FIELDS}, whose value is the text. */
    private void field(String field) {
        if (field.equals("expect")) {
            if (!text.toString().strip().equalsIgnoreCase("100-continue")) {
                refuse(417, "Nothing but 100-continue can be expected here.");
            }
        } else if (trailers) {
            refuse(400, "A trailer has a field that belongs in the head.");
        } else if (field.equals("host")) {
            host();
        } else {
            bodyField(field, text.toString().strip());
        }
    }

    private void host() {
        hosts++;
        if (!validHost.contentEquals(text)) {
            String host = text.toString().strip();
            validHost = Grammar.isHost(host) ? host : "";
        }
        if (hosts > 1 || validHost.isEmpty()) {
            refuse(400, "The request has not exactly one valid Host.");
        }
    }

    private void bodyField(String field, String value) {
        if (field.equals("content-length")) {
            if (length != null || !Grammar.isDigits(value)) {
                refuse(400, "The Content-Length is not one number.");
            } else if (value.length() > MOST_LENGTH_DIGITS) {
                tooLarge();
            } else {
                length = value;
            }
        } else if (chunked || !value.equalsIgnoreCase("chunked")) {
            boolean unknown = !chunked && Grammar.isToken(value);
            refuse(unknown ? 501 : 400, "The only Transfer-Encoding here is chunked, once.");
        } else {
            chunked = true;
        }
    }

    private void headEnds() {
        if (hosts == 0 && !http10) {
            refuse(400, "The request has not exactly one valid Host.");
        } else if (chunked && (length != null || http10)) {
            refuse(400, "The request has a Transfer-Encoding with a Content-Length, or in HTTP/1.0.");
        } else if (chunked) {
            state = State.CHUNK_SIZE;
            chunkDigits = 0;
            remaining = 0;
        } else if (length != null && Long.parseLong(length) > 0) {
            remaining = Long.parseLong(length);
            state = State.FIXED_BODY;
            if (remaining > mostBodyBytes()) {
                tooLarge();
            }
        }
    }

    private void chunkSize(int b) {
        if (Grammar.isHex(b)) {
            if (chunkDigits++ == MOST_CHUNK_DIGITS) {
                refuse(400, "The size of a chunk has too many digits.");
            }
            remaining = (chunkDigits == 1 ? 0 : remaining * 16) + Character.digit(b, 16);
        } else if (b == '\r' && chunkDigits > 0) {
            state = State.CHUNK_SIZE_LF;
        } else if (b == ';' && chunkDigits > 0) {
            state = State.CHUNK_EXTENSION;
        } else {
            refuse(400, "The size of a chunk is not a hexadecimal number.");
        }
    }

    private void chunkExtension(int b) {
        if (b == '\r') {
            state = State.CHUNK_SIZE_LF;
        } else if ((b < ' ' && b != '\t') || b >= 0x7f || ++extensionBytes > LONGEST_EXTENSIONS) {
            refuse(400, "The extensions of the chunks are not valid, or too long.");
        }
    }

    private long mostBodyBytes() {
        if (mostBodyBytes < 0) {
            mostBodyBytes = limits.body().bytes(method, target);
        }
        return mostBodyBytes;
    }

    private void tooLarge() {
        refuse(413, "The body is larger than " + mostBodyBytes() + " bytes.");
    }

    private void expectLf(int b, State next) {
        expect(b, '\n', next, "A line does not end with CR LF.");
    }

    private void expect(int b, int wanted, State next, String otherwise) {
        if (b == wanted) {
            state = next;
        } else {
            refuse(400, otherwise);
        }
    }

    private void refuse(int status, String detail) {
        if (refusal == null) {
            refusal = new Refusal(status, detail);
        }
    }

    /** Which of these the text is, in whatever case if these are in lower case. */
    private Optional<String> oneOf(List<String> names) {
        for (String known : names) {
            if (isText(known)) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    private boolean isText(String known) {
        if (known.length() != text.length()) {
            return false;
        }
        for (int i = 0; i < known.length(); i++) {
            char wanted = known.charAt(i);
            char c = text.charAt(i);
            if (c != wanted && !(wanted >= 'a' && wanted <= 'z' && c == wanted - 32)) {
                return false;
            }
        }
        return true;
    }
}
