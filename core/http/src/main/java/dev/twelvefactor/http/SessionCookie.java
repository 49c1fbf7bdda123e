package dev.twelvefactor.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The cookie that holds a session's id, and when it was set. It lives twice as long as a session that nobody uses: so it can be set again rarely, when less
 * than half of its life is left, and still outlives the session whenever the client comes.
 *
 * @param setAt in seconds since 1970; what a client writes there concerns its own cookie alone
 */
record SessionCookie(String id, long setAt) {
    /** With the prefix a browser takes the cookie only over HTTPS, for this host and every path (RFC 6265bis, 4.1.3.2). */
    private static final String SECURE_NAME = "__Host-session";

    private static final String PLAIN_NAME = "session";
    private static final int RADIX = 36;
    private static final int MAX_TIME_LENGTH = 11;

    /** The cookie of a request, if it can be one of ours; anything else never gets near the store. */
    static Optional<SessionCookie> of(Request request) {
        return request.cookie(name(request)).flatMap(SessionCookie::parse);
    }

    private static Optional<SessionCookie> parse(String value) {
        int dot = value.indexOf('.');
        String id = dot < 0 ? value : value.substring(0, dot);
        return SessionId.isOne(id)
                ? Optional.of(new SessionCookie(id, dot < 0 ? 0 : time(value.substring(dot + 1))))
                : Optional.empty();
    }

    private static long time(String text) {
        try {
            return text.length() > MAX_TIME_LENGTH ? 0 : Long.parseLong(text, RADIX);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static boolean isIn(Request request) {
        return request.cookie(name(request)).isPresent();
    }

    /** Whether less than half of its life is left. */
    boolean isAging(Instant now, Duration timeToLive) {
        return Math.abs(now.getEpochSecond() - setAt) >= seconds(timeToLive);
    }

    static Response set(Request request, Response response, String id, Instant now, Duration timeToLive) {
        String value = id + "." + Long.toString(now.getEpochSecond(), RADIX);
        return response.withHeader("Set-Cookie", line(request, value, 2 * seconds(timeToLive)));
    }

    static Response remove(Request request, Response response) {
        return response.withHeader("Set-Cookie", line(request, "", 0));
    }

    private static String line(Request request, String value, long maxAge) {
        return name(request) + "=" + value + "; Path=/; Max-Age=" + maxAge + "; HttpOnly; SameSite=Lax"
                + (request.secure() ? "; Secure" : "");
    }

    private static String name(Request request) {
        return request.secure() ? SECURE_NAME : PLAIN_NAME;
    }

    /** Rounded up, since a cookie for 0 seconds is removed. */
    private static long seconds(Duration timeToLive) {
        return timeToLive.plusNanos(999_999_999).toSeconds();
    }
}
