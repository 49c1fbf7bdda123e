package dev.twelvefactor.http;

import java.util.Optional;
import java.util.function.IntPredicate;

/** What characters make a token, a host, a target (RFC 9110, 5.6.2; RFC 3986; RFC 9112, 3.2). */
final class Grammar {
    private static final int LONGEST_HOST = 255;
    /** RFC 9110, 5.6.2: which bytes make a token. */
    static final boolean[] TOKEN = table(c -> isAlphanumeric(c) || "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    /** RFC 9112, 3.2: which make a target, up to its query. {@code ^} and {@code |} are no part of RFC 3986, but browsers send them as they are. */
    static final boolean[] PATH = table(c -> c > ' ' && c < 0x7f && "#\"<>?\\`{}".indexOf(c) < 0);
    /** The same of a query: what the URL standard leaves there as it is (its query percent-encode set), since browsers follow it. */
    static final boolean[] QUERY = table(c -> c > ' ' && c < 0x7f && "#\"<>".indexOf(c) < 0);
    /** RFC 9110, 5.5: which make the value of a field. */
    static final boolean[] VALUE = table(c -> (c >= ' ' && c != 0x7f) || c == '\t');
    /** RFC 3986, 3.2.2: unreserved characters, percent signs and sub-delims. */
    private static final boolean[] HOST = table(c -> isAlphanumeric(c) || "!$%&'*+-._~(),;=".indexOf(c) >= 0);

    private Grammar() {}

    /** For each byte, whether it belongs. */
    private static boolean[] table(IntPredicate belongs) {
        boolean[] table = new boolean[256];
        for (int c = 0; c < table.length; c++) {
            table[c] = belongs.test(c);
        }
        return table;
    }

    private static boolean isAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private static boolean isAll(String text, boolean[] table) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= table.length || !table[c]) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** RFC 9110, 5.6.2. */
    static boolean isToken(int c) {
        return c < TOKEN.length && TOKEN[c];
    }

    /** The same of a text. */
    static boolean isToken(String text) {
        return isAll(text, TOKEN);
    }

    /** Whether a field that is a list (RFC 9110, 5.6.1) has this item, in whatever case. */
    static boolean lists(String value, String item) {
        int start = 0;
        while (start < value.length()) {
            int comma = value.indexOf(',', start);
            int end = comma < 0 ? value.length() : comma;
            if (end - start >= item.length()
                    && value.substring(start, end).strip().equalsIgnoreCase(item)) {
                return true;
            }
            start = end + 1;
        }
        return false;
    }

    static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    static boolean isHex(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    /** The value of a hexadecimal digit. */
    static int hexDigit(int c) {
        return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    }

    /** RFC 3986, 3.2.2 and 3.2.3, without user info. */
    static boolean isHost(String value) {
        String host = value;
        int colon = value.lastIndexOf(':');
        if (colon > value.lastIndexOf(']')) {
            String port = value.substring(colon + 1);
            if (port.length() > 5 || !(port.isEmpty() || isDigits(port))) {
                return false;
            }
            host = value.substring(0, colon);
        }
        if (host.startsWith("[")) {
            return host.matches("\\[[0-9a-fA-F:.]{2,45}]");
        }
        return host.length() <= LONGEST_HOST && isAll(host, HOST);
    }

    /** What is wrong with a target, if anything is; {@code *} is one where {@code asterisk} says so. */
    static Optional<String> problemOf(String target, boolean asterisk) {
        boolean absolute =
                target.regionMatches(true, 0, "http://", 0, 7) || target.regionMatches(true, 0, "https://", 0, 8);
        if (absolute && !isHost(authority(target))) {
            return Optional.of("The target names no host.");
        }
        if (!absolute && !target.startsWith("/") && !(target.equals("*") && asterisk)) {
            return Optional.of("The target is not a path.");
        }
        for (int i = target.indexOf('%'); i >= 0; i = target.indexOf('%', i + 1)) {
            boolean encoded = i + 2 < target.length() && isHex(target.charAt(i + 1)) && isHex(target.charAt(i + 2));
            if (!encoded || target.startsWith("00", i + 1)) {
                return Optional.of("The target has a % that encodes nothing.");
            }
        }
        return Optional.empty();
    }

    private static String authority(String target) {
        int start = target.indexOf("//") + 2;
        int end = start;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return target.substring(start, end);
    }
}
