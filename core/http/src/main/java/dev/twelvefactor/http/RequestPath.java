package dev.twelvefactor.http;

import java.util.ArrayList;
import java.util.List;

/**
 * A path as it was sent. It is split before it is decoded, so that {@code a%2Fb} is one segment; what stands behind a semicolon belongs to its segment, so
 * that {@code /admin;x} is not {@code /admin}, as little as it is to a proxy.
 */
final class RequestPath {
    private RequestPath() {}

    /** Without the query, and without the scheme and the authority that a target in absolute form has. */
    static String ofTarget(String target) {
        String path = withoutQuery(target);
        int authority = path.indexOf("://");
        if (path.startsWith("/") || authority < 0) {
            return path;
        }
        int slash = path.indexOf('/', authority + 3);
        return slash < 0 ? "/" : path.substring(slash);
    }

    static String withoutQuery(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** The decoded segments of a path that begins with a slash. */
    static List<String> segments(String raw) {
        List<String> segments = new ArrayList<>(4);
        int start = 1;
        for (int slash = raw.indexOf('/', 1); slash >= 0; slash = raw.indexOf('/', start)) {
            segments.add(decoded(raw.substring(start, slash)));
            start = slash + 1;
        }
        segments.add(decoded(raw.substring(start)));
        return segments;
    }

    /**
     * Whether a decoded part of a path leads elsewhere when it is resolved against a directory: by a {@code .} or {@code ..} between slashes, or between
     * backslashes, which are slashes on Windows. RFC 3986 (5.2.4) has clients take these segments out before they send a path.
     */
    static boolean hasDotSegment(String decoded) {
        int start = 0;
        for (int i = 0; i <= decoded.length(); i++) {
            if (i == decoded.length() || decoded.charAt(i) == '/' || decoded.charAt(i) == '\\') {
                if (isDots(decoded, start, i)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    private static boolean isDots(String text, int start, int end) {
        return (end - start == 1 || end - start == 2) && text.charAt(start) == '.' && text.charAt(end - 1) == '.';
    }

    /** All of it decoded, for people and logs. */
    static String decoded(String raw) {
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        String decoded = PercentEncoding.decoded(raw)
                .orElseThrow(() -> new HttpException(400, "The path has a % that encodes nothing."));
        if (decoded.indexOf(PercentEncoding.REPLACEMENT) >= 0) {
            throw new HttpException(400, "The path is not UTF-8.");
        }
        return decoded;
    }
}
