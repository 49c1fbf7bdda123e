package dev.twelvefactor.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * {@code name=value} pairs with semicolons between them, in elements with commas between them; a value is a token or a quoted string (RFC 9110, 5.6.4 and
 * 5.6.6). Nothing may stand between two semicolons or after the last, as 5.6.6 has it.
 */
final class HeaderParameters {
    /** More of them count as malformed; no field has as many. */
    private static final int MAX_PAIRS = 32;

    private final String text;
    private int at;
    private int pairs;

    private HeaderParameters(String text) {
        this.text = text;
    }

    /** The elements, each with its pairs, names in lower case and quoted values as they stand between their quotes; empty if it is malformed. */
    static Optional<List<List<Map.Entry<String, String>>>> parse(String text) {
        return new HeaderParameters(text).elements();
    }

    /** What a quoted string means: in a pair of a backslash and a character, the character (RFC 9110, 5.6.4). */
    static String unescaped(String value) {
        return unescaped(value, c -> true);
    }

    /** The same where only some characters are escaped. */
    static String unescaped(String value, IntPredicate escaped) {
        if (value.indexOf('\\') < 0) {
            return value;
        }
        StringBuilder text = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            boolean pair = value.charAt(i) == '\\' && i + 1 < value.length() && escaped.test(value.charAt(i + 1));
            i += pair ? 1 : 0;
            text.append(value.charAt(i));
        }
        return text.toString();
    }

    private Optional<List<List<Map.Entry<String, String>>>> elements() {
        List<List<Map.Entry<String, String>>> elements = new ArrayList<>();
        List<Map.Entry<String, String>> element = new ArrayList<>();
        while (true) {
            skipBlanks();
            if (at < text.length() && text.charAt(at) != ';' && text.charAt(at) != ',') {
                String name = token();
                if (name.isEmpty() || !skip('=') || ++pairs > MAX_PAIRS) {
                    return Optional.empty();
                }
                Optional<String> value = skip('"') ? quoted() : Optional.of(bare());
                if (value.isEmpty()) {
                    return Optional.empty();
                }
                element.add(Map.entry(name.toLowerCase(Locale.ROOT), value.get()));
                skipBlanks();
            }
            if (at == text.length() || text.charAt(at) == ',') {
                elements.add(element);
                element = new ArrayList<>();
            }
            if (at == text.length()) {
                return Optional.of(elements);
            }
            if (!skip(',') && !skip(';')) {
                return Optional.empty();
            }
        }
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private boolean skip(char wanted) {
        boolean there = at < text.length() && text.charAt(at) == wanted;
        at += there ? 1 : 0;
        return there;
    }

    private String token() {
        int start = at;
        while (at < text.length() && Grammar.isToken(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    private String bare() {
        int start = at;
        while (at < text.length() && " \t;,\"".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at);
    }

    private Optional<String> quoted() {
        int start = at;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return Optional.of(text.substring(start, at - 1));
            }
            at += c == '\\' && at < text.length() ? 1 : 0;
        }
        return Optional.empty();
    }
}
