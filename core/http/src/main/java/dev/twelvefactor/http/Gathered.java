package dev.twelvefactor.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The bytes of one part of a head, a method or a name, as they come, in one piece or byte by byte. */
final class Gathered {
    private byte[] bytes = new byte[64];
    private int length;

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    void add(int b) {
        reserve(1);
        bytes[length++] = (byte) b;
    }

    void add(ByteBuffer from, int start, int end) {
        int more = end - start;
        reserve(more);
        from.get(start, bytes, length, more);
        length += more;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Which of these it is, in whatever case if these are in lower case; null if none. */
    @Nullable
    String oneOf(List<String> names) {
        for (String known : names) {
            if (is(known)) {
                return known;
            }
        }
        return null;
    }

    /** Whether it is this, in whatever case if this is in lower case. */
    boolean is(String known) {
        if (known.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char wanted = known.charAt(i);
            int c = bytes[i] & 0xff;
            if (c != wanted && !(wanted >= 'a' && wanted <= 'z' && c == wanted - 32)) {
                return false;
            }
        }
        return true;
    }

    boolean isAscii() {
        for (int i = 0; i < length; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /** Each byte as the character of its number. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
