package dev.twelvefactor.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What of a file a request asks for, by its preconditions and its range. Conditions that name a date are not looked at, since files are given without one: a
 * reproducible build gives all files the same (RFC 9110, 13.1.3 and 13.1.4, have them ignored then).
 *
 * @param status 200, 206, 304, 412 or 416
 * @param start the first byte
 * @param length of the part, in bytes
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2">RFC 9110, 13.2.2</a>
 */
record Selection(int status, long start, long length) {
    private static final Pattern RANGE = Pattern.compile("(?i)bytes=(\\d{0,18})-(\\d{0,18})");

    /** {@code tag} is strong; empty if the content has none, which then is the same as nothing that a client knows. */
    static Selection of(Request request, Optional<String> tag, long length) {
        if (!request.headers("If-Match").isEmpty() && !names(request.list("If-Match"), tag, false)) {
            return new Selection(412, 0, 0);
        }
        if (names(request.list("If-None-Match"), tag, true)) {
            return new Selection(304, 0, 0);
        }
        Optional<String> condition = request.header("If-Range");
        boolean sameAsBefore = condition.isEmpty() || condition.equals(tag);
        // Of no other method is a range defined (RFC 9110, 14.2).
        return request.method().equals("GET") && sameAsBefore
                ? range(request.list("Range").strip(), length)
                : new Selection(200, 0, length);
    }

    private static Selection range(String header, long length) {
        Matcher range = RANGE.matcher(header);
        if (!range.matches() || (range.group(1) + range.group(2)).isEmpty()) {
            return new Selection(200, 0, length);
        }
        boolean fromEnd = range.group(1).isEmpty();
        long start = fromEnd ? Math.max(0, length - Long.parseLong(range.group(2))) : Long.parseLong(range.group(1));
        long end = fromEnd || range.group(2).isEmpty() ? length : Math.min(length, Long.parseLong(range.group(2)) + 1);
        return start < end ? new Selection(206, start, end - start) : new Selection(416, 0, 0);
    }

    private static boolean names(String tags, Optional<String> tag, boolean weak) {
        if (tags.strip().equals("*")) {
            return true;
        }
        return tag.isPresent() && names(tags, tag.get(), weak);
    }

    /** A tag goes from a quote to the next one: none has a quote inside. */
    private static boolean names(String tags, String tag, boolean weak) {
        int start = tags.indexOf('"');
        while (start >= 0) {
            int end = tags.indexOf('"', start + 1) + 1;
            if (end == 0) {
                return false;
            }
            boolean comparable = weak || !tags.startsWith("W/", start - 2);
            if (comparable && end - start == tag.length() && tags.startsWith(tag, start)) {
                return true;
            }
            start = tags.indexOf('"', end);
        }
        return false;
    }

    /** The value of {@code Content-Range}. */
    String contentRange(long whole) {
        return "bytes " + start + "-" + (start + length - 1) + "/" + whole;
    }
}
