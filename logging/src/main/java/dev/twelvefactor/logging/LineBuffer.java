package dev.twelvefactor.logging;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of one event while they are put together: UTF-8, and the escapes of JSON (RFC 8259, section 7). */
final class LineBuffer {
    /** What is larger than this is not kept for the next event. */
    static final int KEPT = 64 * 1024;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int REPLACEMENT = 0xFFFD;

    /** What stands for itself: ASCII without controls, quote and backslash. */
    private static final boolean[] PLAIN = new boolean[0x7F];

    static {
        Arrays.fill(PLAIN, ' ', PLAIN.length, true);
        PLAIN['"'] = false;
        PLAIN['\\'] = false;
    }

    private byte[] bytes = new byte[1024];
    private int length;

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    /** Puts a character in the place of the first, if there is one. */
    LineBuffer begin(char ascii) {
        if (length == 0) {
            return add(ascii);
        }
        bytes[0] = (byte) ascii;
        return this;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    LineBuffer add(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
        return this;
    }

    LineBuffer add(byte[] some) {
        reserve(some.length);
        System.arraycopy(some, 0, bytes, length, some.length);
        length += some.length;
        return this;
    }

    LineBuffer addAscii(String text) {
        reserve(text.length());
        for (int i = 0; i < text.length(); i++) {
            bytes[length++] = (byte) text.charAt(i);
        }
        return this;
    }

    /** So many digits, with zeros in front. */
    LineBuffer addDigits(int number, int digits) {
        reserve(digits);
        int rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    LineBuffer add(long number) {
        if (number < 0 || number > 999_999_999) {
            return addAscii(Long.toString(number));
        }
        int digits = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            digits++;
        }
        return addDigits((int) number, digits);
    }

    /** Times are told with three decimals, and those need none of the arithmetic that the JDK has for others. */
    LineBuffer add(double number) {
        long thousandths = Math.round(number * 1000);
        if (number < 0 || thousandths > 1_000_000_000_000L || thousandths / 1e3 != number) {
            return addAscii(Double.toString(number));
        }
        add(thousandths / 1000).add('.');
        int rest = (int) (thousandths % 1000);
        if (rest % 100 == 0) {
            return addDigits(rest / 100, 1);
        }
        return rest % 10 == 0 ? addDigits(rest / 10, 2) : addDigits(rest, 3);
    }

    /** A JSON string of at most so many characters of the text; what is cut off is counted behind it. */
    LineBuffer addQuoted(String text, int most) {
        add('"');
        int end = Text.end(text, most);
        addEscaped(text, end);
        if (end < text.length()) {
            add(Text.cutOff(text.length()).getBytes(StandardCharsets.UTF_8));
        }
        return add('"');
    }

    private void addEscaped(String text, int end) {
        reserve(end + 1);
        // Nearly all text needs nothing but to be copied; in locals, since the fields would be written for each byte.
        byte[] to = bytes;
        int at = length;
        int i = 0;
        while (i < end) {
            char c = text.charAt(i);
            if (c >= PLAIN.length || !PLAIN[c]) {
                break;
            }
            to[at++] = (byte) c;
            i++;
        }
        length = at;
        if (i < end) {
            addOthers(text, i, end);
        }
    }

    private void addOthers(String text, int from, int end) {
        int i = from;
        while (i < end) {
            char c = text.charAt(i++);
            // No character takes more than six bytes, nor a pair more than four.
            reserve(6);
            if (c < PLAIN.length && PLAIN[c]) {
                bytes[length++] = (byte) c;
            } else if (c == '"' || c == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = (byte) c;
            } else if (c < 0xA0) {
                addControl(c);
            } else if (Character.isHighSurrogate(c) && i < end && Character.isLowSurrogate(text.charAt(i))) {
                addUtf8(Character.toCodePoint(c, text.charAt(i++)));
            } else {
                addUtf8(Character.isSurrogate(c) ? REPLACEMENT : c);
            }
        }
    }

    /** Control characters, those of ISO 8859-1 too: some terminals do what they say. */
    private void addControl(char c) {
        bytes[length++] = '\\';
        int shortForm = "\b\t\n\f\r".indexOf(c);
        if (shortForm >= 0) {
            bytes[length++] = (byte) "btnfr".charAt(shortForm);
            return;
        }
        bytes[length++] = 'u';
        bytes[length++] = '0';
        bytes[length++] = '0';
        bytes[length++] = HEX[c >> 4];
        bytes[length++] = HEX[c & 15];
    }

    private void addUtf8(int codePoint) {
        if (codePoint < 0x800) {
            bytes[length++] = (byte) (0xC0 | (codePoint >> 6));
        } else {
            if (codePoint < 0x10000) {
                bytes[length++] = (byte) (0xE0 | (codePoint >> 12));
            } else {
                bytes[length++] = (byte) (0xF0 | (codePoint >> 18));
                bytes[length++] = (byte) (0x80 | ((codePoint >> 12) & 0x3F));
            }
            bytes[length++] = (byte) (0x80 | ((codePoint >> 6) & 0x3F));
        }
        bytes[length++] = (byte) (0x80 | (codePoint & 0x3F));
    }
}
