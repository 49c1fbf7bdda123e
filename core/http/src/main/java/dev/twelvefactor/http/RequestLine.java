package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import java.util.List;

/** Method, target and version, as they come (RFC 9112, 3). */
final class RequestLine {
    private static final int LONGEST_METHOD = 32;
    private static final int MAX_VERSION = "HTTP/1.1".length();
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

    private enum State {
        METHOD,
        TARGET,
        VERSION,
        LF,
        ENDED
    }

    private final RequestSoFar request;
    private State state = State.METHOD;
    private boolean http10;
    /** Whether the target's query has begun. */
    private boolean query;

    RequestLine(RequestSoFar request) {
        this.request = request;
    }

    void restart() {
        state = State.METHOD;
        http10 = false;
        query = false;
        request.text.clear();
    }

    boolean ended() {
        return state == State.ENDED;
    }

    /** Whether it is HTTP/1.0, once it has ended. */
    boolean http10() {
        return http10;
    }

    /** Reads on, up to its end or to what is wrong with it; the index behind what belongs to it. */
    int scan(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i < to && state != State.ENDED && request.refusal() == null) {
            i = switch (state) {
                case METHOD -> run(bytes, i, to, Grammar.TOKEN, LONGEST_METHOD);
                case TARGET -> run(bytes, i, to, query ? Grammar.QUERY : Grammar.PATH, request.limits.targetBytes());
                case VERSION -> run(bytes, i, to, Grammar.PATH, MAX_VERSION);
                default -> i;
            };
            if (i < to) {
                step(bytes.get(i++) & 0xff);
                request.count();
            }
        }
        return i;
    }

    private int run(ByteBuffer bytes, int from, int to, boolean[] same, int longest) {
        return request.run(bytes, from, Math.min(to, from + longest - request.text.length()), same, true);
    }

    private void step(int b) {
        switch (state) {
            case METHOD -> method(b);
            case TARGET -> target(b);
            case VERSION -> version(b);
            default -> {
                if (request.isLineFeed(b)) {
                    state = State.ENDED;
                }
            }
        }
    }

    private void method(int b) {
        Gathered text = request.text;
        if (b == ' ' && text.length() > 0) {
            String known = text.oneOf(METHODS);
            request.method(known == null ? text.toString() : known);
            text.clear();
            state = State.TARGET;
        } else if (!Grammar.isToken(b)) {
            request.refuse(400, "The method has a character that no method has.");
        } else if (text.length() == LONGEST_METHOD) {
            request.refuse(501, "The method is not known here.");
        } else {
            text.add(b);
        }
    }

    private void target(int b) {
        Gathered text = request.text;
        if (b == ' ') {
            request.target(text.toString());
            text.clear();
            checkTarget();
            state = State.VERSION;
        } else if (!Grammar.QUERY[b] || (!query && b != '?' && !Grammar.PATH[b])) {
            request.refuse(400, "The target has a character that has to be percent-encoded.");
        } else if (text.length() == request.limits.targetBytes()) {
            request.refuse(414, "The target is longer than " + request.limits.targetBytes() + " bytes.");
        } else {
            query |= b == '?';
            text.add(b);
        }
    }

    private void checkTarget() {
        if (request.method().equals("CONNECT")) {
            request.refuse(501, "CONNECT is not served here.");
        } else {
            Grammar.problemOf(request.target(), request.method().equals("OPTIONS"))
                    .ifPresent(problem -> request.refuse(400, problem));
        }
    }

    private void version(int b) {
        Gathered text = request.text;
        if (b == '\r') {
            http10 = text.is("HTTP/1.0");
            if (!http10 && !text.is("HTTP/1.1")) {
                boolean other = text.toString().matches("HTTP/\\d\\.\\d");
                request.refuse(
                        other ? 505 : 400,
                        other ? "HTTP/1.1 is served here." : "The first line does not end with a version.");
            }
            state = State.LF;
        } else if (b <= ' ' || b >= 0x7f || text.length() == MAX_VERSION) {
            request.refuse(400, "The first line does not end with a version.");
        } else {
            text.add(b);
        }
    }
}
